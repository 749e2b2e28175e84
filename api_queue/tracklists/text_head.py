"""What stands over a pasted list: who played where, and when."""

import re
from collections.abc import Sequence
from typing import Final

from api_queue.tracklists.models import Facts
from api_queue.tracklists.set_titles import valid_date
from api_queue.tracklists.text_lines import Line
from api_queue.tracklists.text_names import MOST_CHARACTERS

_DATE: Final = re.compile(r"(?<!\d)(\d{4}-\d\d-\d\d)[)\]]?$", re.ASCII)


def read_head(lines: Sequence[Line]) -> tuple[Facts, Sequence[Line]]:
    """`DJ @ Event, Place 2024-07-20` of the lines before the rows, and the other lines."""
    for at, line in enumerate(lines):
        dated = _DATE.search(line.text)
        if " @ " in line.text or (dated and valid_date(dated[1])):
            return head_facts(line.text), [*lines[:at], *lines[at + 1 :]]
    return Facts(), lines


def head_facts(text: str) -> Facts:
    """What stands behind the `@` is the event, and behind its first comma the place."""
    dated = _DATE.search(text)
    day = dated[1] if dated and valid_date(dated[1]) else None
    words = text[: dated.start()].rstrip(" ([,|-\t") if dated and day else text
    dj_name, at, event = (part.strip()[:MOST_CHARACTERS] for part in words.partition(" @ "))
    event_name, _, venue = (part.strip() for part in event.partition(","))
    if not at:
        return Facts(title=dj_name or None, date=day)
    return Facts(title=text[:MOST_CHARACTERS], dj_name=dj_name, event_name=event_name, venue=venue or None, date=day)

"""A tracklist as 1001tracklists.com itself exports one: `[03:35] Artist - Title (Remix) [LABEL/LABEL]`.

Rows that are played together with the one above have `w/` in the place of a time; what a mashup is made of is left out.
"""

import re
from collections.abc import Iterator
from typing import Final

from api_queue.tracklists.models import Entry, Facts
from api_queue.tracklists.track_names import DIVIDER, join_title

_PAGE_ID: Final = re.compile(r"/tracklist/(\w+)")
_THANKS: Final = "Please set a backlink to keep the tracklist up-to-date:"


def site_export(facts: Facts) -> str:
    """The title, the rows, and what the site asks for in return."""
    page_id = _PAGE_ID.search(facts.url or "")
    thanks = ["", f"{_THANKS} https://1001.tl/{page_id[1]}"] if page_id else []
    return "\n".join([facts.title or "", "", *_rows(facts), *thanks])


def _rows(facts: Facts) -> Iterator[str]:
    for entry in facts.entries:
        if entry.kind != "component":
            yield " ".join(filter(None, (_lead(entry), _name(entry), f"[{entry.label}]" if entry.label else "")))


def _lead(entry: Entry) -> str:
    if entry.kind == "with":
        return "w/"
    return "" if entry.start_ms is None else f"[{_clock(entry.start_ms // 1000)}]"


def _clock(seconds: int) -> str:
    """`03:35`, and from an hour on `1:03:35`."""
    minutes = f"{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{seconds // 3600}:{minutes}" if seconds >= 3600 else minutes


def _name(entry: Entry) -> str:
    title = join_title(entry.title, entry.remix)
    return f"{entry.artist}{DIVIDER}{title}" if entry.artist else title

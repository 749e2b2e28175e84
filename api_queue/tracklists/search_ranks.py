"""Which rows of a search were meant. The site orders by date alone, and sends thirty loosely related rows when it knows
nothing that fits, so that each row is held against the words that were asked for.
"""

import re
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from api_queue.tracklists.search_page import SearchRow
from api_queue.tracks.folding import distance, words

#: More than half: of `Time Warp`, one word alone is another thing.
_THRESHOLD: Final = 0.6
_DATE: Final = re.compile(r"\b(?:19|20)\d\d(?:-\d\d-\d\d)?\b", re.ASCII)
#: They stand in every other title.
_EMPTY: Final = frozenset({"the", "and", "at", "of", "in", "live", "set", "dj", "mix", "vs", "b2b"})
#: A longer word may have one letter wrong.
_TYPO_LENGTH: Final = 5


class Wish(NamedTuple):
    """`text` may hold a year or a date; `start_date` and `end_date` are `YYYY-MM-DD`, both included."""

    text: str
    search_type: Literal["dj", "event"] = "dj"
    start_date: str | None = None
    end_date: str | None = None


def ranked(rows: Iterable[SearchRow], wish: Wish) -> tuple[SearchRow, ...]:
    """The best first; those that fit equally well as the site had them."""
    scored = [(score(row, wish), row) for row in rows]
    return tuple(row for points, row in sorted(scored, key=lambda pair: -pair[0]) if points >= _THRESHOLD)


def score(row: SearchRow, wish: Wish) -> float:
    """0 to 1: the share of the words that the row has. 0 where it is of another time; and where some words are missing,
    and none of the others stands in the name of who plays, or of what it was played at, whichever was asked for.
    """
    if not _in_time(row, wish):
        return 0.0
    wanted = _wanted(wish.text)
    artist, event = words(row.dj_name), words(row.event_name or "")
    found = [word for word in wanted if _has(artist + event, word)]
    asked = event if wish.search_type == "event" else artist
    if len(found) < len(wanted) and not any(_has(asked, word) for word in found):
        return 0.0
    return len(found) / len(wanted) if wanted else 1.0


def _wanted(text: str) -> list[str]:
    every = words(_DATE.sub(" ", text))
    return [word for word in every if word not in _EMPTY] or every


def _has(there: list[str], word: str) -> bool:
    return word in there or (
        len(word) >= _TYPO_LENGTH
        and any(abs(len(other) - len(word)) <= 1 and distance(word, other) == 1 for other in there)
    )


def _in_time(row: SearchRow, wish: Wish) -> bool:
    """A row without a date may be of any. A year in the title counts too: that of an event that was sent later."""
    if row.date and not (wish.start_date or row.date) <= row.date <= (wish.end_date or row.date):
        return False
    asked = _DATE.findall(wish.text)
    dates = [each for each in (row.date, *_DATE.findall(row.title)) if each]
    return not asked or not dates or any(date.startswith(each) for date in dates for each in asked)

"""What a page tells otherwise than before, held against the list: three sides, compared row by row.

`before` is the page as it was when the two last agreed, `page` as it is now, `ours` the list. What nobody here has
touched is clean. Row indexes count from 0.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec
from msgspec.structs import replace

from api_queue.tracklists.models import Entry, Facts
from api_queue.tracklists.versions import Placed, paired

#: What a page tells: of the set, and of a row. All else of a list is its own.
_OF_SET: Final = ("title", "dj_name", "event_name", "venue", "date", "genres")
_OF_ROW: Final = ("artist", "title", "remix", "label", "is_id", "kind", "start_ms")
#: Fields of a row that we work out ourselves, so that they say nothing of a hand.
_OURS: Final = {"end_ms": None, "catalog_track_id": None, "is_estimated": False}

#: `set` and `row`: a field of it is another one now. `added`, `removed`: a row.
What = Literal["set", "row", "added", "removed"]
_Name = tuple[str, str, str | None]
_Pair = tuple[Placed | None, Placed | None]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the page tells otherwise than `before`, and than the list. Of a row the values are `Entry`s."""

    what: What
    field: str | None = None
    before_at: int | None = None
    page_at: int | None = None
    list_at: int | None = None
    before: Any = None
    theirs: Any = None
    yours: Any = None
    is_clean: bool = True

    @property
    def change_id(self) -> str:
        """Another one as soon as anything about it is, so that nobody decides of what they have not seen."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16]


def changes(before: Facts, page: Facts, ours: Facts) -> list[Change]:
    return [*_of_set(before, page, ours), *_of_rows(before.entries, page.entries, ours.entries)]


def _of_set(before: Facts, page: Facts, ours: Facts) -> Iterator[Change]:
    for name, old, theirs, yours in _differing(_OF_SET, before, page, ours):
        yield Change(what="set", field=name, before=old, theirs=theirs, yours=yours, is_clean=yours == old)


def _of_rows(before: Sequence[Entry], page: Sequence[Entry], ours: Sequence[Entry]) -> Iterator[Change]:
    """A row that somebody removed here stays so, and one that somebody added here is not added again. Of two neighbours
    of which one was removed here and one renamed, the first counts as the renamed one.
    """
    pairs, places = list(paired(before, page)), places_of(before, ours)
    wanted, there = Counter(map(name_of, page)), _names_then(pairs, places, ours)
    for old, new in pairs:
        if old is None:
            if new is not None and there[name_of(new.entry)] < wanted[name_of(new.entry)]:
                yield Change(what="added", page_at=new.position - 1, theirs=new.entry)
            continue
        list_at = places.get(old.position - 1)
        if list_at is None:
            continue
        at = {"before_at": old.position - 1, "list_at": list_at}
        if new is None:
            yield _removal(old.entry, ours[list_at], at)
        else:
            yield from _of_row(old.entry, new.entry, ours[list_at], at | {"page_at": new.position - 1})


def _names_then(pairs: Sequence[_Pair], places: Mapping[int, int], ours: Sequence[Entry]) -> Counter[_Name]:
    """What the rows of the list will be called, and how many, if all that nobody has renamed is as on the page."""
    names = dict(enumerate(map(name_of, ours)))
    for old, new in pairs:
        at = None if old is None else places.get(old.position - 1)
        if old is None or at is None or names[at] != name_of(old.entry):
            continue
        if new is None:
            del names[at]
        else:
            names[at] = name_of(new.entry)
    return Counter(names.values())


def _of_row(before: Entry, page: Entry, ours: Entry, at: Mapping[str, int]) -> Iterator[Change]:
    for name, old, theirs, yours in _differing(_OF_ROW, before, page, ours):
        change = Change(what="row", field=name, before=old, theirs=theirs, yours=yours, is_clean=yours == old)
        yield replace(change, **at)


def _removal(before: Entry, ours: Entry, at: Mapping[str, int]) -> Change:
    """Not clean where somebody has put work into the row."""
    is_clean = replace(ours, **_OURS) == replace(before, **_OURS)
    return replace(Change(what="removed", before=before, yours=ours, is_clean=is_clean), **at)


def _differing(names: Sequence[str], *sides: object) -> Iterator[tuple[str, Any, Any, Any]]:
    """Fields that the page has changed, and that the list has not in the same way."""
    for name in names:
        before, page, ours = (getattr(side, name) for side in sides)
        if page not in (before, ours):
            yield name, before, page, ours


def places_of(rows: Sequence[Entry], others: Sequence[Entry]) -> dict[int, int]:
    """Which of the others each row is, by their indexes."""
    return {row.position - 1: other.position - 1 for row, other in paired(rows, others) if row and other}


def name_of(entry: Entry) -> _Name:
    return entry.artist, entry.title, entry.remix

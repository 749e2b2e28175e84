"""What a page tells anew goes into a list that was edited meanwhile: three sides, compared row by row.

`before` is the page as it was when the two last agreed, `page` as it is now, `ours` the list. What nobody here has
touched is clean; of the rest somebody decides. Row indexes count from 0.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import msgspec
from msgspec.structs import replace

from api_queue.tracklists.drafts import renumbered
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
#: Whose is taken; `wait` is for somebody to say.
Decision = Literal["theirs", "yours", "wait"]


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


@dataclass(frozen=True, slots=True)
class Merged:
    """The list as it is then, what the two agree on (the next `before`), and what was done and what was not."""

    facts: Facts
    before: Facts
    taken: Sequence[Change]
    waiting: Sequence[Change]


@dataclass(slots=True)
class _Edits:
    """Of rows: what stands in their place, which go, and which come behind them (-1: in front of all)."""

    changed: dict[int, Entry] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    added: dict[int, list[Entry]] = field(default_factory=dict)

    def __call__(self, rows: Sequence[Entry]) -> tuple[list[Entry], dict[int, int]]:
        """And where each stands now, counted from 1."""
        edited, places = [*self.added.get(-1, ())], {}
        for at, row in enumerate(rows):
            if at not in self.removed:
                edited.append(self.changed.get(at, row))
                places[at + 1] = len(edited)
            edited += self.added.get(at, ())
        return edited, places


def merge(before: Facts, page: Facts, ours: Facts, decide: Callable[[Change], Decision]) -> Merged:
    decided = [(change, decide(change)) for change in changes(before, page, ours)]
    taken = [change for change, decision in decided if decision == "theirs"]
    waiting = [change for change, decision in decided if decision == "wait"]
    return Merged(_applied(before, page, ours, taken), _agreed(before, page, waiting), taken, waiting)


def changes(before: Facts, page: Facts, ours: Facts) -> list[Change]:
    return [*_of_set(before, page, ours), *_of_rows(before.entries, page.entries, ours.entries)]


# -- what has changed ------------------------------------------------------------------------------------------


def _of_set(before: Facts, page: Facts, ours: Facts) -> Iterator[Change]:
    for name, old, theirs, yours in _differing(_OF_SET, before, page, ours):
        yield Change(what="set", field=name, before=old, theirs=theirs, yours=yours, is_clean=yours == old)


def _of_rows(before: Sequence[Entry], page: Sequence[Entry], ours: Sequence[Entry]) -> Iterator[Change]:
    """A row that somebody removed here stays so, and one that somebody added here is not added again."""
    pairs, places = list(paired(before, page)), _places(before, ours)
    wanted, there = Counter(map(_name, page)), _names_then(pairs, places, ours)
    for old, new in pairs:
        if old is None:
            if new is not None and there[_name(new.entry)] < wanted[_name(new.entry)]:
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
    names = dict(enumerate(map(_name, ours)))
    for old, new in pairs:
        at = None if old is None else places.get(old.position - 1)
        if old is None or at is None or names[at] != _name(old.entry):
            continue
        if new is None:
            del names[at]
        else:
            names[at] = _name(new.entry)
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


# -- what comes of it ------------------------------------------------------------------------------------------


def _applied(before: Facts, page: Facts, ours: Facts, taken: Sequence[Change]) -> Facts:
    """The list with what was taken."""
    if not taken:
        return ours
    edits, on_page = _Edits(), _through(before, page, ours)
    for change in taken:
        if change.what == "row":
            _set_field(edits, ours.entries, change.list_at, change.field, change.theirs)
        elif change.what == "removed" and change.list_at is not None:
            edits.removed.add(change.list_at)
        elif change.what == "added" and change.page_at is not None:
            behind = _anchor(change.page_at, on_page)
            edits.added.setdefault(behind, []).append(change.theirs)
    rows, places = edits(ours.entries)
    told = replace(ours, **{f"{change.field}": change.theirs for change in taken if change.what == "set"})
    told = replace(told, metadata=page.metadata, source_html_hash=page.source_html_hash)
    return _with_transitions(renumbered(told, rows, places.get), before, page, ours)


def _with_transitions(told: Facts, before: Facts, page: Facts, ours: Facts) -> Facts:
    """The page's own, where nobody has entered any, and the rows are the page's."""
    same_rows = [*map(_name, told.entries)] == [*map(_name, page.entries)]
    return replace(told, transitions=page.transitions) if same_rows and ours.transitions == before.transitions else told


def _agreed(before: Facts, page: Facts, waiting: Sequence[Change]) -> Facts:
    """The page, but for what waits: of that it tells what it told before, so that it is found again."""
    edits = _Edits()
    for change in waiting:
        if change.what == "row":
            _set_field(edits, page.entries, change.page_at, change.field, change.before)
        elif change.what == "added" and change.page_at is not None:
            edits.removed.add(change.page_at)
        elif change.what == "removed" and change.before_at is not None:
            behind = _anchor(change.before_at, _places(before.entries, page.entries))
            edits.added.setdefault(behind, []).append(change.before)
    rows, _ = edits(page.entries)
    untold = {f"{change.field}": change.before for change in waiting if change.what == "set"}
    return replace(page, entries=tuple(rows), **untold)


def _set_field(edits: _Edits, rows: Sequence[Entry], at: int | None, name: str | None, value: object) -> None:
    """A time that the page tells is no estimate."""
    if at is not None and name is not None:
        told = {"is_estimated": False} if name == "start_ms" else {}
        edits.changed[at] = replace(edits.changed.get(at, rows[at]), **{name: value}, **told)


def _anchor(at: int, places: Mapping[int, int]) -> int:
    """Where the nearest row above it stands on the other side; -1: there is none."""
    return next((places[above] for above in range(at - 1, -1, -1) if above in places), -1)


def _places(rows: Sequence[Entry], others: Sequence[Entry]) -> dict[int, int]:
    """Which of the others each row is, by their indexes."""
    return {row.position - 1: other.position - 1 for row, other in paired(rows, others) if row and other}


def _through(before: Facts, page: Facts, ours: Facts) -> dict[int, int]:
    """Which of the list's rows each of the page's is, as far as the two agreed on it before."""
    places = _places(before.entries, ours.entries)
    there = _places(before.entries, page.entries).items()
    return {on_page: places[at] for at, on_page in there if at in places}


def _name(entry: Entry) -> _Name:
    return entry.artist, entry.title, entry.remix

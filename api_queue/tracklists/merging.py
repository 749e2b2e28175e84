"""What a page tells anew goes into a list that was edited meanwhile, as far as that is decided (`page_changes.py`)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from msgspec.structs import replace

from api_queue.tracklists.drafts import renumbered
from api_queue.tracklists.models import Entry, Facts
from api_queue.tracklists.page_changes import Change, changes, name_of, places_of

#: Whose is taken; `wait` is for somebody to say.
Decision = Literal["theirs", "yours", "wait"]


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
    same_rows = [*map(name_of, told.entries)] == [*map(name_of, page.entries)]
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
            behind = _anchor(change.before_at, places_of(before.entries, page.entries))
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


def _through(before: Facts, page: Facts, ours: Facts) -> dict[int, int]:
    """Which of the list's rows each of the page's is, as far as the two agreed on it before."""
    places = places_of(before.entries, ours.entries)
    there = places_of(before.entries, page.entries).items()
    return {on_page: places[at] for at, on_page in there if at in places}

"""What may be done to the rows of a list. Positions count from 1 and have no gaps; transitions go with their rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from api_queue.errors import TooManyRows, UnknownRow
from api_queue.tracklists.models import Entry, Facts, Transition

#: Rows of a list; the longest sets on record have some hundreds.
MOST_ROWS: Final = 1000
#: Whoever moves a start by more than this means another place in the music.
_NUDGE_MS: Final = 10_000

#: Of all that a list tells, and of one row.
Edit = Callable[[Facts], Facts]
Change = Callable[[Entry], Entry]
_NEW: Final = Entry(artist="", title="ID", is_manual_entry=True)


@dataclass(frozen=True, slots=True)
class Changes:
    """Of a whole list: facts by their names, all rows where they are given, the id or alias of its recording."""

    facts: Mapping[str, object] = field(default_factory=dict)
    entries: tuple[Entry, ...] | None = None
    audio: str | UnsetType | None = UNSET
    cue_format: str | UnsetType | None = UNSET

    def __call__(self, facts: Facts) -> Facts:
        told = replace(facts, **self.facts)
        if self.entries is None:
            return told
        return settled(replace(told, entries=self.entries))


UNCHANGED: Final = Changes()


def add(facts: Facts, entry: Entry, position: int | None = None) -> Facts:
    """At a used position the rest moves down; None is the end. Raises UnknownRow, TooManyRows."""
    rows = list(facts.entries)
    at = len(rows) if position is None else _at(position, len(rows) + 1)
    rows.insert(at, entry)
    return renumbered(facts, rows, lambda number: number + (number > at))


def change(facts: Facts, position: int, change: Change) -> Facts:
    rows = list(facts.entries)
    at = _at(position, len(rows))
    rows[at] = change(rows[at])
    return settled(replace(facts, entries=tuple(rows)))


def change_many(facts: Facts, changes: Mapping[int, Change]) -> Facts:
    """By position, all of them or none; one place after the last is a new row. Raises UnknownRow, TooManyRows."""
    for position in sorted(changes):
        if position == len(facts.entries) + 1:
            facts = add(facts, changes[position](_NEW))
        else:
            facts = change(facts, position, changes[position])
    return facts


def remove(facts: Facts, position: int) -> Facts:
    """Closes the gap. Raises UnknownRow."""
    rows = list(facts.entries)
    del rows[_at(position, len(rows))]
    return renumbered(facts, rows, lambda number: None if number == position else number - (number > position))


def move(facts: Facts, from_position: int, to_position: int) -> Facts:
    """`to_position` is where it stands afterwards. Raises UnknownRow."""
    rows = list(facts.entries)
    source, target = _at(from_position, len(rows)), _at(to_position, len(rows))
    order = list(range(len(rows)))
    order.insert(target, order.pop(source))
    places = {before + 1: now + 1 for now, before in enumerate(order)}
    return renumbered(facts, [rows[before] for before in order], places.get)


def settled(facts: Facts) -> Facts:
    """A first row has nothing above it to be played together with. Raises TooManyRows."""
    check_size(facts)
    last = len(facts.entries)
    kept = tuple(each for each in facts.transitions if max(each.from_track, each.to_track) <= last)
    first, rest = facts.entries[:1], facts.entries[1:]
    return replace(facts, entries=(*(replace(each, kind="main") for each in first), *rest), transitions=kept)


def check_size(facts: Facts) -> None:
    """Raises TooManyRows."""
    if len(facts.entries) > MOST_ROWS:
        raise TooManyRows(rows=len(facts.entries), limit=MOST_ROWS)


def is_significant(before: Facts, after: Facts) -> bool:
    """Worth a version of its own: other rows, in another order, or a start that moved by more than 10 s."""
    return any(
        old is None or new is None or (old.artist, old.title) != (new.artist, new.title) or _moved(old, new)
        for old, new in zip_longest(before.entries, after.entries)
    )


def _moved(old: Entry, new: Entry) -> bool:
    if old.start_ms is None or new.start_ms is None:
        return old.start_ms is not new.start_ms
    return abs(old.start_ms - new.start_ms) > _NUDGE_MS


def renumbered(facts: Facts, rows: Sequence[Entry], number: Callable[[int], int | None]) -> Facts:
    """`number` tells where a row stands now; a transition of a row that is gone goes with it."""
    moved = [(each, number(each.from_track), number(each.to_track)) for each in facts.transitions]
    kept = tuple(_between(each, a, b) for each, a, b in moved if a is not None and b is not None and a < b)
    return settled(replace(facts, entries=tuple(rows), transitions=kept))


def _between(transition: Transition, from_track: int, to_track: int) -> Transition:
    return replace(transition, from_track=from_track, to_track=to_track)


def _at(position: int, most: int) -> int:
    if not 1 <= position <= most:
        raise UnknownRow(position=position, most=most)
    return position - 1

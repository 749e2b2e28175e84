"""What has changed between two versions of a list."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import NamedTuple

from api_queue.tracklists.models import Entry


class Placed(NamedTuple):
    """`position` counts from 1."""

    position: int
    entry: Entry


class Modified(NamedTuple):
    """`position` is that of the later version."""

    position: int
    old: Placed
    new: Placed


@dataclass(frozen=True, slots=True)
class Difference:
    added: tuple[Placed, ...] = ()
    removed: tuple[Placed, ...] = ()
    modified: tuple[Modified, ...] = ()

    @property
    def total(self) -> int:
        return len(self.added) + len(self.removed) + len(self.modified)


def compare(old: Sequence[Entry], new: Sequence[Entry]) -> Difference:
    """Rows are known again by their names, wherever they stand; one with other names in the same place was changed."""
    pairs = list(paired(old, new))
    return Difference(
        added=tuple(after for before, after in pairs if after and not before),
        removed=tuple(before for before, after in pairs if before and not after),
        modified=tuple(
            Modified(after.position, before, after)
            for before, after in pairs
            if before and after and before.entry != after.entry
        ),
    )


def paired(old: Sequence[Entry], new: Sequence[Entry]) -> Iterator[tuple[Placed | None, Placed | None]]:
    """In order, each row of both once."""
    before, after = [Placed(*each) for each in enumerate(old, 1)], [Placed(*each) for each in enumerate(new, 1)]
    matcher = SequenceMatcher(None, [*map(_name, old)], [*map(_name, new)], autojunk=False)
    for _, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        yield from zip_longest(before[old_from:old_to], after[new_from:new_to])


def _name(entry: Entry) -> tuple[str, str, str | None]:
    return entry.artist, entry.title, entry.remix

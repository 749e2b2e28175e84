"""What was played, and which of it is one night. Pure; points in time are ms since 1970, lengths ms."""

from collections.abc import Iterable, Sequence
from itertools import dropwhile, pairwise
from typing import Final

from msgspec import Struct

from api_queue.queues.models import Item
from api_queue.tracks.models import Track
from api_queue.types import ItemStatus, QueueName

#: A silence as long as this parts two nights.
PAUSE_MS: Final = 6 * 3_600_000
#: What sounded, in part at least.
HEARD: Final[frozenset[ItemStatus]] = frozenset({"played", "skipped", "playing"})
#: What a history has.
OVER: Final[tuple[ItemStatus, ...]] = ("played", "skipped", "failed")


class Played(Struct, frozen=True):
    """An item that is over, or plays now, and its track; None: the library has it no longer."""

    item: Item
    track: Track | None = None

    @property
    def title(self) -> str:
        return self.track.title if self.track else self.item.track_id

    @property
    def artist(self) -> str:
        return self.track.artist if self.track else ""

    @property
    def name(self) -> str:
        return f"{self.artist} - {self.title}" if self.artist else self.title

    @property
    def start_ms(self) -> int:
        """When it began; 0 for what never did."""
        return self.item.timestamp_play or 0


class Night(Struct, frozen=True):
    """What sounded on one night, by its start; there is at least one."""

    queue: QueueName
    title: str
    log: tuple[Played, ...]

    @property
    def start_ms(self) -> int:
        return self.log[0].start_ms

    @property
    def setlist(self) -> tuple[Played, ...]:
        """Without what was skipped."""
        return tuple(each for each in self.log if each.item.status != "skipped")


def since(items: Iterable[Item], since_ms: int) -> list[Item]:
    """From the first that began then or later. What failed before it began goes with what stands before it."""
    return list(dropwhile(lambda item: (item.timestamp_play or 0) < since_ms, items))


def heard(items: Iterable[Item]) -> list[Item]:
    """What sounded, by its start."""
    begun = ((item.timestamp_play, item) for item in items if item.status in HEARD)
    return [item for start, item in sorted(begun, key=lambda each: each[0] or 0) if start is not None]


def last_night(sounded: Sequence[Item]) -> Sequence[Item]:
    """Of what sounded (by its start) what came after the last silence of six hours: also on the morning after."""
    first = 0
    for place, (before, after) in enumerate(pairwise(sounded), 1):
        if (after.timestamp_play or 0) - (before.timestamp_play or 0) - before.track_duration_ms >= PAUSE_MS:
            first = place
    return sounded[first:]

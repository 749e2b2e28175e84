"""Which items of a queue a room shows, and from when to when each sounds.

KaraKara's clients know an item as over only by `start + duration`. Ours may have been left before its end, or have been
sought in: such a one is told as if it had been over when it was added.
"""

from collections.abc import Iterator
from itertools import islice, zip_longest
from typing import Final

from msgspec import Struct

from api_queue.queues.models import LEAD_MS, Item, Queue, QueueView
from api_queue.queues.session import Session
from api_queue.queues.timing import expected_starts, free_at

#: As many as a retained topic holds of our own.
MOST_WAITING: Final = 500
#: All that was played and has not gone to the history yet.
ALL_PLAYED: Final = -10_001


class Timed(Struct, frozen=True):
    """An item and its start (ms since 1970); None while nothing plays."""

    item: Item
    start_ms: int | None


def timed(view: QueueView, now_ms: int) -> list[Timed]:
    """What was played, plays and waits, in the order of the list."""
    return [*_played(view), *_current(view), *_waiting(view, now_ms)]


def _played(view: QueueView) -> Iterator[Timed]:
    for item, after in zip_longest(view.over, view.over[1:]):
        if item.status == "played":
            yield Timed(item, _start_of_played(item, _over_by_ms(view.queue, after)))


def _start_of_played(item: Item, over_by_ms: int) -> int:
    """Of one that was left, what is later than its adding could show it once more, with the next thing that is done."""
    start_ms = item.timestamp_play or item.timestamp_added
    if start_ms + item.track_duration_ms > over_by_ms + LEAD_MS:
        return item.timestamp_added - item.track_duration_ms
    return min(start_ms, over_by_ms - item.track_duration_ms)


def _over_by_ms(queue: Queue, after: Item | None) -> int:
    """When something was last done, or the next one began. KaraKara's buttons move that, and need it not: by them what
    is over has the start that it should have.
    """
    done_ms = queue.session.position_at_ms
    if after is None or after.timestamp_play is None or queue.settings.command_semantics == "karakara":
        return done_ms
    return min(done_ms, after.timestamp_play)


def _current(view: QueueView) -> Iterator[Timed]:
    if view.current is not None:
        yield Timed(view.current, _began_ms(view.queue.session))


def _began_ms(session: Session) -> int | None:
    """It may have run out, while its speaker has not said so yet: that moves nothing."""
    return session.position_at_ms - session.position_ms if session.state == "playing" else None


def _waiting(view: QueueView, now_ms: int) -> Iterator[Timed]:
    queue = view.queue
    free_ms = free_at(queue.session, now_ms) if queue.session.state == "playing" else None
    starts = expected_starts(view.to_come, free_ms, queue.settings.track_space_ms, queue.paused)
    for item, start_ms in islice(zip(view.to_come, starts, strict=True), MOST_WAITING):
        yield Timed(item, start_ms)

"""What an add is promised beside its place and time: how sure the time is, and how many more would fit."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from api_queue.queues import points
from api_queue.queues.holdings import Holdings, You
from api_queue.queues.models import Added, Item, Limits, Queue
from api_queue.queues.settings import QueueSettings
from api_queue.types import Milliseconds

#: By how much each item ahead may be off: a pause that a host makes, applause, a singer who has to be found.
EACH_MS: Final = 15_000


class Line(Struct, frozen=True):
    """Waiting items, and how long they are together."""

    waiting: int
    waiting_ms: int


class Promise(Struct, frozen=True):
    """`you`: as it is after the add; `uncertainty_ms` None where no time is promised, `adds_left` without a bound."""

    uncertainty_ms: int | None
    adds_left: int | None
    you: You | None


def promised(queue: Queue, item: Item, bounds: Limits, added: Added, expected_ms: int | None) -> Promise:
    """With the add that was asked for, whether it was done or only tried."""
    settings, duration_ms, now_ms = queue.settings, item.track_duration_ms, item.timestamp_added
    own = added.holdings.after_add(duration_ms, settings, now_ms, paid=not item.by_host)
    line = Line(added.waiting + 1, added.waiting_ms + duration_ms)
    unsure_ms = None if expected_ms is None else uncertainty_ms(Line(added.ahead, added.ahead_ms), settings)
    left = adds_left(line, own, bounds, settings, duration_ms, now_ms)
    return Promise(unsure_ms, left, You(own, settings, now_ms))


def uncertainty_ms(ahead: Line, settings: QueueSettings) -> int:
    """In `fair`, behind what is coming soon, one round of latecomers may come in between: as long as the mean."""
    overtaken = settings.order == "fair" and ahead.waiting > settings.coming_soon_count
    late_ms = ahead.waiting_ms // ahead.waiting if overtaken else 0
    return EACH_MS * ahead.waiting + late_ms


def adds_left(
    line: Line, own: Holdings, bounds: Limits, settings: QueueSettings, duration_ms: Milliseconds, now_ms: int
) -> int | None:
    """How many more of this length the guest can add by what holds now; None without a bound. Windows of tracks and
    performers are left aside, and so are points that will come back and tokens.
    """
    left = min(_left(line, own, bounds, settings, max(1, duration_ms), now_ms), default=None)
    return None if left is None else max(0, left)


def _left(
    line: Line, own: Holdings, bounds: Limits, settings: QueueSettings, each_ms: int, now_ms: int
) -> Iterator[int]:
    for most in (bounds.most, bounds.max_items):
        if most is not None:
            yield most - line.waiting
    if bounds.max_per_guest is not None:
        yield bounds.max_per_guest - own.waiting
    if bounds.max_per_guest_ms is not None:
        yield (bounds.max_per_guest_ms - own.waiting_ms) // each_ms
    if bounds.points is not None:
        yield points.left(own.purse, settings, now_ms) // points.cost(Milliseconds(each_ms))
    if bounds.room is not None:
        space_ms = bounds.room.space_ms
        yield (bounds.room.ms - line.waiting_ms - line.waiting * space_ms) // (each_ms + space_ms)

"""How far the relay is behind: two entries of a dict for each delivery, and nothing for a change."""

from collections.abc import Iterator

from api_queue.drivers.clock import Clock
from api_queue.events import Event
from api_queue.formats.figures import Figure, Histogram
from api_queue.types import EventId, QueueName


class Lag:
    """Ids of events begin with the time (ms) at which Redis took them. What was not read yet is newer than what was."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: dict[QueueName, int] = {}
        self._seconds = Histogram()

    def begin(self, queue: QueueName, events: list[Event]) -> None:
        """Of a queue that failed before, the first time counts."""
        self._waiting.setdefault(queue, _ms(events[0].event_id))

    def end(self, queue: QueueName) -> None:
        began_ms = self._waiting.pop(queue, None)
        if began_ms is not None:
            self._seconds.observe(max(0, self._clock.now_ms() - began_ms) / 1000)

    def skip(self, queue: QueueName) -> None:
        """What waited is no longer kept."""
        self._waiting.pop(queue, None)

    def give_up(self) -> None:
        """Another one leads."""
        self._waiting.clear()

    @property
    def waiting_s(self) -> float:
        """Of the oldest change that is not published."""
        now_ms = self._clock.now_ms()
        return max(0, now_ms - min(self._waiting.values(), default=now_ms)) / 1000

    def figures(self) -> Iterator[Figure]:
        yield Figure("relay_waiting_seconds", self.waiting_s)
        yield self._seconds.figure("relay_seconds")


def _ms(event_id: EventId) -> int:
    return int(event_id.partition("-")[0])

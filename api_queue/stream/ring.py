"""The newest events of one queue, each encoded once, for readers that come back."""

from collections import deque
from dataclasses import dataclass
from itertools import takewhile

from api_queue.events import Event
from api_queue.stream import wire
from api_queue.types import EventId


@dataclass(frozen=True, slots=True)
class Entry:
    """`chunk` is what every reader of this one queue is sent."""

    event: Event
    chunk: bytes


class Ring:
    def __init__(self, size: int) -> None:
        self._entries: deque[Entry] = deque()
        self._size = size
        self._start: EventId | None = None

    @property
    def newest(self) -> Event | None:
        return self._entries[-1].event if self._entries else None

    @property
    def rev(self) -> int:
        return self._entries[-1].event.rev if self._entries else 0

    @property
    def position(self) -> EventId | None:
        return self._entries[-1].event.event_id if self._entries else self._start

    def append(self, event: Event) -> Entry:
        entry = Entry(event, wire.delta(event))
        self._entries.append(entry)
        if len(self._entries) > self._size:
            self._start = self._entries.popleft().event.event_id
        return entry

    def after(self, position: EventId | None) -> list[Entry] | None:
        """What came after; None: the position is unknown, or was dropped too long ago."""
        missed = list(takewhile(lambda entry: entry.event.event_id != position, reversed(self._entries)))
        if len(missed) == len(self._entries) and (position is None or position != self._start):
            return None
        return missed[::-1]

    def begin_at(self, position: EventId) -> None:
        """Where an empty ring starts."""
        if not self._entries:
            self._start = position

    def clear(self) -> None:
        self._entries.clear()
        self._start = None

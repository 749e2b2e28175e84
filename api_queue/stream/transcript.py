"""What one subscription is sent, in order, as SSE chunks."""

from collections.abc import Iterable

from api_queue.stream import wire
from api_queue.stream.models import Positions, Snapshot, Subscription
from api_queue.stream.ring import Entry
from api_queue.types import QueueName


class Transcript:
    """`positions` is where each queue of the subscription stands, and moves on with what is added."""

    def __init__(self, subscription: Subscription, positions: Positions) -> None:
        self._several = subscription.several
        self._positions = dict(positions)
        self._chunks: list[bytes] = []

    def reset(self, queue: QueueName, reason: str) -> None:
        self._chunks.append(wire.reset(queue, reason, several=self._several))

    def snapshot(self, snapshot: Snapshot) -> None:
        self._positions[snapshot.queue] = snapshot.event_id
        self._chunks.append(wire.snapshot(snapshot, self._positions if self._several else None))

    def deltas(self, entries: Iterable[Entry]) -> None:
        if self._several:
            self._chunks.extend(self._composite(entry) for entry in entries)
        else:
            self._chunks.extend(entry.chunk for entry in entries)

    def chunks(self) -> bytes:
        return b"".join(self._chunks)

    def _composite(self, entry: Entry) -> bytes:
        self._positions[entry.event.queue] = entry.event.event_id
        return wire.delta(entry.event, self._positions)

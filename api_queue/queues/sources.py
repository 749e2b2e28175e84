"""What the stream is told about queues: snapshots for SSE, retained state for MQTT, beacons."""

from api_queue.drivers.clock import Clock
from api_queue.errors import UnknownQueue
from api_queue.queues import wire
from api_queue.queues.storage import Store
from api_queue.stream.models import START, Snapshot
from api_queue.types import EventId, QueueName


class QueueSources:
    """`SnapshotSource` and `BeaconSource` of `stream.models`."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def names(self) -> list[QueueName]:
        return await self._store.names()

    async def snapshot(self, queue: QueueName) -> Snapshot:
        view = await self._store.view(queue)
        data = wire.json_text(wire.snapshot_json(view, self._clock.now_ms()))
        return Snapshot(queue, EventId(view.event_id or START), view.queue.rev, data)

    async def last_event(self, queue: QueueName) -> EventId:
        return EventId((await self._store.view(queue, 0, -1)).event_id or START)

    async def retained(self, queue: QueueName) -> dict[str, str]:
        try:
            view = await self._store.view(queue, -1, wire.RETAINED_ITEMS - 1)
        except UnknownQueue:
            return {}
        now_ms = self._clock.now_ms()
        return {
            "items": wire.json_text(wire.retained_json(view, now_ms)),
            "items.csv": wire.retained_csv(view),
            "settings": wire.json_text(wire.settings_json(view.queue.settings)),
            "session": wire.json_text(wire.session_json(view.queue)),
        }

    async def beacon(self, queue: QueueName) -> str | None:
        found = await self._store.queue(queue)
        if found.session.state != "playing":
            return None
        return wire.json_text(wire.beacon_json(found, self._clock.now_ms()))

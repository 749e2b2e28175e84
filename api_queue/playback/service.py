"""The session of a queue as devices and programs see it, over the transport of queues."""

from typing import Any

from api_queue.drivers.clock import Clock
from api_queue.errors import PlaybackOff, UnknownQueue
from api_queue.media.models import Lease
from api_queue.playback.models import Heartbeat, Pulse
from api_queue.queues.models import KIND_LIMITS, Queue
from api_queue.queues.service import QueueService
from api_queue.queues.transport import TransportService
from api_queue.types import DeviceId, ItemId, QueueName, Role


class PlaybackService:
    def __init__(self, queues: QueueService, transport: TransportService, clock: Clock) -> None:
        self._queues = queues
        self._transport = transport
        self._clock = clock

    async def session(self, name: QueueName) -> Queue:
        return await self._queues.queue(name)

    async def control(self, name: QueueName, verb: str, args: dict[str, Any], by: Role) -> Queue:
        return await self._transport.command(name, verb, args, by)

    async def choose_speaker(self, name: QueueName, device: DeviceId, device_name: str, *, if_free: bool) -> Queue:
        """SpeakerTaken; PlaybackOff on a queue that a guest made, unless an admin has switched `guest_playback` on."""
        queue = await self._queues.queue(name)
        if queue.kind in KIND_LIMITS and not queue.settings.guest_playback:
            raise PlaybackOff
        return await self._transport.claim(name, device, device_name, if_free=if_free)

    async def heartbeat(self, beat: Heartbeat) -> Pulse:
        until_ms = await self._transport.heartbeat(beat.queue, beat.device_id, beat.generation)
        return Pulse(until_ms, self._clock.now_ms())

    async def ended(self, name: QueueName, item_id: ItemId, generation: int) -> Queue:
        return await self._transport.over(name, item_id, "played", generation)

    async def failed(self, name: QueueName, item_id: ItemId, generation: int) -> Queue:
        return await self._transport.over(name, item_id, "failed", generation)

    async def lease(self, queue: QueueName) -> Lease | None:
        """`media.models.LeaseSource`: who may have the music now."""
        try:
            session = (await self._queues.queue(queue)).session
        except UnknownQueue:
            return None
        if session.speaker is None:
            return None
        return Lease(session.speaker, session.generation, session.lease_until_ms)

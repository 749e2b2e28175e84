"""The session of a queue as devices and programs see it, over the transport of queues."""

from typing import Any

import structlog

from api_queue.drivers.clock import Clock
from api_queue.errors import DeviceNotAllowed, NotTheSpeaker, PlaybackOff, UnknownQueue
from api_queue.media.models import Lease
from api_queue.playback.models import DeviceSource, Ending, Heartbeat, Playback, Pulse
from api_queue.queues.models import MADE_BY_GUESTS, Queue
from api_queue.queues.service import QueueService
from api_queue.queues.speaker import SpeakerService
from api_queue.queues.transport import TransportService
from api_queue.types import DeviceId, QueueName, Role
from api_queue.web.identity import Caller

_log = structlog.get_logger()


class PlaybackService:
    def __init__(
        self,
        queues: QueueService,
        transport: TransportService,
        speakers: SpeakerService,
        devices: DeviceSource,
        clock: Clock,
    ) -> None:
        self._queues = queues
        self._transport = transport
        self._speakers = speakers
        self._devices = devices
        self._clock = clock

    async def session(self, name: QueueName) -> Playback:
        view = await self._queues.view(name)
        return Playback(view, await self._devices.views(view.queue))

    async def control(self, name: QueueName, verb: str, args: dict[str, Any], by: Role) -> Queue:
        if verb == "next":
            return await self._transport.next(name, by)
        return await self._transport.command(name, verb, args, by)

    async def choose_speaker(self, name: QueueName, device: DeviceId, *, if_free: bool) -> Queue:
        """SpeakerTaken, DeviceNotAllowed; PlaybackOff on a queue that a guest made, unless an admin has switched
        `guest_playback` on.
        """
        queue = await self._queues.queue(name)
        if not may_play(queue):
            raise PlaybackOff
        found = next((c for c in await self._devices.allowed(name) if c.device_id == device), None)
        if found is None:
            raise DeviceNotAllowed(device_id=device)
        return await self._speakers.claim(name, found, if_free=if_free)

    async def heartbeat(self, caller: Caller, beat: Heartbeat) -> Pulse:
        """UnknownDevice, MissingRight, StaleGeneration. A speaker that is allowed no more leaves its seat so."""
        queue, device_id = await self._devices.heard(caller, beat)
        allowed = [c.device_id for c in await self._devices.allowed(queue)]
        if device_id not in allowed:
            await self._speakers.dismiss(queue, device_id)
        sole = allowed == [device_id]
        active, generation, until_ms = await self._seat(queue, device_id, beat, sole=sole)
        return Pulse(
            active=active,
            sole=sole,
            generation=generation,
            lease_until_ms=until_ms,
            lease_ms=self._speakers.lease_ms,
            clock_ms=self._clock.now_ms(),
        )

    async def _seat(
        self, queue: QueueName, device_id: DeviceId, beat: Heartbeat, *, sole: bool
    ) -> tuple[bool, int, int]:
        """Whether the device is the speaker, the generation, and until when its lease holds."""
        if beat.generation is None:
            session = (await self._speakers.silent(queue, device_id)).session
            return session.active == device_id, session.generation, session.lease_until_ms
        at = (beat.item_id, beat.position_ms)
        until_ms = await self._speakers.heartbeat(queue, device_id, beat.generation, at, sole=sole)
        return True, beat.generation, until_ms

    async def attend(self, name: QueueName) -> Queue:
        """A session that plays, and whose lease nobody holds, gets a speaker or is paused."""
        queue = await self._queues.queue(name)
        if queue.session.state != "playing" or queue.session.has_speaker(self._clock.now_ms()):
            return queue
        candidates = await self._devices.allowed(name) if may_play(queue) else ()
        return await self._speakers.attend(name, candidates)

    async def over(self, caller: Caller, name: QueueName, ending: Ending) -> Queue:
        """Said twice, or of an item that is not current, it changes nothing. StaleGeneration, NotTheSpeaker."""
        itself, session = await self._devices.itself(caller), (await self._queues.queue(name)).session
        if itself and ending.generation == session.generation and itself != (name, session.speaker):
            raise NotTheSpeaker
        if ending.leave_as == "failed":
            _log.warning("a track could not be played", queue=name, item_id=ending.item_id, reason=ending.reason)
        return await self._transport.over(name, ending.item_id, ending.leave_as, ending.generation, ending.ended_at_ms)

    async def lease(self, queue: QueueName) -> Lease | None:
        """`media.models.LeaseSource`: who may have the music now."""
        try:
            session = (await self._queues.queue(queue)).session
        except UnknownQueue:
            return None
        if session.speaker is None:
            return None
        return Lease(session.speaker, session.generation, session.lease_until_ms, session.lease_since_ms)


def may_play(queue: Queue) -> bool:
    return queue.kind not in MADE_BY_GUESTS or queue.settings.guest_playback

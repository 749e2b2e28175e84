"""Says which devices have gone, and which one speaks. One in the house, beside the conductor."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import msgspec
import structlog

from api_queue.drivers.clock import Clock
from api_queue.errors import UnknownDevice, UnknownQueue
from api_queue.events import Event
from api_queue.playback.device_service import DeviceService
from api_queue.playback.devices import PRESENT_MS, PresenceStore
from api_queue.types import DeviceId, QueueName

#: A heartbeat puts off when a device would be overdue, so it is not looked for at once.
SHORTEST_S: Final = 0.1
_log = structlog.get_logger()


class _Seat(msgspec.Struct):
    active_device_id: DeviceId | None


class _SpeakerChange(msgspec.Struct):
    session: _Seat


_decode = msgspec.json.Decoder(_SpeakerChange).decode


class DeviceWatch:
    def __init__(self, devices: DeviceService, presence: PresenceStore, clock: Clock) -> None:
        self._devices = devices
        self._presence = presence
        self._clock = clock
        self._speakers: dict[QueueName, DeviceId | None] = {}

    async def run(self) -> None:
        """Until cancelled. It sleeps until the next device could be overdue."""
        while True:
            try:
                rest_s = await self.look()
            except Exception:
                _log.exception("who is there is looked at again later")
                rest_s = 1.0
            await asyncio.sleep(rest_s)

    async def look(self) -> float:
        """Tells of those that have gone, then takes them to be away: a crash in between repeats it. Seconds to rest."""
        until_ms = self._clock.now_ms() - PRESENT_MS
        for queue, device_id in await self._presence.overdue(until_ms):
            await self._tell(queue, device_id)
        await self._presence.gone(until_ms)
        oldest_ms = await self._presence.oldest_ms()
        left_ms = PRESENT_MS if oldest_ms is None else oldest_ms + PRESENT_MS - self._clock.now_ms()
        return max(SHORTEST_S, left_ms / 1000)

    async def heard(self, queue: QueueName, events: Sequence[Event]) -> None:
        """The speaker of before is active no more, another one is."""
        for event in events:
            if event.name == "speaker_change":
                before, now = self._speakers.get(queue), _decode(event.data).session.active_device_id
                for device_id in {before, now} if before != now else ():
                    await self._tell(queue, device_id)
                self._speakers[queue] = now

    async def _tell(self, queue: QueueName, device_id: DeviceId | None) -> None:
        """What is not there any more has nothing to tell."""
        if device_id is not None:
            with suppress(UnknownQueue, UnknownDevice):
                await self._devices.tell(queue, device_id)

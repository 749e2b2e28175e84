"""Who is registered on a queue, remembered until that changes: a heartbeat costs no SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api_queue.playback.devices import Device, DeviceStore, Presence, PresenceStore
from api_queue.types import DeviceId, QueueName
from api_queue.web.identity import Caller

#: More than a server has queues or devices at once; then all is read anew.
_MOST: Final = 4096


@dataclass(frozen=True, slots=True)
class Roster:
    """The devices of one queue in the order of registering, and those of them that were ever heard of."""

    devices: Sequence[Device]
    presences: Mapping[DeviceId, Presence]

    def last_seen_ms(self, device: Device) -> int:
        presence = self.presences.get(device.device_id)
        return presence.last_seen_ms if presence else device.registered_at_ms

    def is_there(self, device: Device, now_ms: int) -> bool:
        presence = self.presences.get(device.device_id)
        return presence is not None and presence.is_there(now_ms)


class Rosters:
    def __init__(self, store: DeviceStore, presence: PresenceStore) -> None:
        self._store = store
        self._presence = presence
        self._known: dict[QueueName, tuple[str, Sequence[Device]]] = {}
        self._by_token: dict[str, Device | None] = {}

    async def of(self, queue: QueueName) -> Roster:
        """The mark is read before the rows, so what is remembered under it is at least as new."""
        mark, presences = await self._presence.seen(queue)
        known, devices = self._known.get(queue, ("", ()))
        if known != mark:
            devices = await self._store.devices(queue)
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[queue] = mark, devices
        return Roster(devices, presences)

    async def itself(self, caller: Caller) -> Device | None:
        """The device that calls, when it does so by its own token."""
        for grant in caller.grants:
            if grant.queue and (device := await self._by_its_token(grant.token_id)):
                return device
        return None

    async def _by_its_token(self, token_id: str) -> Device | None:
        """Remembered for ever: a token is made for one device or for none, and nobody has it before that is written."""
        if token_id not in self._by_token:
            device = await self._store.by_token(token_id)
            if len(self._by_token) >= _MOST:
                self._by_token.clear()
            self._by_token[token_id] = device
        return self._by_token[token_id]

"""Registering a device: with rights on the queue at once, by a host's yes otherwise (`pairing.py`)."""

import uuid

from api_queue.accounts.service import AuditService, TokenService
from api_queue.drivers.clock import Clock
from api_queue.errors import DevicesFull, NotYourDevice
from api_queue.playback.device_service import DeviceService
from api_queue.playback.devices import (
    FORGOTTEN_MS,
    MOST,
    ROLES,
    Device,
    DeviceStore,
    News,
    Presence,
    PresenceStore,
    Registered,
    Wish,
)
from api_queue.playback.rosters import Rosters
from api_queue.queues.models import HOSTS, Queue
from api_queue.queues.service import QueueService
from api_queue.types import DeviceId, QueueName
from api_queue.web.identity import Caller


class RegistrationService:
    def __init__(
        self,
        store: DeviceStore,
        presence: PresenceStore,
        rosters: Rosters,
        news: News,
        devices: DeviceService,
        tokens: TokenService,
        queues: QueueService,
        audit: AuditService,
        clock: Clock,
    ) -> None:
        self._store = store
        self._presence = presence
        self._rosters = rosters
        self._news = news
        self._devices = devices
        self._tokens = tokens
        self._queues = queues
        self._audit = audit
        self._clock = clock

    async def may_register(self, caller: Caller, queue: QueueName, wish: Wish) -> bool:
        """Hosts any, a device itself again, a login token for speakers a speaker. Raises NotYourDevice."""
        role = caller.role_on(queue)
        if role in HOSTS:
            return True
        itself = await self._rosters.itself(caller)
        if itself is not None:
            return (itself.queue, itself.device_id, itself.kind) == (queue, wish.device_id, wish.kind)
        if role != "speaker" or wish.kind != "speaker":
            return False
        await self._check_owner(caller, queue, wish)
        return True

    async def _check_owner(self, caller: Caller, queue: QueueName, wish: Wish) -> None:
        there = await self._known(queue, wish.device_id)
        if there and (there.kind != wish.kind or there.owner not in {grant.token_id for grant in caller.grants}):
            raise NotYourDevice(device_id=there.device_id)

    async def register(self, caller: Caller, queue: QueueName, wish: Wish) -> Registered:
        itself = await self._rosters.itself(caller)
        return await self._register(queue, wish, itself.owner if itself else caller.grants[0].token_id)

    async def admit(self, queue: QueueName, wish: Wish, owner: str) -> Registered:
        """One that a host has let in; who is there already under its id stays, and it gets another."""
        if await self._known(queue, wish.device_id):
            wish = Wish(name=wish.name, platform=wish.platform, kind=wish.kind)
        return await self._register(queue, wish, owner)

    async def _register(self, queue: QueueName, wish: Wish, owner: str) -> Registered:
        """The token is made first: one that no device has got does no harm. It may be a host's, so a line is left."""
        there = await self._known(queue, wish.device_id)
        await self._make_way(await self._queues.queue(queue), wish, there)
        token, value = await self._tokens.create(ROLES[wish.kind], queue, label=f"device {wish.name}")
        device = self._device(queue, wish, owner, token.token_id, there)
        await self._audit.write(owner, "device registered", queue, device=token.token_id, kind=wish.kind)
        await self._enter(device)
        if there and there.name != device.name:
            await self._devices.rename(device)
        view = await self._devices.view(await self._queues.queue(queue), device.device_id)
        await self._news.changed(view)
        return Registered(view, value, there is None)

    def _device(self, queue: QueueName, wish: Wish, owner: str, token_id: str, there: Device | None) -> Device:
        """In the place that it had, if it was there."""
        return Device(
            queue=queue,
            device_id=wish.device_id or DeviceId(str(uuid.uuid4())),
            name=wish.name,
            platform=wish.platform,
            kind=wish.kind,
            owner=owner,
            token_id=token_id,
            registered_at_ms=there.registered_at_ms if there else self._clock.now_ms(),
        )

    async def _enter(self, device: Device) -> None:
        replaced = await self._store.put(device)
        await self._presence.arrive(device.queue, device.device_id, Presence(last_seen_ms=self._clock.now_ms()))
        if replaced:
            await self._tokens.revoke(replaced)

    async def _make_way(self, queue: Queue, wish: Wish, there: Device | None) -> None:
        """Of another kind it is another device: a remote is no speaker any more, and does not keep its seat."""
        if there is None:
            await self._make_room(queue)
        elif there.kind != wish.kind:
            await self._devices.drop(there)

    async def _make_room(self, queue: Queue) -> None:
        """A browser that forgot who it was is a new device each time. Raises DevicesFull."""
        roster = await self._rosters.of(queue.name)
        if len(roster.devices) < MOST:
            return
        now_ms = self._clock.now_ms()
        away = min(roster.devices, key=roster.last_seen_ms)
        if now_ms - roster.last_seen_ms(away) < FORGOTTEN_MS:
            raise DevicesFull(limit=MOST)
        view = await self._devices.view(queue, away.device_id)
        await self._devices.drop(away)
        await self._news.changed(view, removed=True)

    async def _known(self, queue: QueueName, device_id: DeviceId | None) -> Device | None:
        return await self._store.device(queue, device_id) if device_id else None

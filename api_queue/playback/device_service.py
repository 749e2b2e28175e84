"""The verbs on devices that are registered: list, hear of, remove, and which may be the speaker."""

from collections.abc import Sequence

from api_queue.accounts.service import TokenService
from api_queue.drivers.clock import Clock
from api_queue.errors import BadBody, MissingRight, UnknownDevice, WhichQueue
from api_queue.playback.devices import (
    Device,
    DeviceStore,
    DeviceView,
    News,
    Presence,
    PresenceStore,
    in_order,
)
from api_queue.playback.models import Heartbeat
from api_queue.playback.rosters import Rosters
from api_queue.queues.models import HOSTS, Queue
from api_queue.queues.names import queue_name
from api_queue.queues.personal import PersonalQueues
from api_queue.queues.service import QueueService
from api_queue.queues.session import Candidate
from api_queue.queues.speaker import SpeakerService
from api_queue.types import DeviceId, QueueName
from api_queue.web.identity import Caller


class DeviceService:
    def __init__(
        self,
        store: DeviceStore,
        presence: PresenceStore,
        rosters: Rosters,
        news: News,
        tokens: TokenService,
        queues: QueueService,
        personal: PersonalQueues,
        speakers: SpeakerService,
        clock: Clock,
    ) -> None:
        self._store = store
        self._speakers = speakers
        self._presence = presence
        self._rosters = rosters
        self._news = news
        self._tokens = tokens
        self._queues = queues
        self._personal = personal
        self._clock = clock

    async def queue_meant(self, caller: Caller, named: str | None) -> QueueName:
        """The one that is named; else a member's own, or the only one that the caller has a login for.

        Raises UnknownQueue, WhichQueue.
        """
        if named:
            return (await self._queues.queue(queue_name(named))).name
        if caller.personal_queue:
            return await self._personal.of(caller)
        granted = {grant.queue for grant in caller.grants if grant.queue}
        if len(granted) != 1:
            raise WhichQueue
        return granted.pop()

    # -- looking -----------------------------------------------------------------------------------------------

    async def devices(self, caller: Caller, named: str | None) -> tuple[QueueName, Sequence[DeviceView]]:
        name = await self._hosted(caller, named)
        return name, await self.views(await self._queues.queue(name))

    async def views(self, queue: Queue) -> list[DeviceView]:
        """In the order of registering."""
        roster, now_ms = await self._rosters.of(queue.name), self._clock.now_ms()
        allowed = {device.device_id for device in in_order(roster.devices, queue.settings.devices)}
        return [
            DeviceView(
                device=device,
                presence=presence,
                connected=presence is not None and presence.is_there(now_ms),
                active=device.device_id == queue.session.active,
                allowed=device.device_id in allowed,
            )
            for device in roster.devices
            for presence in [roster.presences.get(device.device_id)]
        ]

    async def allowed(self, queue: QueueName) -> Sequence[Candidate]:
        """`models.DeviceSource`."""
        chosen = (await self._queues.queue(queue)).settings.devices
        roster, now_ms = await self._rosters.of(queue), self._clock.now_ms()
        return [
            Candidate(device.device_id, device.name, roster.is_there(device, now_ms))
            for device in in_order(roster.devices, chosen)
        ]

    async def view(self, queue: Queue, device_id: DeviceId) -> DeviceView:
        view = next((v for v in await self.views(queue) if v.device.device_id == device_id), None)
        if view is None:
            raise UnknownDevice(device_id=device_id, queue=queue.name)
        return view

    async def tell(self, queue: QueueName, device_id: DeviceId) -> None:
        """That something about this device has changed."""
        await self._news.changed(await self.view(await self._queues.queue(queue), device_id))

    # -- hearing of one ----------------------------------------------------------------------------------------

    async def heard(self, caller: Caller, beat: Heartbeat) -> tuple[QueueName, DeviceId]:
        """`models.DeviceSource`."""
        device = await self._meant(caller, beat)
        now_ms = self._clock.now_ms()
        presence = Presence(last_seen_ms=now_ms, volume=beat.volume, buffer_ms=beat.buffer_ms, left=beat.leaving)
        if not await self._presence.beat(device.queue, device.device_id, presence):
            await self._recall(device, presence)
        if await self._came_or_went(device, presence):
            await self.tell(device.queue, device.device_id)
        return device.queue, device.device_id

    async def _came_or_went(self, device: Device, presence: Presence) -> bool:
        if presence.left:
            return await self._presence.went(device.queue, device.device_id)
        return await self._presence.came(device.queue, device.device_id, presence.last_seen_ms)

    async def _meant(self, caller: Caller, beat: Heartbeat) -> Device:
        itself = await self._rosters.itself(caller)
        if itself and beat.queue in {None, itself.queue} and beat.device_id in {None, itself.device_id}:
            return itself
        if beat.queue is None or beat.device_id is None:
            raise BadBody(reason="say queue and device_id, or send the device's own token.")
        name = await self._hosted(caller, beat.queue)
        found = next((d for d in (await self._rosters.of(name)).devices if d.device_id == beat.device_id), None)
        if found is None:
            raise UnknownDevice(device_id=beat.device_id, queue=name)
        return found

    async def _recall(self, device: Device, presence: Presence) -> None:
        """Redis knows nothing of it: it was removed just now, or Redis has lost all it had."""
        if await self._store.by_token(device.token_id) is None:
            raise UnknownDevice(device_id=device.device_id, queue=device.queue)
        await self._presence.arrive(device.queue, device.device_id, presence)

    async def itself(self, caller: Caller) -> tuple[QueueName, DeviceId] | None:
        """`media.models.DeviceSource`: which device calls, when it does so by its own token."""
        device = await self._rosters.itself(caller)
        return (device.queue, device.device_id) if device else None

    async def rename(self, device: Device) -> None:
        """What the screens call the speaker, if it is this one."""
        await self._speakers.rename(device.queue, device.device_id, device.name)

    # -- the end -----------------------------------------------------------------------------------------------

    async def remove(self, caller: Caller, named: str | None, device_id: DeviceId) -> None:
        name = await self._hosted(caller, named)
        view = await self.view(await self._queues.queue(name), device_id)
        await self.drop(view.device)
        await self._news.changed(view, removed=True)

    async def drop(self, device: Device) -> None:
        """Its token first: whatever breaks off after that, it is good no more."""
        await self._tokens.revoke(device.token_id)
        await self._store.remove(device)
        await self._presence.leave(device.queue, device.device_id)
        await self._speakers.dismiss(device.queue, device.device_id)

    async def _hosted(self, caller: Caller, named: str | None) -> QueueName:
        name = await self.queue_meant(caller, named)
        if caller.role_on(name) not in HOSTS:
            raise MissingRight(needs="the host of this queue")
        return name

"""What a host may do about guests: mute one, let one speak again, end the party for all."""

from api_queue.drivers.clock import Clock
from api_queue.errors import BadBody, UnknownGuest
from api_queue.queues.holdings import Holdings
from api_queue.queues.models import Mute
from api_queue.queues.service import QueueService
from api_queue.queues.storage import Store
from api_queue.types import GuestId, QueueName
from api_queue.web.identity import Caller


class GuestService:
    def __init__(self, store: Store, queues: QueueService, clock: Clock) -> None:
        self._store = store
        self._queues = queues
        self._clock = clock

    async def mute(self, name: QueueName, mute: Mute) -> Mute:
        if not mute.holds(self._clock.now_ms()):
            raise BadBody(reason="`until` must lie in the future.")
        await self._store.queue(name)
        await self._store.mute(name, mute)
        return mute

    async def unmute(self, name: QueueName, guest_id: GuestId) -> None:
        if not await self._store.unmute(name, guest_id):
            raise UnknownGuest(guest_id=guest_id)

    async def standing(self, name: QueueName, caller: Caller) -> Mute | None:
        """The caller's own mute, while it holds."""
        found = await self._store.standing(name, caller.guest_id) if caller.guest_id else None
        return found if isinstance(found, Mute) and found.holds(self._clock.now_ms()) else None

    async def holdings(self, name: QueueName, caller: Caller) -> Holdings:
        """Who has no session yet has nothing."""
        return await self._store.holdings(name, caller.guest_id) if caller.guest_id else Holdings()

    async def end(self, name: QueueName) -> int:
        """End of party: adding closes, every guest who was here needs a new session, and the join code is void.
        How many guests those were.
        """
        await self._queues.change_settings(name, {"accepting": False})
        return await self._store.end_guests(name)

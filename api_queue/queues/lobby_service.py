"""What a host or a helper does about songs that wait in the lobby."""

from msgspec.structs import replace

from api_queue.drivers.clock import Clock
from api_queue.errors import QueueFull, QueueMoved, UnknownItem
from api_queue.queues.adding import AddService
from api_queue.queues.deeds import Deed
from api_queue.queues.limits import limits_of
from api_queue.queues.models import Added, Admission, Asked, Item, Limits, Queue, Refused
from api_queue.queues.order import sorting
from api_queue.queues.storage import Store
from api_queue.queues.turns import TRIES
from api_queue.types import ItemId, QueueName, Role


class LobbyService:
    def __init__(self, store: Store, adding: AddService, clock: Clock) -> None:
        self._store = store
        self._adding = adding
        self._clock = clock

    async def admit(self, name: QueueName, item_id: ItemId, by: Role) -> Item:
        """As if its guest added it now, past all limits but that of the queue itself. Points are taken if they do."""
        for _ in range(TRIES):
            asking, queue = await self._asking(name, item_id), await self._store.queue(name)
            points = limits_of(None, queue.settings, ()).points
            answer = await self._let_in(queue, asking, Limits(most=queue.kind_limit, points=points), by)
            if isinstance(answer, Refused) and answer.why == "points":
                answer = await self._let_in(queue, asking, Limits(most=queue.kind_limit), by)
            if isinstance(answer, Added):
                return replace(asking, status="queued")
            if isinstance(answer, Refused) and answer.why == "full":
                raise QueueFull(max_items=queue.kind_limit, place_free="Take something off before you let more in.")
        raise QueueMoved

    async def _let_in(self, queue: Queue, asking: Item, bounds: Limits, by: Role) -> Added | Asked | Refused:
        now_ms, item = self._clock.now_ms(), replace(asking, status="queued")
        before = await self._adding.drawn(queue.name) if queue.session.shuffle else None
        admission = Admission(asking, Deed(verb="admit", by=by, at_ms=now_ms, added=(item.id,)))
        sorted_by = sorting(queue.settings, item)
        revs = (queue.settings_rev, None)
        return await self._store.add(queue.name, item, bounds, *revs, now_ms, before, sorted_by, admission=admission)

    async def refuse(self, name: QueueName, item_id: ItemId, by: Role) -> Item:
        for _ in range(TRIES):
            asking, now_ms = await self._asking(name, item_id), self._clock.now_ms()
            deed = Deed(verb="refuse", by=by, at_ms=now_ms)
            if await self._store.refuse(name, asking, now_ms, deed) is not None:
                return asking
        raise QueueMoved

    async def _asking(self, name: QueueName, item_id: ItemId) -> Item:
        item = await self._store.item(name, item_id)
        if item is None:
            await self._store.queue(name)  # an unknown queue is the better answer
        if item is None or item.status != "lobby":
            raise UnknownItem(item_id=item_id)
        return item

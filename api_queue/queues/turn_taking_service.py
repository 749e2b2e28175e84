"""The verbs around a turn that waits: ready, pass, and a performer paused by the host. Rules first, then one script."""

from collections.abc import Sequence
from typing import Protocol

from msgspec.structs import replace

from api_queue.drivers.clock import Clock
from api_queue.errors import PassUsed, QueueMoved
from api_queue.formats.performers import same_performer
from api_queue.queues.changes import LAST
from api_queue.queues.items import ItemService
from api_queue.queues.models import Item, Queue, QueueView
from api_queue.queues.names import performer_name
from api_queue.queues.passing import Swap, coming_soon, swap
from api_queue.queues.turn_taking import Card, Cards, Pause, Paused, still_wanted
from api_queue.queues.turns import TRIES
from api_queue.types import ItemId, QueueName, Role
from api_queue.web.identity import Caller


class Store(Protocol):
    """Each write is one script; None: what it stands on has changed."""

    async def put_cards(self, queue: Queue, cards: Cards, item: Item, now_ms: int) -> int | None: ...
    async def put_paused(self, queue: Queue, paused: Paused, now_ms: int) -> int | None: ...
    async def swap(self, queue: Queue, swap: Swap, cards: Cards, by: Role, now_ms: int) -> int | None: ...
    async def postpone(self, queue: Queue, swap: Swap, cards: Cards, by: Role, now_ms: int) -> int | None:
        """To the end of the next round, and behind the other one at least. The place there, 0 is the next."""


class Views(Protocol):
    async def queue(self, name: QueueName) -> Queue: ...
    async def view(self, name: QueueName, first: int | None = None, last: int | None = None) -> QueueView: ...


class TurnTakingService:
    def __init__(self, store: Store, views: Views, items: ItemService, clock: Clock) -> None:
        self._store = store
        self._views = views
        self._items = items
        self._clock = clock

    async def ready(self, name: QueueName, item_id: ItemId, caller: Caller) -> tuple[Item, int]:
        """Who sings an item that is coming soon is there. The item and its place, 1 is the next. NotComingSoon."""
        for _ in range(TRIES):
            item = await self._items.own(name, item_id, caller, may_be_muted=True)
            view, now_ms = await self._views.view(name, 0, LAST), self._clock.now_ms()
            place, card = coming_soon(view, item_id), view.queue.cards.get(item_id, Card())
            if card.ready_at_ms is not None:
                return item, place + 1
            cards = _with(view, item_id, replace(card, ready_at_ms=now_ms))
            if await self._store.put_cards(view.queue, cards, item, now_ms) is not None:
                return item, place + 1
        raise QueueMoved

    async def let_go_first(self, name: QueueName, item_id: ItemId, caller: Caller) -> tuple[Item, int]:
        """The following item of somebody else goes before this one; a second time, in a fair order, those of the round
        too. The item and its place. NotComingSoon, NobodyToSwapWith, PassUsed.
        """
        for _ in range(TRIES):
            await self._items.own(name, item_id, caller, may_be_muted=True)
            view = await self._views.view(name, 0, LAST)
            change = swap(view.to_come, coming_soon(view, item_id), view.queue.paused)
            place = await self._passed(view, change, caller.role_on(name))
            if place is not None:
                return change.item, place + 1
        raise QueueMoved

    async def _passed(self, view: QueueView, change: Swap, by: Role) -> int | None:
        queue, now_ms = view.queue, self._clock.now_ms()
        passes = queue.cards.get(change.item.id, Card()).passes
        cards = _with(view, change.item.id, Card(passes=passes + 1))
        if not passes:
            rev = await self._store.swap(queue, change, cards, by, now_ms)
            return None if rev is None else change.other_place
        if queue.settings.order != "fair":
            raise PassUsed
        return await self._store.postpone(queue, change, cards, by, now_ms)

    async def pause(self, name: QueueName, performer: str) -> Paused:
        """Nothing of theirs starts until they are back. Each of a duet, where it names several."""
        shown = [performer_name(part) for part in performer.split(" & ")]
        return await self._put(name, {same_performer(each): Pause(each, self._clock.now_ms()) for each in shown}, ())

    async def resume(self, name: QueueName, performer: str) -> Paused:
        gone = [same_performer(performer_name(part)) for part in performer.split(" & ")]
        return await self._put(name, {}, gone)

    async def _put(self, name: QueueName, new: Paused, gone: Sequence[str]) -> Paused:
        for _ in range(TRIES):
            queue = await self._views.queue(name)
            paused = {key: pause for key, pause in ({**new, **queue.paused}).items() if key not in gone}
            if paused == queue.paused:
                return paused
            if await self._store.put_paused(queue, paused, self._clock.now_ms()) is not None:
                return paused
        raise QueueMoved


def _with(view: QueueView, item_id: ItemId, card: Card) -> Cards:
    return {**still_wanted(view.queue.cards, {item.id for item in view.to_come}), item_id: card}

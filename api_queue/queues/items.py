"""The verbs on items that wait: edit, move, remove, clear. Rules first, then a script; refused, nothing has changed."""

import asyncio
from typing import Final, Literal

from msgspec import UnsetType
from msgspec.structs import replace

from api_queue.drivers.clock import Clock
from api_queue.errors import (
    NotYourItem,
    QueueMoved,
    UnknownItem,
)
from api_queue.queues import limits, order, refusals
from api_queue.queues.adding import facts_of, unread
from api_queue.queues.changes import LAST, Changes, changed, check_fields, deed_of
from api_queue.queues.deeds import Deed
from api_queue.queues.models import HELPERS, HOSTS, Edit, Item, Mute, Refused
from api_queue.queues.moving_up import moving_up
from api_queue.queues.storage import Store
from api_queue.queues.turns import TRIES
from api_queue.tracks.service import TrackService
from api_queue.types import ItemId, ItemStatus, QueueName, Role
from api_queue.web.identity import Caller

#: No revision: it is looked at again.
_NEVER: Final = -1
_WAITING: Final = frozenset[ItemStatus]({"queued"})
_REMOVABLE: Final = frozenset[ItemStatus]({"queued", "lobby"})


class ItemService:
    def __init__(self, store: Store, tracks: TrackService, clock: Clock) -> None:
        self._store = store
        self._tracks = tracks
        self._clock = clock

    # -- edit and move -----------------------------------------------------------------------------------------

    async def edit(self, name: QueueName, item_id: ItemId, changes: Changes, caller: Caller) -> Item:
        """An owner may change the name; a helper or the host everything."""
        check_fields(changes, caller.role_on(name))
        for _ in range(TRIES):
            item = await self.own(name, item_id, caller, may_be_muted=False)
            after = await self._changed(item, changes)
            target, rev = await self._target(name, item, changes)
            if after == item and target is None:
                return item
            edit = Edit(item, after, target, by=caller.role_on(name))
            if target is not None or after.weight != item.weight:
                edit, rev = await self._weighed(name, edit, rev)
            if await self._change(name, edit, rev, caller):
                return edit.after
        raise QueueMoved

    async def _weighed(self, name: QueueName, edit: Edit, rev: int | None) -> tuple[Edit, int | None]:
        """Where the list is in the order of weights an item goes where its weight belongs, or weighs what its new
        neighbour does.
        """
        if (await self._store.queue(name)).settings.order != "weight":
            return edit, rev
        if isinstance(edit.target, Item):  # its neighbour says all
            return order.weighed(edit, (), {}), rev
        view, ledger = await asyncio.gather(self._store.view(name, 0, LAST), self._store.ledger(name))
        if ledger.rev != view.queue.rev or rev not in {None, ledger.rev}:
            return edit, _NEVER
        return order.weighed(edit, view.to_come, ledger.scores), ledger.rev

    async def _changed(self, item: Item, changes: Changes) -> Item:
        if isinstance(changes.tempo, UnsetType):
            return changed(item, changes)
        track_ms = (await facts_of(self._tracks, item.track_id)).duration_ms
        return changed(item, changes).at_tempo(changes.tempo, track_ms)

    async def _change(self, name: QueueName, edit: Edit, rev: int | None, caller: Caller) -> bool:
        """Whether it was done. But for a host, a new name passes the same limit as one that is added."""
        now_ms, role = self._clock.now_ms(), caller.role_on(name)
        deed = deed_of("edit" if edit.target is None else "move", role, now_ms)
        if role in HOSTS:
            return await self._store.change(name, edit, rev, now_ms, deed) is not None
        queue = await self._store.queue(name)
        if edit.after.performer_name != edit.before.performer_name:
            limits.check_named(queue.settings, edit.after.performer_name)
        window_ms = limits.limits_of(None, queue.settings, ()).performer_window_ms
        done = await self._store.change(name, replace(edit, performer_window_ms=window_ms), rev, now_ms, deed)
        if isinstance(done, Refused):
            raise refusals.refusal(done, edit.after, unread(queue), now_ms)
        return done is not None

    async def move(self, name: QueueName, source: ItemId, target: ItemId | None, caller: Caller) -> Item:
        """Before another waiting item; None is the end."""
        changes = Changes(position=LAST) if target is None else Changes(before=target)
        return await self.edit(name, source, changes, caller)

    async def _target(
        self, name: QueueName, item: Item, changes: Changes
    ) -> tuple[Item | Literal["end"] | None, int | None]:
        """Where it goes, and the revision at which that is true, where the place of others decides it."""
        if item.id in {changes.before, changes.after}:
            return None, None
        if changes.before is not None:
            return await self._waits(name, changes.before), None
        if changes.position == LAST:
            return "end", None
        if changes.after is None and changes.position is None:
            return None, None
        other = item if changes.after is None else await self._waits(name, changes.after)
        return await self._stood_before(name, item, other, changes.position)

    async def _stood_before(
        self, name: QueueName, item: Item, other: Item, position: int | None
    ) -> tuple[Item | Literal["end"], int]:
        """What the item comes before at that position, counted without it; without one, behind the other."""
        rev, place = await self._store.place(name, other)
        if place is None:
            return "end", _NEVER
        first = position - 1 if position and position <= place else position or place + 1
        view = await self._store.view(name, first, first + 1)
        behind = next((there for there in view.to_come if there.id != item.id), None)
        return behind or "end", rev if rev == view.queue.rev else _NEVER

    # -- remove ------------------------------------------------------------------------------------------------

    async def remove(self, name: QueueName, item_id: ItemId, caller: Caller) -> Item:
        for _ in range(TRIES):
            item = await self.own(name, item_id, caller, may_be_muted=True, among=_REMOVABLE)
            if await self._take_off(name, item, caller.role_on(name)) is not None:
                return item
        raise QueueMoved

    async def _take_off(self, name: QueueName, item: Item, by: Role) -> int | None:
        now_ms = self._clock.now_ms()
        if item.status == "lobby":
            return await self._store.refuse(name, item, now_ms, deed_of("refuse", by, now_ms))
        deed = deed_of("delete", by, now_ms)
        rev = await self._store.remove(name, item, now_ms, deed=deed)
        return await self._remove_and_move_up(name, item, now_ms, deed) if rev == "others" else rev

    async def _remove_and_move_up(self, name: QueueName, item: Item, now_ms: int, deed: Deed | None) -> int | None:
        looked = await moving_up(self._store, name, item, {item.id})
        done = looked and await self._store.remove(name, item, now_ms, *looked, deed)
        return None if done == "others" else done

    async def clear(self, name: QueueName, by: Role = "host") -> None:
        """The waiting items only."""
        for _ in range(TRIES):
            view = await self._store.view(name, 0, LAST)
            if not view.to_come:
                return
            now_ms = self._clock.now_ms()
            deed = Deed(verb="clear", by=by, at_ms=now_ms)
            if await self._store.clear(view.queue, view.to_come, now_ms, deed) is not None:
                return
        raise QueueMoved

    async def own(
        self,
        name: QueueName,
        item_id: ItemId,
        caller: Caller,
        *,
        may_be_muted: bool,
        among: frozenset[ItemStatus] = _WAITING,
    ) -> Item:
        """An item of these statuses, for whoever may change it. UnknownItem, NotYourItem."""
        item = await self._waits(name, item_id, among)
        if caller.role_on(name) in HELPERS:
            return item
        standing = await self._store.standing(name, caller.guest_id) if caller.guest_id else None
        if standing == "ended" or item.session_owner != caller.guest_id:
            raise NotYourItem
        if isinstance(standing, Mute) and not may_be_muted and standing.holds(now_ms := self._clock.now_ms()):
            raise refusals.muted(standing, now_ms)
        return item

    async def _waits(self, name: QueueName, item_id: ItemId, among: frozenset[ItemStatus] = _WAITING) -> Item:
        item = await self._store.item(name, item_id)
        if item is None:
            await self._store.queue(name)  # an unknown queue is the better answer
        if item is None or item.status not in among:
            raise UnknownItem(item_id=item_id)
        return item

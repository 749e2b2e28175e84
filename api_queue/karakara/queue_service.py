"""The verbs on the queue of a room: ours, with the refusals that KaraKara's clients know."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final, Protocol

from msgspec import Struct

from api_queue.drivers.clock import Clock
from api_queue.errors import (
    ApiQueueError,
    BadPerformerName,
    Conflict,
    Forbidden,
    Invalid,
    MoveOutside,
    NotYourItem,
    NotYourRoomItem,
    PerformerMissing,
    QueueMoved,
    QueueValidationFailed,
    RoomQueueForHost,
    SessionEnded,
    SessionMissing,
    TooMany,
    TrackInvalid,
    UnknownItem,
    UnknownQueue,
    UnknownTrack,
)
from api_queue.karakara.flow import MOST_WAITING, Timed, timed
from api_queue.karakara.rooms import is_host
from api_queue.queues.adding import AddService
from api_queue.queues.changes import LAST, Changes
from api_queue.queues.items import ItemService
from api_queue.queues.models import Item, QueueView
from api_queue.queues.service import QueueService
from api_queue.queues.transport import TransportService
from api_queue.queues.turns import TRIES
from api_queue.queues.variants import DEFAULT, Variants, VariantStore
from api_queue.types import ItemId, ItemStatus, QueueName, TrackId
from api_queue.web.identity import Caller

#: Of an add, by the rules of the queue.
_REFUSALS: Final = (Invalid, Forbidden, TooMany, Conflict, SessionEnded)
#: What a room shows, and what asks to be in it.
_THERE: Final = frozenset[ItemStatus]({"lobby", "queued", "playing", "played"})


class Look(Struct, frozen=True):
    """A queue, and the variants of its items where they are not the default ones."""

    view: QueueView
    variants: Mapping[ItemId, Variants]


class Shown(Struct, frozen=True):
    """An item as a room shows it."""

    timed: Timed
    variants: Variants


class Videos(Protocol):
    """`video_orders.VideoOrders`."""

    def want(self, track_ids: Sequence[TrackId]) -> None:
        """Has videos made where there are none."""


class RoomQueueService:
    def __init__(
        self,
        queues: QueueService,
        adding: AddService,
        items: ItemService,
        transport: TransportService,
        variants: VariantStore,
        videos: Videos,
        clock: Clock,
    ) -> None:
        self._queues = queues
        self._adding = adding
        self._items = items
        self._transport = transport
        self._variants = variants
        self._videos = videos
        self._clock = clock

    async def look(self, room: QueueName) -> Look:
        view = await self._queues.view(room, MOST_WAITING)
        return Look(view, await self._variants.of(room, [item.id for item in view.items]))

    async def look_if_there(self, room: QueueName) -> Look | None:
        try:
            return await self.look(room)
        except UnknownQueue:
            return None

    async def add(
        self,
        room: QueueName,
        track_id: str,
        performer: str,
        variants: Variants,
        caller: Caller,
        item_id: ItemId | None = None,
    ) -> Shown:
        """Refused in KaraKara's order: SessionMissing, TrackInvalid, PerformerMissing, QueueValidationFailed."""
        if caller.guest_id is None:
            raise SessionMissing
        playing = (await self._queues.queue(room)).session.state == "playing"
        try:
            placed = await self._adding.add(room, track_id, performer, caller, item_id, variants=variants)
        except _REFUSALS as error:
            raise _refusal(error, track_id, performer) from error
        self._videos.want([placed.item.track_id])
        return Shown(Timed(placed.item, placed.expected_ms if playing else None), variants)

    async def move(self, room: QueueName, source: ItemId, target: ItemId | None, caller: Caller) -> None:
        """Before another waiting item; None is the end. Before what plays is before the first one."""
        if not is_host(caller, room):
            raise RoomQueueForHost
        if source == target:
            raise MoveOutside
        session = (await self._queues.queue(room)).session
        first = Changes(position=1) if target == session.item_id else Changes(before=target)
        try:
            await self._items.edit(room, source, Changes(position=LAST) if target is None else first, caller)
        except UnknownItem:
            raise MoveOutside from None

    async def remove(self, room: QueueName, item_id: ItemId, caller: Caller) -> Shown:
        """As it was before: what plays is skipped, and what is over stays. UnknownItem, NotYourRoomItem."""
        for _ in range(TRIES):
            item = await self._own(room, item_id, caller)
            shown = await self._shown(room, item)
            with suppress(UnknownItem):  # it has begun meanwhile, or is over
                await self._take_off(room, item, caller)
                return shown
        raise QueueMoved

    async def _own(self, room: QueueName, item_id: ItemId, caller: Caller) -> Item:
        try:
            return await self._items.own(room, item_id, caller, may_be_muted=True, among=_THERE)
        except NotYourItem:
            raise NotYourRoomItem from None

    async def _shown(self, room: QueueName, item: Item) -> Shown:
        look = await self.look(room)
        there = (each for each in timed(look.view, self._clock.now_ms()) if each.item.id == item.id)
        return Shown(next(there, Timed(item, None)), look.variants.get(item.id, DEFAULT))

    async def _take_off(self, room: QueueName, item: Item, caller: Caller) -> None:
        if item.status == "playing":
            await self._transport.skip(room, item.id, caller.role_on(room))
        elif item.status != "played":
            await self._items.remove(room, item.id, caller)


def _refusal(error: ApiQueueError, track_id: str, performer: str) -> ApiQueueError:
    """What the clients show of it is `exc`; `code` and the facts are those of the error itself."""
    if isinstance(error, UnknownTrack):
        return TrackInvalid(track_id=track_id)
    if isinstance(error, BadPerformerName) and not performer.strip():
        return PerformerMissing()
    return QueueValidationFailed(exc=error.detail, code=error.code, **error.facts)

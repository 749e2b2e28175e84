"""An add: judged by the settings, then one script that holds it against the limits and puts it in its place."""

import secrets
from collections.abc import Awaitable, Callable
from functools import lru_cache
from random import Random
from typing import Final, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from api_queue.drivers.clock import Clock
from api_queue.errors import (
    ApiQueueError,
    Forbidden,
    Invalid,
    MissingCredential,
    NotFound,
    QueueMoved,
    TrackNotFound,
    TrackNotOffered,
    UnknownTrack,
)
from api_queue.formats import crockford
from api_queue.queues import limits, order, refusals
from api_queue.queues.changes import LAST
from api_queue.queues.models import Added, Asked, Item, Limits, Mute, Queue, QueueView, Refused
from api_queue.queues.names import performer_name
from api_queue.queues.promise import Promise, promised
from api_queue.queues.settings import QueueSettings
from api_queue.queues.storage import Store
from api_queue.queues.timing import expected_after, expected_starts, free_at
from api_queue.queues.turns import TRIES, Turns
from api_queue.queues.variants import DEFAULT, Variants
from api_queue.tracks.models import TagFilter, TrackFacts, offered
from api_queue.tracks.service import TrackService
from api_queue.types import ItemId, QueueName
from api_queue.web.identity import Caller
from api_queue.web.rate_limits import Limiter

T = TypeVar("T")


class Placed(Struct, frozen=True):
    """An item with its place (1 is the next; None: any, or in the lobby) and when it is expected to start, None while
    nothing is promised. Without `promise`: it was there already, or asks to be let in.
    """

    item: Item
    position: int | None
    expected_ms: int | None
    rev: int
    promise: Promise | None = None


def new_item_id() -> ItemId:
    return ItemId(crockford.encode(secrets.randbits(50), 10))


@lru_cache(1000)
def tag_filter(settings: QueueSettings) -> TagFilter:
    return TagFilter.of(settings.filter_tags, settings.forced_tags, settings.hidden_tags)


async def facts_of(tracks: TrackService, track_id: str) -> TrackFacts:
    """UnknownTrack where what somebody wants to hear is not there."""
    try:
        return await tracks.facts(track_id)
    except TrackNotFound:
        raise UnknownTrack(track_id=track_id) from None


class AddService:
    """`buckets` answers the rate buckets that an add by this caller to this queue draws from; `chance` is what an add
    to a shuffled queue is placed by.
    """

    def __init__(
        self,
        store: Store,
        tracks: TrackService,
        clock: Clock,
        buckets: Callable[[Caller, QueueName], tuple[tuple[str, int, float], ...]],
        limit: Limiter,
        chance: Random,
    ) -> None:
        self._store = store
        self._tracks = tracks
        self._clock = clock
        self._buckets = buckets
        self._limit = limit
        self._chance = chance
        self._known: dict[QueueName, Queue] = {}
        self._turns = Turns()

    async def add(
        self,
        name: QueueName,
        track_id: str,
        performer: str,
        caller: Caller,
        item_id: ItemId | None = None,
        *,
        key_shift: int = 0,
        tempo: float = 1,
        variants: Variants = DEFAULT,
        dry: bool = False,
    ) -> Placed:
        """A host's adds pass the limits of the settings; the others raise what they meet, with the time at which it
        passes. `dry`: what the add would answer or raise; it counts as one for the rate, and changes nothing else.

        An `item_id` that is there already is this add, sent again after its answer was lost: it is not added twice.
        """
        item, facts = await self._paid(self._item(name, track_id, performer, caller, item_id), name, caller)
        item = replace(item, key_shift=key_shift).at_tempo(tempo, facts.duration_ms)
        for _ in range(TRIES):
            placed = await self._try_add(name, item, facts, caller, variants, dry=dry)
            if placed is not None:
                return placed
            self._known.pop(name, None)
        raise QueueMoved

    async def _paid(self, judging: Awaitable[T], name: QueueName, caller: Caller) -> T:
        """The script takes a token for every add that it sees; what is refused before it costs one here."""
        try:
            return await judging
        except (Invalid, Forbidden, NotFound):
            await self._limit.check("add", caller, name)
            raise

    async def _item(
        self, name: QueueName, track_id: str, performer: str, caller: Caller, item_id: ItemId | None
    ) -> tuple[Item, TrackFacts]:
        if caller.guest_id is None:
            raise MissingCredential
        facts = await facts_of(self._tracks, track_id)
        item = Item(
            id=item_id or new_item_id(),
            track_id=facts.track_id,
            performer_name=performer_name(performer),
            session_owner=caller.guest_id,
            timestamp_added=self._clock.now_ms(),
            track_duration_ms=facts.duration_ms,
            added_by=caller.role_on(name),
        )
        return item, facts

    async def _try_add(
        self, name: QueueName, item: Item, facts: TrackFacts, caller: Caller, variants: Variants, *, dry: bool
    ) -> Placed | None:
        """None when the queue moved: its settings, or what the limits were worked out from."""
        queue = await self._paid(self._judged(name, item, facts), name, caller)
        buckets = self._buckets(caller, name)
        if item.by_host:
            return await self._put(queue, item, Limits(most=queue.kind_limit, buckets=buckets), None, variants, dry=dry)
        bounds = limits.limits_of(queue.kind_limit, queue.settings, buckets, item.added_by)
        if not queue.fixed or queue.settings.event_end is None:
            room = limits.room(queue, item.timestamp_added)
            return await self._put(queue, item, replace(bounds, room=room) if room else bounds, None, variants, dry=dry)
        async with self._turns(name):
            view = await self._store.view(name, 0, LAST)
            room = limits.room_behind(view, item.timestamp_added)
            return await self._put(view.queue, item, replace(bounds, room=room), view.queue.rev, variants, dry=dry)

    async def _judged(self, name: QueueName, item: Item, facts: TrackFacts) -> Queue:
        """A queue that takes this item, by its settings. They are kept in the worker, since the script refuses an add
        that was judged by old ones; before a guest is refused they are read anew.
        """
        known = self._known.get(name)
        if known is not None and _refusal_by_settings(known.settings, item, facts) is None:
            return known
        if len(self._known) >= _QUEUES_KEPT:
            self._known.clear()
        queue = self._known[name] = await self._store.queue(name)
        if refusal := _refusal_by_settings(queue.settings, item, facts):
            raise refusal
        return queue

    async def _put(
        self, queue: Queue, item: Item, bounds: Limits, rev: int | None, variants: Variants, *, dry: bool
    ) -> Placed | None:
        now_ms = item.timestamp_added
        before = await self.drawn(queue.name) if queue.session.shuffle else None
        sorted_by = order.sorting(queue.settings, item)
        answer = await self._store.add(
            queue.name, item, bounds, queue.settings_rev, rev, now_ms, before, sorted_by, variants=variants, dry=dry
        )
        if isinstance(answer, Asked):
            return Placed(replace(item, status="lobby"), None, None, answer.rev)
        if isinstance(answer, Added):
            return await self._placed(queue, item, bounds, answer, dry=dry)
        if answer.why == "stale":
            return None
        if answer.why == "exists":
            return await self._there_already(queue.name, item.id, now_ms)
        raise await self._refusal(queue, answer, item, now_ms)

    async def drawn(self, name: QueueName) -> Item | None:
        """While shuffle is on, the waiting item that a new one comes before; None is the end."""
        place = self._chance.randrange((await self._store.queue(name)).waiting + 1)
        view = await self._store.view(name, place, place)
        return view.to_come[0] if view.to_come else None

    async def _placed(self, queue: Queue, item: Item, bounds: Limits, added: Added, *, dry: bool) -> Placed:
        if queue.session.shuffle:
            there = None if dry else await self._there_already(queue.name, item.id, item.timestamp_added)
            position, expected_ms = (there.position, there.expected_ms) if there else (None, None)
        else:
            position, expected_ms = added.ahead + 1, await self._expected(queue, item, added)
        return Placed(item, position, expected_ms, added.rev, promised(queue, item, bounds, added, expected_ms))

    async def _expected(self, queue: Queue, item: Item, added: Added) -> int | None:
        free_ms, space_ms = free_at(added.session, item.timestamp_added), queue.settings.track_space_ms
        if not added.uneven:
            return expected_after(added.ahead, added.ahead_ms, free_ms, space_ms)
        view = await self._store.view(queue.name, 0, added.ahead)
        line = (*view.to_come[: added.ahead], item)
        return list(expected_starts(line, free_ms, space_ms, view.queue.paused))[-1]

    async def _there_already(self, name: QueueName, item_id: ItemId, now_ms: int) -> Placed | None:
        """Where an item stands by now; None when it was taken off the queue."""
        view = await self._store.view(name)
        free_ms, space_ms = free_at(view.queue.session, now_ms), view.queue.settings.track_space_ms
        starts = expected_starts(view.to_come, free_ms, space_ms, view.queue.paused)
        for place, (item, start_ms) in enumerate(zip(view.to_come, starts, strict=True), 1):
            if item.id == item_id:
                return Placed(item, place, start_ms, view.queue.rev)
        elsewhere = next((item for item in (*view.over, *view.lobby) if item.id == item_id), None)
        position = None if elsewhere in view.lobby else 0
        return Placed(elsewhere, position, None, view.queue.rev) if elsewhere else None

    async def _refusal(self, queue: Queue, refused: Refused, item: Item, now_ms: int) -> Exception:
        if refused.why == "muted":
            return refusals.muted(Mute.from_text(item.session_owner, refused.fact), now_ms)
        looked = _LOOKED_THROUGH.get(refused.why)
        view = unread(queue) if looked is None else await self._store.view(queue.name, 0, looked)
        return refusals.refusal(refused, item, view, now_ms)


_QUEUES_KEPT: Final = 1000
#: How far down the waiting items a refusal looks for the time at which it passes; the others need no look.
_LOOKED_THROUGH: Final = {"full": 100, "guest": 1000, "minutes": 1000}


def unread(queue: Queue) -> QueueView:
    """Where no item is looked at."""
    return QueueView(queue, (), 0, "")


def _refusal_by_settings(settings: QueueSettings, item: Item, facts: TrackFacts) -> ApiQueueError | None:
    if not offered(facts.tags, tag_filter(settings)):
        return TrackNotOffered(track_id=item.track_id)
    if item.by_host:
        return None
    return (
        limits.closed(settings, item.timestamp_added)
        or limits.unnamed(settings, item.performer_name)
        or limits.too_long(settings, item.track_duration_ms)
    )

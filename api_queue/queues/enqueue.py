"""Many tracks at once onto a member's own queue: all of them or none, as one change."""

from collections.abc import Sequence
from random import Random

from msgspec import Struct

from api_queue.drivers.clock import Clock
from api_queue.errors import MissingCredential, QueueFull, QueueMoved, TrackNotOffered
from api_queue.queues.adding import facts_of, new_item_id, tag_filter
from api_queue.queues.changes import LAST
from api_queue.queues.models import Item, QueueView
from api_queue.queues.names import performer_name
from api_queue.queues.storage import Store
from api_queue.queues.turns import TRIES
from api_queue.tracks.models import TrackFacts, offered
from api_queue.tracks.service import TrackService
from api_queue.types import QueueName
from api_queue.web.identity import Caller


class Batch(Struct, frozen=True, kw_only=True):
    """Tracks by id or alias, or else an album by its name."""

    track_ids: Sequence[str] = ()
    album: str = ""
    performer_name: str


class Enqueued(Struct, frozen=True):
    """The new items in the order in which they were named, each with its index in the list (0 is the first)."""

    queue: QueueName
    rev: int
    items: Sequence[tuple[int, Item]]


class EnqueueService:
    """`chance`: what a shuffled queue places new items by."""

    def __init__(self, store: Store, tracks: TrackService, clock: Clock, chance: Random) -> None:
        self._store = store
        self._tracks = tracks
        self._clock = clock
        self._chance = chance

    async def enqueue(self, name: QueueName, batch: Batch, caller: Caller) -> Enqueued:
        """UnknownTrack, UnknownAlbum, TrackNotOffered, QueueFull: then nothing was added."""
        facts = await self._facts(batch)
        for _ in range(TRIES):
            view, now_ms = await self._store.view(name, 0, LAST), self._clock.now_ms()
            _check(view, facts)
            items = _items(view, facts, performer_name(batch.performer_name), caller, now_ms)
            order, rows = self._placed(view, items)
            rev = await self._store.enqueue(name, view.queue.rev, rows, now_ms)
            if rev is not None:
                index = {item.id: place for place, item in enumerate(order, view.queue.head)}
                return Enqueued(name, rev, [(index[item.id], item) for item in items])
        raise QueueMoved

    async def _facts(self, batch: Batch) -> list[TrackFacts]:
        if batch.album:
            return await self._tracks.album(batch.album)
        return [await facts_of(self._tracks, track_id) for track_id in batch.track_ids]

    def _placed(self, view: QueueView, items: Sequence[Item]) -> tuple[list[Item], list[tuple[Item, Item | None]]]:
        """What waits afterwards, and each new item with the one that it is put before; None is the end."""
        order, rows = list(view.to_come), []
        for item in items:
            place = self._chance.randrange(len(order) + 1) if view.queue.session.shuffle else len(order)
            rows.append((item, order[place] if place < len(order) else None))
            order.insert(place, item)
        return order, rows


def _check(view: QueueView, facts: Sequence[TrackFacts]) -> None:
    for fact in facts:
        if not offered(fact.tags, tag_filter(view.queue.settings)):
            raise TrackNotOffered(track_id=fact.track_id)
    limit = view.queue.kind_limit
    if limit is not None and view.queue.waiting + len(facts) > limit:
        room = max(0, limit - view.queue.waiting)
        raise QueueFull(max_items=limit, place_free=f"There is room for {room} more.")


def _items(view: QueueView, facts: Sequence[TrackFacts], performer: str, caller: Caller, now_ms: int) -> list[Item]:
    """Each was added a moment after the one before it, and after all that wait: shuffle switched off sorts by that."""
    if caller.guest_id is None:
        raise MissingCredential
    newest_ms = max((item.timestamp_added for item in view.to_come), default=0)
    first_ms = max(now_ms - len(facts) + 1, newest_ms + 1)
    return [
        Item(
            id=new_item_id(),
            track_id=fact.track_id,
            performer_name=performer,
            session_owner=caller.guest_id,
            timestamp_added=added_ms,
            track_duration_ms=fact.duration_ms,
            added_by=caller.role_on(view.queue.name),
        )
        for added_ms, fact in enumerate(facts, first_ms)
    ]

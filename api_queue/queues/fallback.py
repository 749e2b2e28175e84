"""Music of the server's own choice, for when nobody has chosen any: from a playlist, or by tags."""

from collections.abc import Sequence
from random import Random
from typing import Final, Protocol

from api_queue.drivers.clock import Clock
from api_queue.errors import BadSetting, TrackNotFound
from api_queue.queues.adding import new_item_id
from api_queue.queues.models import Item, Queue, QueueView
from api_queue.queues.settings import Fallback, QueueSettings
from api_queue.tracks.models import Search, TagFilter, TrackFacts, facts_of
from api_queue.tracks.service import TrackService
from api_queue.types import GuestId, QueueName, TrackId

#: What was played so lately does not come again, if there is anything else.
LATELY: Final = 10
#: As it stands where a guest's name and id would.
PERFORMER: Final = "Fallback"
_OWNER: Final = GuestId("server")


class Views(Protocol):
    async def view(self, name: QueueName, first: int | None = None, last: int | None = None) -> QueueView: ...


class FallbackMusic:
    """`transport.MusicSource`. `chance`: what chooses among tracks of the tags."""

    def __init__(self, views: Views, tracks: TrackService, clock: Clock, chance: Random) -> None:
        self._views = views
        self._tracks = tracks
        self._clock = clock
        self._chance = chance

    async def music(self, queue: Queue) -> Item | None:
        """One item that is on no list yet; None where the queue has no fallback, or the library nothing of it."""
        wanted = queue.settings.fallback
        if wanted is None or queue.kind == "personal":
            return None
        lately = [item.track_id for item in (await self._views.view(queue.name, -LATELY, -1)).over]
        facts = await (self._by_tags(queue.settings, wanted, lately) if wanted.tags else self._listed(wanted, lately))
        return None if facts is None else self._item(facts)

    async def check(self, settings: QueueSettings) -> None:
        """BadSetting where the library knows a track or a tag of the fallback not at all."""
        wanted = settings.fallback or Fallback()
        for track_id in wanted.tracks:
            if await self._known(track_id) is None:
                raise BadSetting(key="fallback", reason=f"names the track '{track_id}', which is not in the library")
        for tag in wanted.tags:
            if not (await self._tracks.search(_with(TagFilter.of((tag.lstrip("-"),)), 1))).total:
                raise BadSetting(key="fallback", reason=f"names the tag '{tag}', which no track in the library has")

    async def _listed(self, wanted: Fallback, lately: Sequence[TrackId]) -> TrackFacts | None:
        """Of the playlist, without what is not in the library any more."""
        return next_of([facts for track_id in wanted.tracks if (facts := await self._known(track_id))], lately)

    async def _known(self, track_id: str) -> TrackFacts | None:
        try:
            return await self._tracks.facts(track_id)
        except TrackNotFound:
            return None

    async def _by_tags(self, settings: QueueSettings, wanted: Fallback, lately: Sequence[TrackId]) -> TrackFacts | None:
        """By chance, among more tracks in a row than were played lately."""
        offered = TagFilter.of(wanted.tags, hidden_tags=settings.hidden_tags)
        total = (await self._tracks.search(_with(offered, 1))).total
        place = self._chance.randrange(max(1, total - LATELY))
        here = [facts_of(track) for track in (await self._tracks.search(_with(offered, LATELY + 1, place))).tracks]
        fresh = [facts for facts in here if facts.track_id not in lately]
        return self._chance.choice(fresh or here) if here else None

    def _item(self, facts: TrackFacts) -> Item:
        return Item(
            id=new_item_id(),
            track_id=facts.track_id,
            performer_name=PERFORMER,
            session_owner=_OWNER,
            timestamp_added=self._clock.now_ms(),
            track_duration_ms=facts.duration_ms,
            added_by="server",
        )


def next_of(playlist: Sequence[TrackFacts], lately: Sequence[TrackId]) -> TrackFacts | None:
    """From behind what was played of it last, and round again: the first that was not played lately, else the next."""
    places = {facts.track_id: place for place, facts in enumerate(playlist)}
    last = next((places[track_id] for track_id in reversed(lately) if track_id in places), -1)
    turned = [*playlist[last + 1 :], *playlist[: last + 1]]
    return next((facts for facts in turned if facts.track_id not in lately), turned[0] if turned else None)


def _with(offered: TagFilter, limit: int, offset: int = 0) -> Search:
    return Search(tag_filter=offered, limit=limit, offset=offset)

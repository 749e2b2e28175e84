"""Likes: one for each guest and track."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, Protocol

from api_queue.drivers.clock import Clock
from api_queue.errors import MissingCredential
from api_queue.queues.service import QueueService
from api_queue.tracks.likes import NO_LIKES, Likes, LikeSource
from api_queue.tracks.models import Track
from api_queue.tracks.service import TrackService
from api_queue.types import GuestId, TrackId
from api_queue.web.identity import Caller

#: What one look at all likes brings; whoever has more sees the newest.
MOST_LIKED: Final = 1000


class LikeStore(LikeSource, Protocol):
    async def put(self, track_id: TrackId, guest_id: GuestId, now_ms: int) -> bool:
        """False: it was there before."""

    async def remove(self, track_id: TrackId, guest_id: GuestId) -> bool:
        """False: there was none."""

    async def liked(self, guest_id: GuestId, most: int) -> Sequence[TrackId]:
        """The newest first."""


class LikeService:
    """Each verb answers the track's id and its likes. A track's name is its id or an alias."""

    def __init__(self, store: LikeStore, tracks: TrackService, queues: QueueService, clock: Clock) -> None:
        self._store = store
        self._tracks = tracks
        self._queues = queues
        self._clock = clock

    async def like(self, name: str, caller: Caller) -> tuple[TrackId, Likes]:
        """Raises TrackNotFound, MissingCredential for who has no session."""
        track_id, guest_id = await self._who_and_what(name, caller)
        changed = await self._store.put(track_id, guest_id, self._clock.now_ms())
        return track_id, await self._told(track_id, guest_id, caller if changed else None)

    async def unlike(self, name: str, caller: Caller) -> tuple[TrackId, Likes]:
        """Raises as `like` does."""
        track_id, guest_id = await self._who_and_what(name, caller)
        changed = await self._store.remove(track_id, guest_id)
        return track_id, await self._told(track_id, guest_id, caller if changed else None)

    async def liked(self, caller: Caller) -> Sequence[Track]:
        """The newest first, at most MOST_LIKED, and only what is in the library now."""
        if caller.likes_as is None:
            return []
        return await self._tracks.some(await self._store.liked(caller.likes_as, MOST_LIKED))

    async def likes(self, track_ids: Collection[TrackId], guest_id: GuestId | None) -> Mapping[TrackId, Likes]:
        """`tracks.likes.LikeSource`."""
        return await self._store.likes(track_ids, guest_id)

    async def _who_and_what(self, name: str, caller: Caller) -> tuple[TrackId, GuestId]:
        if caller.likes_as is None:
            raise MissingCredential
        return (await self._tracks.track(name)).track_id, caller.likes_as

    async def _told(self, track_id: TrackId, guest_id: GuestId, by: Caller | None) -> Likes:
        """Every queue hears of it, unless nobody changed anything."""
        likes = (await self._store.likes([track_id], guest_id)).get(track_id, NO_LIKES)
        if by is not None:
            await self._queues.tell_likes(track_id, likes.count, by)
        return likes

"""Who orders a video: the operator, of any track or all; a room, of what was added to it."""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from api_queue.errors import TrackNotFound
from api_queue.jobs.models import Task
from api_queue.jobs.service import JobService
from api_queue.karakara.encoding import TYPE, EncodeItem
from api_queue.karakara.sidecars import VIDEO, beside
from api_queue.karakara.video_folder import VideoFolder
from api_queue.tracks.service import TrackService
from api_queue.tracks.tasks import ALL
from api_queue.types import TrackId

#: A night of many rooms.
_REMEMBERED: Final = 10_000
_log = structlog.get_logger()


class VideoOrders:
    def __init__(self, tracks: TrackService, jobs: JobService, videos: VideoFolder) -> None:
        self._tracks = tracks
        self._jobs = jobs
        self._videos = videos
        self._wanted: dict[TrackId, None] = {}
        #: Those that are not ordered yet.
        self._due: list[TrackId] = []
        self._ordering: asyncio.Task[None] | None = None

    async def order(self, track_id: str = ALL, created_by: str = "system") -> Task:
        """One that is under way is joined. Of all, one is made at a time: what a room wants comes in between."""
        one_at_a_time = 1 if track_id == ALL else None
        key, items = f"{TYPE}:{track_id}", [EncodeItem(track_id)]
        task, _ = await self._jobs.create(TYPE, items, created_by=created_by, key=key, concurrency=one_at_a_time)
        return task

    def want(self, track_ids: Sequence[TrackId]) -> None:
        """They will be played soon. As often as somebody says so, and nobody waits: a scan may hold the database. One
        that could not be made is not tried again by itself.
        """
        self._due += [track_id for track_id in dict.fromkeys(track_ids) if track_id not in self._wanted]
        self._wanted.update(dict.fromkeys(self._due))
        while len(self._wanted) > _REMEMBERED:
            del self._wanted[next(iter(self._wanted))]
        if self._due and (self._ordering is None or self._ordering.done()):
            self._ordering = asyncio.create_task(self._order_due(), name="video-orders")

    async def close(self) -> None:
        """Whoever publishes the rooms next wants what was not ordered yet."""
        if self._ordering is not None:
            self._ordering.cancel()
            await asyncio.wait([self._ordering])

    async def _order_due(self) -> None:
        """One after the other, so that all other questions to the database have its other connections."""
        while self._due:
            await self._order_missing(self._due.pop(0))

    async def _order_missing(self, track_id: TrackId) -> None:
        try:
            if not self._videos.has(track_id) and VIDEO not in beside(await self._tracks.track(track_id)):
                await self.order(track_id)
        except TrackNotFound:  # it left the library after it was added
            pass
        except Exception:
            self._wanted.pop(track_id, None)
            _log.exception("a video was not ordered", track_id=track_id)

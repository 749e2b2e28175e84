"""Who orders a video: the operator, of any track or all; a room, of what was added to it."""

from collections.abc import Sequence
from typing import Final

import structlog

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

    async def order(self, track_id: str = ALL, created_by: str = "system") -> Task:
        """One that is under way is joined. Of all, one is made at a time: what a room wants comes in between."""
        one_at_a_time = 1 if track_id == ALL else None
        key, items = f"{TYPE}:{track_id}", [EncodeItem(track_id)]
        task, _ = await self._jobs.create(TYPE, items, created_by=created_by, key=key, concurrency=one_at_a_time)
        return task

    async def want_all(self, track_ids: Sequence[TrackId]) -> None:
        """As often as somebody says so; one that could not be made is not tried again by itself."""
        for track_id in track_ids:
            if track_id not in self._wanted:
                await self.want(track_id)
                self._wanted[track_id] = None
        while len(self._wanted) > _REMEMBERED:
            del self._wanted[next(iter(self._wanted))]

    async def want(self, track_id: TrackId) -> None:
        """It will be played soon. Nothing of this can be in the way of whoever added it."""
        try:
            if not self._videos.has(track_id) and VIDEO not in beside(await self._tracks.track(track_id)):
                await self.order(track_id)
        except Exception:
            _log.exception("a video was not ordered", track_id=track_id)

"""The task `karakara.encode`: the player shows videos only, so one is made of a track's cover and its sound."""

import asyncio
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from api_queue.errors import FileGone, NoCover
from api_queue.jobs.models import Json
from api_queue.jobs.task_types import TaskType, Work
from api_queue.karakara.covers import no_cover
from api_queue.karakara.sidecars import VIDEO, beside
from api_queue.karakara.video_folder import VideoFolder
from api_queue.karakara.webm import Encoder, Sound
from api_queue.tracks.models import EVERYTHING, Cover, Store, Track
from api_queue.tracks.service import TrackService
from api_queue.tracks.tasks import ALL

TYPE: Final = "karakara.encode"


class EncodeItem(msgspec.Struct, frozen=True):
    """A track by its id or an alias, or `*` for all that have no video of their own."""

    track_id: Annotated[str, Meta(min_length=1, max_length=200)]


class EncodeTask:
    def __init__(self, tracks: TrackService, store: Store, videos: VideoFolder) -> None:
        self._tracks = tracks
        self._store = store
        self._videos = videos

    def type(self) -> TaskType[EncodeItem]:
        return TaskType(name=TYPE, payload=EncodeItem, run=self.run)

    async def run(self, item: EncodeItem, work: Work) -> Json:
        """How large the video is, and whether it was made now; of all: what there is already, and what went."""
        if item.track_id == ALL:
            return await self._all(work)
        track = await self._tracks.track(item.track_id)
        source = await self._tracks.path_of(track.track_id)
        is_due = VIDEO not in beside(track) and not self._videos.is_newer(track.track_id, source)
        if is_due:
            await self._make(track, source, work)
        video = self._videos.path(track.track_id)
        return {"made": is_due, "bytes": video.stat().st_size if video.is_file() else 0}

    async def _all(self, work: Work) -> Json:
        due = {track.track_id async for track in self._store.tracks(EVERYTHING) if VIDEO not in beside(track)}
        work.add_items([EncodeItem(track_id) for track_id in sorted(due)])
        gone = await asyncio.to_thread(self._videos.sweep, due)
        return {"tracks": len(due), "gone": gone, "bytes": await asyncio.to_thread(self._videos.size_bytes)}

    async def _make(self, track: Track, source: Path, work: Work) -> None:
        encoder = Encoder()
        with self._videos.draft() as folder:
            frame, video = folder / "frame.png", folder / "video.webm"
            if not await _frame(encoder, await self._cover(track), frame):
                work.log("Its cover cannot be read; ours stands in for it.")
                await _frame(encoder, no_cover(), frame)
            await encoder.encode(Sound.of(track, source), frame, video, work.progress)
            video.replace(self._videos.path(track.track_id))

    async def _cover(self, track: Track) -> Cover:
        try:
            return await self._tracks.cover(track.track_id)
        except (NoCover, FileGone):
            return no_cover()


async def _frame(encoder: Encoder, cover: Cover, into: Path) -> bool:
    picture = into.with_name("cover")
    await asyncio.to_thread(picture.write_bytes, cover.image)
    return await encoder.frame(picture, cover.media_type, into)

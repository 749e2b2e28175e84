"""The task `analyze`: tracks are decoded wholly, and what that tells is kept; written into the files only if asked."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from api_queue.errors import FileGone, SoundDamaged, TrackNotFound
from api_queue.jobs.models import Json
from api_queue.jobs.task_types import TaskType, Work
from api_queue.tracks.decoding import decode
from api_queue.tracks.models import Analysis, AnalysisStore, Store, Track
from api_queue.tracks.paths import to_text
from api_queue.tracks.scan import Scan
from api_queue.tracks.tag_writing import write_replaygain
from api_queue.tracks.tasks import ALL, recordings
from api_queue.tracks.walk import is_inside, keep_demo


class AnalyzeItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A track by its id or an alias, or `*` for all. A part stands for its recording. An empty one: what is done at
    the end.
    """

    track_id: Annotated[str, Meta(max_length=200)]
    write_tags: bool = False


class AnalyzeTask:
    def __init__(self, scan: Scan, store: Store, analyses: AnalysisStore, roots: Sequence[Path]) -> None:
        self._scan = scan
        self._store = store
        self._analyses = analyses
        self._roots = roots

    def type(self) -> TaskType[AnalyzeItem]:
        cores = os.cpu_count() or 1
        return TaskType(name="analyze", payload=AnalyzeItem, run=self.run, concurrency=cores, closing=AnalyzeItem(""))

    async def run(self, item: AnalyzeItem, work: Work) -> Json:
        if not item.track_id:
            return await self._scan.finish()
        if item.track_id == ALL:
            tracks = [AnalyzeItem(track_id, item.write_tags) async for track_id in recordings(self._store)]
            work.add_items(tracks)
            return {"tracks": len(tracks)}
        track = await self._store.track(item.track_id)
        if track is None:
            raise TrackNotFound(track_id=item.track_id)
        return await self._analyze(track, work, write_tags=item.write_tags)

    async def _analyze(self, track: Track, work: Work, *, write_tags: bool) -> Analysis:
        """Every copy, since each may be damaged; the first speaks for the track."""
        paths = [path for path in await self._store.paths(track.recording) if is_inside(path, self._roots)]
        decoded = []
        for number, path in enumerate(paths):
            work.progress(number, len(paths))
            decoded.append(await decode(path))
            if decoded[-1][0].is_whole is False:
                raise SoundDamaged(path=to_text(f"{path}"))
        if not decoded:
            raise FileGone
        analysis, peaks = decoded[0]
        await self._analyses.put(track.recording, analysis, peaks)
        if write_tags:
            await self._write(paths, analysis, work)
        return analysis

    async def _write(self, paths: Sequence[Path], analysis: Analysis, work: Work) -> None:
        keep_demo(paths)
        for path in paths:
            await asyncio.to_thread(write_replaygain, path, analysis)
            work.log(f"wrote ReplayGain into {to_text(f'{path}')}")
        await self._scan.read([f"{path}" for path in paths])

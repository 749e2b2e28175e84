"""Work on the library in the background: `scan`, `refresh_metadata`. Paths in payloads are as `paths.py` has them."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import msgspec
import structlog
from msgspec import Meta

from api_queue.errors import BadTaskItem, NotMusic, TrackNotFound
from api_queue.jobs.models import Json
from api_queue.jobs.task_types import TaskType, Work
from api_queue.tracks.models import EVERYTHING, Reading, Store
from api_queue.tracks.paths import from_text, to_text
from api_queue.tracks.scan import Scan
from api_queue.tracks.walk import real_path
from api_queue.types import TrackId

#: Files of one item, and rows of one transaction: short enough for whoever waits to write as well.
BATCH: Final = 1000
#: Stands for every folder, or every track, of the library.
ALL: Final = "*"
_log = structlog.get_logger()


class ScanItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """`path`: a folder to walk, a file to read, or `*` for all folders; `files`: a batch of them. Neither: what is done
    at the end.
    """

    path: str = ""
    files: tuple[str, ...] = ()


class TrackItem(msgspec.Struct, frozen=True):
    """A track by its id or an alias, or `*` for all. A part stands for its recording. An empty one: what is done at
    the end.
    """

    track_id: Annotated[str, Meta(max_length=200)]


class LibraryTasks:
    """`processes` read files at a time."""

    def __init__(self, scan: Scan, store: Store, roots: Sequence[Path], processes: int) -> None:
        self._scan = scan
        self._store = store
        self._roots = roots
        self._processes = processes

    def types(self) -> tuple[TaskType[ScanItem], TaskType[TrackItem]]:
        return (
            TaskType(
                name="scan",
                payload=ScanItem,
                run=self.scan,
                check=self._check,
                concurrency=self._processes,
                closing=ScanItem(),
            ),
            TaskType(
                name="refresh_metadata",
                payload=TrackItem,
                run=self.refresh,
                concurrency=self._processes,
                closing=TrackItem(""),
            ),
        )

    def _check(self, item: ScanItem) -> None:
        if not item.path and not item.files:
            raise BadTaskItem(type="scan", reason="an item needs `path`, a folder or a file, or `*` for all folders")
        if item.path == ALL:
            return
        folders = {Path(from_text(file)).parent for file in item.files}  # what is quoted may be a slash
        for path in [from_text(item.path)] if item.path else map(str, folders):
            real_path(path, self._roots)

    # -- scan --------------------------------------------------------------------------------------------------

    async def scan(self, item: ScanItem, work: Work) -> Json:
        if item.path == ALL:
            work.add_items([ScanItem(to_text(f"{root}")) for root in self._roots])
            return {"folders": len(self._roots)}
        if item.path:
            path = real_path(from_text(item.path), self._roots)
            return await (self._walk(f"{path}", work) if path.is_dir() else self._read([f"{path}"], work))
        if item.files:
            return await self._read([from_text(file) for file in item.files], work)
        report = await self._scan.finish()
        _log.info("the library was scanned", files=report.files, tracks=report.tracks, unreadable=report.unreadable)
        return report

    async def _walk(self, folder: str, work: Work) -> Json:
        walked = await self._scan.walk(folder, lambda: work.canceled)
        _tell_faults(walked.refused, work)
        batches = [walked.changed[start : start + BATCH] for start in range(0, len(walked.changed), BATCH)]
        work.add_items([ScanItem(files=tuple(map(to_text, batch))) for batch in batches])
        return {"found": walked.files, "changed": len(walked.changed), "gone": walked.gone}

    async def _read(self, paths: Sequence[str], work: Work) -> Json:
        readings = await self._scan.read(paths, work.progress)
        _tell_faults(readings, work)
        return {"read": len(readings)}

    # -- refresh_metadata --------------------------------------------------------------------------------------

    async def refresh(self, item: TrackItem, work: Work) -> Json:
        """Reads all places of a track again, though they look unchanged."""
        if not item.track_id:
            return await self._scan.finish()
        if item.track_id == ALL:
            work.add_items([TrackItem(track_id) async for track_id in recordings(self._store)])
            return None
        track = await self._store.track(item.track_id)
        if track is None:
            raise TrackNotFound(track_id=item.track_id)
        readings = await self._scan.read([f"{path}" for path in await self._store.paths(track.recording)])
        for reading in readings:
            if reading.track is None:
                raise NotMusic(reason=f"{to_text(reading.path)}: {reading.fault}")
        return {"read": len(readings)}


async def recordings(store: Store) -> AsyncIterator[TrackId]:
    """What has a file of its own."""
    async for track in store.tracks(EVERYTHING):
        if track.part_of is None:
            yield track.track_id


def _tell_faults(readings: Sequence[Reading], work: Work) -> None:
    """Each is an item of its own, which can be looked at and tried again."""
    for reading in readings:
        if reading.fault:
            path = to_text(reading.path)
            work.add_failed(ScanItem(path=path), f"{path}: {reading.fault}")
            _log.warning("a file has a fault", path=path, reason=reading.fault)

"""The library as its keeper sees it: which folders there are, what is in them, and scans of them.

The roots are the operator's folders (`library_roots`), and always part of the library. A folder below one of them can
be added: it is scanned at once and by itself, and counted by itself from then on.
"""

import asyncio
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from api_queue.drivers.clock import Clock
from api_queue.errors import FolderMissing, UnknownFolder
from api_queue.jobs.models import Task, TaskFilter
from api_queue.jobs.service import JobService
from api_queue.tracks.models import Fault, Folder, PlaceStore, Store
from api_queue.tracks.paths import from_text, to_text
from api_queue.tracks.tasks import ALL, ScanItem
from api_queue.tracks.walk import real_path


@dataclass(frozen=True, slots=True)
class Overview:
    """`everywhere` has the counts of all; `faults` are files that cannot be read; `last_scan` may still run."""

    folders: Sequence[Folder]
    everywhere: Folder
    faults: Sequence[Fault]
    last_scan: Task | None


class LibraryService:
    def __init__(self, store: Store, places: PlaceStore, jobs: JobService, clock: Clock, roots: Sequence[Path]) -> None:
        self._store = store
        self._places = places
        self._jobs = jobs
        self._clock = clock
        self._roots = roots

    async def add(self, path: str, created_by: str) -> tuple[Path, bool, Task]:
        """The folder without links, whether it is new, and its scan. Raises FolderOutside, FolderMissing.

        `path` is as people type it, or as answers write it.
        """
        folder = await asyncio.to_thread(_folder, path, self._roots)
        is_new = await self._places.add_folder(f"{folder}", self._clock.now_ms())
        task, _ = await self.scan_folder(folder, created_by)
        return folder, is_new, task

    async def remove(self, path: str) -> None:
        """It is not counted by itself any more; its music lies below a root, and stays. Raises UnknownFolder."""
        for each in dict.fromkeys((path, from_text(path))):
            if await self._places.remove_folder(f"{Path(each)}"):
                return
        raise UnknownFolder(path=path)

    async def scan_folder(self, folder: Path, created_by: str = "system") -> tuple[Task, bool]:
        """False: such a scan is under way, and this is it."""
        name = blake2b(os.fsencode(folder), digest_size=16).hexdigest()
        return await self.scan([folder], f"scan:{name}", created_by)

    async def scan_all(self, created_by: str = "system") -> tuple[Task, bool]:
        """False: such a scan is under way, and this is it."""
        items, meta = [ScanItem(root) for root in self._named_roots()], {"roots": self._named_roots()}
        return await self._jobs.create("scan", items, created_by=created_by, key="scan", meta=meta)

    async def scan_at_start(self) -> Task:
        """One that was broken off goes on, unless the roots were others then."""
        task, is_new = await self.scan_all()
        if not is_new and task.meta.get("roots") != self._named_roots():
            await self._jobs.cancel(task.task_id)
            task, _ = await self.scan_all()
        return task

    async def scan_wherever(self) -> tuple[Task, bool]:
        """For who does not know the server's roots: its worker names them."""
        return await self._jobs.create("scan", [ScanItem(ALL)], key="scan", meta={"roots": [ALL]})

    async def scan(self, folders: Collection[Path], key: str, created_by: str = "system") -> tuple[Task, bool]:
        items = [ScanItem(to_text(f"{folder}")) for folder in folders]
        return await self._jobs.create("scan", items, created_by=created_by, key=key)

    async def announce(self) -> Task:
        """Everybody hears of what is new in it: what is done at the end of a scan, and nothing before."""
        task, _ = await self._jobs.create("refresh_metadata", [])
        return task

    def _named_roots(self) -> list[str]:
        return [to_text(f"{root}") for root in self._roots]

    async def overview(self) -> Overview:
        _, scans = await self._jobs.tasks(TaskFilter(type="scan", limit=1))
        folders, everywhere = await self._places.folders(self._roots), await self._places.everywhere()
        return Overview(folders, everywhere, await self._store.faults(), next(iter(scans), None))


def _folder(path: str, roots: Sequence[Path]) -> Path:
    folder = real_path(path if Path(path).is_dir() else from_text(path), roots)
    if not folder.is_dir():
        raise FolderMissing(path=path)
    return folder

"""A library on a disk and in SQL, what a scan makes of it, and a clock that the test moves."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from api_queue.drivers.redis import Redis
from api_queue.drivers.sql import connect, url_of
from api_queue.errors import UnknownQueue
from api_queue.migrations import upgrade
from api_queue.tracks.data_files import DataFiles
from api_queue.tracks.data_folder import DataFolder
from api_queue.tracks.library import RedisLibrary
from api_queue.tracks.models import EVERYTHING, Search, TagFilter, Track
from api_queue.tracks.scan import Report, Scan
from api_queue.tracks.service import TrackService
from api_queue.tracks.store import SqlStore
from api_queue.tracks.version import LibraryVersion
from api_queue.types import QueueName


@dataclass
class MovedClock:
    time_ms: int = 1_700_000_000_000

    def now_ms(self) -> int:
        return self.time_ms

    def forward_s(self, seconds: float) -> None:
        self.time_ms += int(seconds * 1000)


@dataclass
class Queues:
    """What the queues feature knows: what each of them offers."""

    filters: dict[str, TagFilter] = field(default_factory=dict)

    async def filter_of(self, queue: QueueName) -> TagFilter:
        if queue not in self.filters:
            raise UnknownQueue(queue=queue)
        return self.filters[queue]


@dataclass
class Shelf:
    """The whole feature, over `music`."""

    store: SqlStore
    library: RedisLibrary
    folder: DataFolder
    files: DataFiles
    service: TrackService
    queues: Queues
    clock: MovedClock
    music: Path
    progress: list[tuple[int, int, int]] = field(default_factory=list)
    progressed: asyncio.Event = field(default_factory=asyncio.Event)

    async def scan(self, *roots: Path) -> Report:
        run = Scan(self.store, self.library, self.folder, self.clock, processes=1)
        report = await run.run(roots or (self.music,), self._note)
        self.clock.forward_s(2)  # until the service asks for the version again
        return report

    def _note(self, done: int, files: int, faults: int) -> None:
        self.progress.append((done, files, faults))
        if done:
            self.progressed.set()

    async def tracks(self, tag_filter: TagFilter = EVERYTHING) -> list[Track]:
        return [track async for track in self.store.tracks(tag_filter)]

    async def titles(self, q: str = "", tag_filter: TagFilter = EVERYTHING) -> Sequence[str]:
        return [track.title for track in (await self.store.search(Search(q, tag_filter))).tracks]


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated once; copied for each test."""
    folder = tmp_path_factory.mktemp("sql")
    upgrade(url_of("", folder))
    return folder


@pytest.fixture
async def store(empty_database: Path, tmp_path: Path) -> AsyncIterator[SqlStore]:
    """An empty library."""
    shutil.copytree(empty_database, tmp_path, dirs_exist_ok=True)
    engine = connect(url_of("", tmp_path))
    yield SqlStore(engine)
    await engine.dispose()


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """A folder of the librarian's."""
    folder = tmp_path / "music"
    folder.mkdir()
    return folder.resolve()


@pytest.fixture
def shelf(store: SqlStore, redis: Redis, music: Path, tmp_path: Path) -> Shelf:
    clock, library, folder, queues = MovedClock(), RedisLibrary(redis), DataFolder(tmp_path / "data"), Queues()
    version = LibraryVersion(library, clock)
    service = TrackService(store, version, queues, (music,))
    return Shelf(store, library, folder, DataFiles(store, folder, version, clock), service, queues, clock, music)

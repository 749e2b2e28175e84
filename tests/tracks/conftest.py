"""A library on a disk and in SQL, what a scan makes of it, and a clock that the test moves."""

import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from api_queue.drivers import idle_program
from api_queue.drivers.redis import Redis
from api_queue.drivers.sql import connect, url_of
from api_queue.errors import UnknownQueue
from api_queue.migrations import upgrade
from api_queue.tracks import readers
from api_queue.tracks.data_files import DataFiles
from api_queue.tracks.data_folder import DataFolder
from api_queue.tracks.library import RedisLibrary
from api_queue.tracks.models import EVERYTHING, Fault, Search, TagFilter, Track
from api_queue.tracks.paths import to_text
from api_queue.tracks.place_store import SqlPlaces
from api_queue.tracks.readers import Readers
from api_queue.tracks.scan import Scan
from api_queue.tracks.service import TrackService
from api_queue.tracks.store import SqlStore
from api_queue.tracks.tasks import LibraryTasks, ScanItem
from api_queue.tracks.version import LibraryVersion
from api_queue.types import QueueName
from tests.tasks import run_task


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


@dataclass(frozen=True)
class Scanned:
    """What a scan told at its end; how many files were read; its failed items; what cannot be read, also earlier."""

    forgotten: int
    files: int
    tracks: int
    unreadable: int
    read: int
    failed: list[tuple[Any, str]]
    faults: list[Fault]


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
    places: SqlPlaces
    readers: Readers

    def steps(self, *roots: Path) -> Scan:
        """Of a scan."""
        parts = (self.store, self.places, self.library, self.folder, self.readers, self.clock)
        return Scan(*parts, roots or (self.music,))

    def tasks(self, *roots: Path) -> LibraryTasks:
        return LibraryTasks(self.steps(*roots), self.store, roots or (self.music,), 1)

    async def scan(self, *folders: Path, roots: Sequence[Path] = ()) -> Scanned:
        """Of the folders, or all roots."""
        scan, _ = self.tasks(*roots).types()
        ran = await run_task(scan, *(ScanItem(to_text(f"{folder}")) for folder in folders or roots or (self.music,)))
        self.clock.forward_s(2)  # until the service asks for the version again
        read = sum(result.get("read", 0) for _, result in ran.completed)
        return Scanned(read=read, failed=ran.failed, faults=await self.store.faults(), **ran.result)

    async def tracks(self, tag_filter: TagFilter = EVERYTHING) -> list[Track]:
        return [track async for track in self.store.tracks(tag_filter)]

    async def titles(self, q: str = "", tag_filter: TagFilter = EVERYTHING) -> Sequence[str]:
        return [track.title for track in (await self.store.search(Search(q, tag_filter))).tracks]


@pytest.fixture(autouse=True)
def stood_back(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The policies of the programs that let a party go first. Here they would wait for all other tests."""
    asked: list[int] = []
    for module in (idle_program, readers):
        monkeypatch.setattr(module, "stand_back", lambda _pid, _niceness, policy: asked.append(policy))
    return asked


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
async def shelf(store: SqlStore, redis: Redis, music: Path, tmp_path: Path) -> AsyncIterator[Shelf]:
    clock, library, folder, queues = MovedClock(), RedisLibrary(redis), DataFolder(tmp_path / "data"), Queues()
    version = LibraryVersion(library, clock)
    service = TrackService(store, version, queues, (music,))
    files, places, reading = DataFiles(store, folder, version, clock), SqlPlaces(store._engine), Readers(1)
    yield Shelf(store, library, folder, files, service, queues, clock, music, places, reading)
    await reading.aclose()

"""What changes in the folders of the music is scanned: with real folders, and with news that a test makes up."""

import asyncio
import errno
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from watchfiles import Change

from api_queue.errors import FolderMissing
from api_queue.tracks import watch
from api_queue.tracks.folders import LibraryService
from api_queue.tracks.watch import Watch, changes_below, is_of_music, outermost
from tests.tracks.flacs import song


@dataclass
class Library:
    """Notes which scans were asked for; refuses new ones while one `runs`."""

    scans: asyncio.Queue[list[Path]] = field(default_factory=asyncio.Queue)
    whole: int = 0
    runs: bool = False
    fails: Exception | None = None

    async def scan_all(self) -> None:
        self.whole += 1

    async def scan(self, folders: Collection[Path], _key: str) -> tuple[None, bool]:
        if fault := self.fails:
            self.fails = None
            raise fault
        if not self.runs:
            self.scans.put_nowait(sorted(folders))
        return None, not self.runs


class News:
    """As awatch brings them."""

    def __init__(self) -> None:
        self.told = asyncio.Queue[Path]()

    async def below(self, _roots: Sequence[Path]) -> AsyncGenerator[set[tuple[Change, str]], None]:
        while True:
            yield {(Change.modified, f"{await self.told.get()}")}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "DEBOUNCE_S", 0.02)


async def while_watching(library: Library, music: Path, changes: Any, do: Callable[[], Any], *more_roots: Path) -> None:
    roots = (music, *more_roots)
    watching = asyncio.create_task(Watch(cast("LibraryService", library), roots, changes).run())
    try:
        async with asyncio.timeout(30):
            await do()
    finally:
        watching.cancel()
        await asyncio.wait([watching])


async def test_changes_are_one_scan_of_their_folders(music: Path) -> None:
    library, news = Library(), News()
    (music / "album").mkdir()

    async def do() -> None:
        for name in ("one.flac", "two.flac"):
            news.told.put_nowait(music / "album" / name)
        assert await library.scans.get() == [music / "album"]

    await while_watching(library, music, news.below, do)
    assert library.scans.empty()
    assert library.whole == 1


async def test_what_changes_during_a_scan_is_scanned_once_more(music: Path) -> None:
    # Given a scan of changes under way
    library, news = Library(runs=True), News()

    async def do() -> None:
        news.told.put_nowait(music / "one.flac")
        await asyncio.sleep(0.1)
        assert library.scans.empty()
        # When it has ended, then there is another
        library.runs = False
        assert await library.scans.get() == [music]

    await while_watching(library, music, news.below, do)


async def test_a_scan_that_cannot_be_asked_for_is_asked_for_again(music: Path) -> None:
    library, news = Library(fails=FolderMissing(path="/gone")), News()

    async def do() -> None:
        news.told.put_nowait(music / "one.flac")
        assert await library.scans.get() == [music]

    await while_watching(library, music, news.below, do)


async def test_of_a_folder_that_is_gone_the_one_above_is_scanned(music: Path) -> None:
    library, news = Library(), News()

    async def do() -> None:
        news.told.put_nowait(music / "gone" / "deep" / "one.flac")
        assert await library.scans.get() == [music]

    await while_watching(library, music, news.below, do)


async def test_what_a_link_leads_out_to_is_no_news(music: Path) -> None:
    library, news = Library(), News()
    (music.parent / "private").mkdir()
    (music / "link").symlink_to(music.parent / "private")
    (music / "album").mkdir()

    async def do() -> None:
        for folder in ("link", "album"):
            news.told.put_nowait(music / folder / "one.flac")
        assert await library.scans.get() == [music / "album"]

    await while_watching(library, music, news.below, do)


async def test_a_root_that_is_away_keeps_no_other_from_being_scanned(music: Path) -> None:
    library, news = Library(), News()

    async def do() -> None:
        news.told.put_nowait(music.parent / "unplugged" / "one.flac")
        news.told.put_nowait(music / "one.flac")
        assert await library.scans.get() == [music]

    await while_watching(library, music, news.below, do, music.parent / "unplugged")


async def test_a_first_scan_that_is_refused_is_asked_for_again(music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(_: Library) -> None:
        raise FolderMissing(path="/unplugged")

    monkeypatch.setattr(Library, "scan_all", refused)
    library = Library()

    async def do() -> None:
        assert await library.scans.get() == [music]

    await while_watching(library, music, News().below, do)


async def test_an_unforeseen_fault_ends_no_watch(music: Path) -> None:
    library, news = Library(fails=RuntimeError("the database is locked")), News()

    async def do() -> None:
        news.told.put_nowait(music / "one.flac")
        assert await library.scans.get() == [music]

    await while_watching(library, music, news.below, do)


async def test_a_disk_that_was_unplugged_is_watched_again(music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_LOOK_MS", 50)
    library = Library()

    async def do() -> None:
        # Given a root that vanishes and returns, with other music
        await asyncio.to_thread(music.rename, music.parent / "unplugged")
        await asyncio.sleep(0.2)
        song("One").write(music / "one.flac")
        # Then it is scanned, and what changes in it from then on is as well
        assert await library.scans.get() == [music]
        heard = asyncio.create_task(library.scans.get())
        while not heard.done():  # until the kernel watches
            song("Two").write(music / "album" / "two.flac")
            await asyncio.wait([heard], timeout=0.3)

    await while_watching(library, music, changes_below, do)


async def test_a_kernel_that_watches_no_more_stops_nobody(music: Path) -> None:
    def refused(_roots: Sequence[Path]) -> AsyncGenerator[set[tuple[Change, str]], None]:
        raise OSError(errno.ENOSPC, "OS file watch limit reached")

    library = Library()
    async with asyncio.timeout(30):
        await Watch(cast("LibraryService", library), (music,), refused).run()
    assert library.whole == 1


async def test_the_kernel_tells_of_new_and_moved_files(music: Path) -> None:
    library = Library()

    async def do() -> None:
        heard = asyncio.create_task(library.scans.get())
        while not heard.done():  # until the kernel watches
            song("One").write(music / "album" / "one.flac")
            await asyncio.wait([heard], timeout=0.3)
        while not library.scans.empty():
            library.scans.get_nowait()
        (music / "album" / "one.flac").rename(music / "one.flac")
        assert music in await library.scans.get()

    await while_watching(library, music, changes_below, do)


@pytest.mark.parametrize(
    ("change", "name", "matters"),
    [
        (Change.added, "a.flac", True),
        (Change.modified, "a.FLAC", True),
        (Change.modified, "a.lrc", True),
        (Change.modified, "a.cue", True),
        (Change.added, "cover.jpg", True),
        (Change.added, "holiday.jpg", False),
        (Change.added, "a.flac.part", False),
        (Change.modified, ".a.draft", False),
        (Change.added, "Vol. 1", True),
        (Change.deleted, "Vol. 2", True),
    ],
)
def test_what_matters(music: Path, change: Change, name: str, *, matters: bool) -> None:
    (music / "Vol. 1").mkdir()
    assert is_of_music(change, f"{music / name}") is matters


def test_the_outermost_folders() -> None:
    assert outermost(map(Path, ["/a/b", "/a", "/c/d", "/c/d/e", "/cc"])) == [Path("/a"), Path("/c/d"), Path("/cc")]

"""Watches the folders of the music: what changes in them is scanned a moment later, and nothing else is.

One process does it at a time. Where the kernel watches no more folders (`fs.inotify.max_user_watches`), that is told in
the log, and music is found by scans as before. A root that vanishes, a disk that is unplugged, is watched again when it
is back.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Final

import structlog
from watchfiles import Change, awatch

from api_queue.errors import ApiQueueError
from api_queue.tracks.folders import LibraryService
from api_queue.tracks.music_file import COVER_NAMES, ENDING
from api_queue.tracks.sheet_file import SHEET_ENDING
from api_queue.tracks.sidecars import ENDINGS as SIDECAR_ENDINGS
from api_queue.tracks.walk import is_inside

#: A disc that is being copied comes file by file: what changes within this is one scan.
DEBOUNCE_S: Final = 2.0
#: How often the kernel's news are fetched, and how long it may have none before we look whether the roots are there.
_STEP_MS: Final = 200
_LOOK_MS: Final = 5_000
_KEY: Final = "scan:watch"

_log = structlog.get_logger()

News = set[tuple[Change, str]]
Changes = Callable[[Sequence[Path]], AsyncGenerator[News, None]]
Roots = Mapping[Path, tuple[int, int]]
"""Those that are there, and which folder each of them is (device, inode): a mount is another."""


async def changes_below(roots: Sequence[Path]) -> AsyncGenerator[News, None]:
    """An empty one now and then."""
    changes = awatch(
        *roots,
        watch_filter=is_of_music,
        step=_STEP_MS,
        rust_timeout=_LOOK_MS,
        yield_on_timeout=True,
        ignore_permission_denied=True,
    )
    async with aclosing(changes):
        async for news in changes:
            yield news


class Watch:
    def __init__(self, library: LibraryService, roots: Sequence[Path], changes: Changes = changes_below) -> None:
        self._library = library
        self._roots = roots
        self._changes = changes
        self._changed: set[str] = set()
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Begins with a scan of all: nobody watched until now. Ends when it cannot watch."""
        scanning = asyncio.create_task(self._scan_changed(), name="watch-scans")
        try:
            there = await asyncio.to_thread(_there, self._roots)
            await self._scan_all(there)
            while True:
                there = await self._watch(there)
        except Exception as error:  # whatever the kernel or its driver say, a party goes on without
            _log.warning("the folders of the music are not watched", reason=f"{error}", roots=[*map(str, self._roots)])
        finally:
            scanning.cancel()
            await asyncio.wait([scanning])

    async def _scan_all(self, there: Roots) -> None:
        try:
            await self._library.scan_all()
        except ApiQueueError:  # Redis is away, or a root
            self._note(map(str, there))

    async def _watch(self, there: Roots) -> Roots:
        """Until a root vanishes, returns or is another one; those that are there then."""
        async with aclosing(self._changes([*there])) as changes:
            async for news in changes:
                self._note(path for _, path in news)
                now = await asyncio.to_thread(_there, self._roots)
                if now != there or any((Change.deleted, f"{root}") in news for root in there):
                    self._note(f"{root}" for root in now)
                    return now
        return there

    def _note(self, paths: Iterable[str]) -> None:
        self._changed.update(paths)
        if self._changed:
            self._news.set()

    async def _scan_changed(self) -> None:
        """While such a scan runs, what changes waits for the next one."""
        while True:
            await self._news.wait()
            await asyncio.sleep(DEBOUNCE_S)
            changed = frozenset(self._changed)
            folders = await asyncio.to_thread(_folders_of, changed, self._roots)
            if not folders or await self._begin(folders):
                self._changed -= changed
                if not self._changed:
                    self._news.clear()

    async def _begin(self, folders: Sequence[Path]) -> bool:
        try:
            _, is_new = await self._library.scan(folders, _KEY)
        except ApiQueueError as error:  # Redis is away, or a folder has gone since
            _log.debug("a scan of what changed is put off", reason=error.detail)
            return False
        except Exception:
            _log.exception("what changed cannot be scanned now")
            return False
        return is_new


def is_of_music(change: Change, path: str) -> bool:
    """A folder, a FLAC or what stands beside one. Of what is gone nobody can say what it was."""
    name = Path(path).name
    if name.startswith("."):
        return False
    is_one = name.lower().endswith((ENDING, ".lrc", SHEET_ENDING, *SIDECAR_ENDINGS)) or name in COVER_NAMES
    return is_one or change == Change.deleted or Path(path).is_dir()


def outermost(folders: Iterable[Path]) -> list[Path]:
    """Those that lie in no other of them."""
    every = set(folders)
    return sorted(folder for folder in every if not any(above in every for above in folder.parents))


def _there(roots: Iterable[Path]) -> Roots:
    found = {}
    for root in roots:
        with suppress(OSError):
            stat = root.stat()
            found[root] = (stat.st_dev, stat.st_ino)
    return found


def _folders_of(paths: Iterable[str], roots: Sequence[Path]) -> list[Path]:
    """What is to be scanned: nothing behind links that lead out, and no root that is away."""
    folders = {_folder_of(Path(path), roots) for path in paths}
    return outermost(folder for folder in folders if folder.is_dir() and is_inside(folder, roots))


def _folder_of(path: Path, roots: Sequence[Path]) -> Path:
    """Itself, the one that it lies in, or the nearest above that is still there."""
    return next((folder for folder in (path, *path.parents) if folder in roots or folder.is_dir()), roots[0])

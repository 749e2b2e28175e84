"""Watches the folders of the music: what changes in them is scanned a moment later, and nothing else is.

One process does it at a time. Where the kernel watches no more folders (`fs.inotify.max_user_watches`), that is told in
the log, and music is found by scans as before.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import structlog
from watchfiles import Change, awatch

from api_queue.errors import ApiQueueError, Unavailable
from api_queue.tracks.folders import LibraryService
from api_queue.tracks.music_file import COVER_NAMES, ENDING

#: A disc that is being copied comes file by file: what changes within this is one scan.
DEBOUNCE_S: Final = 2.0
#: How often the kernel's news are fetched.
_STEP_MS: Final = 200
_KEY: Final = "scan:watch"

_log = structlog.get_logger()

Changes = Callable[[Sequence[Path]], AsyncIterator[set[tuple[Change, str]]]]


def changes_below(roots: Sequence[Path]) -> AsyncIterator[set[tuple[Change, str]]]:
    return awatch(*roots, watch_filter=is_of_music, step=_STEP_MS, ignore_permission_denied=True)


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
            with suppress(Unavailable):  # then the next change brings the next scan
                await self._library.scan_all()
            async for changes in self._changes(self._roots):
                self._changed |= {path for _, path in changes}
                self._news.set()
        except Exception as error:  # whatever the kernel or its driver say, a party goes on without
            _log.warning("the folders of the music are not watched", reason=f"{error}", roots=[*map(str, self._roots)])
        finally:
            scanning.cancel()
            await asyncio.wait([scanning])

    async def _scan_changed(self) -> None:
        """While such a scan runs, what changes waits for the next one."""
        while True:
            await self._news.wait()
            await asyncio.sleep(DEBOUNCE_S)
            changed = frozenset(self._changed)
            if await self._begin({_folder_of(path, self._roots) for path in changed}):
                self._changed -= changed
                if not self._changed:
                    self._news.clear()

    async def _begin(self, folders: set[Path]) -> bool:
        try:
            _, is_new = await self._library.scan(outermost(folders), _KEY)
        except ApiQueueError as error:  # Redis is away, or a folder has gone since
            _log.debug("a scan of what changed is put off", reason=error.detail)
            return False
        return is_new


def is_of_music(change: Change, path: str) -> bool:
    """A folder, a FLAC or what stands beside one. Of what is gone nobody can say what it was."""
    name = Path(path).name
    if name.startswith("."):
        return False
    is_one = name.lower().endswith((ENDING, ".lrc")) or name in COVER_NAMES
    return is_one or change == Change.deleted or Path(path).is_dir()


def outermost(folders: Iterable[Path]) -> list[Path]:
    """Those that lie in no other of them."""
    every = set(folders)
    return sorted(folder for folder in every if not any(above in every for above in folder.parents))


def _folder_of(path: str, roots: Sequence[Path]) -> Path:
    """The one that it lies in, or the nearest above that is still there."""
    return next((folder for folder in Path(path).parents if folder in roots or folder.is_dir()), roots[0])

"""A scan: what is new or changed is read, what is gone is forgotten, and the others hear of it while it goes on."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api_queue.drivers.clock import Clock
from api_queue.tracks.models import EVERYTHING, Announcement, DataFileStore, Fault, Library, Reading, Store
from api_queue.tracks.readers import Reader
from api_queue.tracks.walk import Found, walk

#: Files that one reader has at a time, and rows of one transaction: short enough for whoever waits to write as well.
_BATCH: Final = 200
#: While a long scan runs, what it found so far is announced this often; each time all pages load the list anew.
_ANNOUNCE_EVERY_S: Final = 10.0

Progress = Callable[[int, int, int], None]
"""Called with files done, files in all, faults found."""


@dataclass(frozen=True, slots=True)
class Report:
    """Files there are, were read, are gone; tracks in the library; what could not be read, also earlier."""

    files: int
    read: int
    gone: int
    tracks: int
    faults: list[Fault]


class Scan:
    """One run over `roots`. `processes` files are read at a time."""

    def __init__(self, store: Store, library: Library, folder: DataFileStore, clock: Clock, processes: int) -> None:
        self._store = store
        self._library = library
        self._folder = folder
        self._clock = clock
        self._processes = processes
        self._announce_at_s = 0.0

    async def run(self, roots: tuple[Path, ...], on_progress: Progress) -> Report:
        found = await asyncio.to_thread(lambda: list(walk(roots)))
        known = await self._store.stamps()
        changed = [file for file in found if known.get(file.path) != (file.size, file.mtime_ns)]
        await self._read(changed, _Tally(len(found), len(found) - len(changed), on_progress))
        gone = _gone(known, found)
        await self._store.forget(gone)
        await self._finish(changed=bool(changed or gone))
        return Report(len(found), len(changed), len(gone), await self._store.count(), await self._store.faults())

    async def _read(self, changed: list[Found], tally: "_Tally") -> None:
        batches = (changed[start : start + _BATCH] for start in range(0, len(changed), _BATCH))
        async with asyncio.TaskGroup() as group:
            for number in range(min(self._processes, len(changed))):
                group.create_task(self._work(batches, tally), name=f"scan-reader-{number}")

    async def _work(self, batches: Iterator[list[Found]], tally: "_Tally") -> None:
        """All workers take from the same batches; while one writes, another's process reads."""
        async with aclosing(Reader()) as reader:
            for batch in batches:
                readings = await reader.read(batch)
                await self._store.write(readings)
                tally.add(readings)
                if time.monotonic() > self._announce_at_s:
                    self._announce_at_s = time.monotonic() + _ANNOUNCE_EVERY_S
                    await self._announce()

    async def _finish(self, *, changed: bool) -> None:
        """Announced again as well after a Redis or a folder that has lost what it was told."""
        last = await self._library.announced()
        if changed:
            await self._store.learn_words()
        if changed or last is None or not self._folder.use(last.hash, self._clock.now_ms()):
            last = await self._announce()
        await asyncio.to_thread(self._folder.sweep, self._clock.now_ms(), last.hash)

    async def _announce(self) -> Announcement:
        data_hash = await self._folder.write(self._store.tracks(EVERYTHING))
        announcement = Announcement(data_hash, await self._store.count(), self._clock.now_ms())
        await self._library.announce(announcement)
        return announcement


class _Tally:
    def __init__(self, files: int, done: int, on_progress: Progress) -> None:
        self._files, self._done, self._faults = files, done, 0
        self._on_progress = on_progress
        self.add([])

    def add(self, readings: Sequence[Reading]) -> None:
        self._done += len(readings)
        self._faults += sum(1 for reading in readings if reading.fault)
        self._on_progress(self._done, self._files, self._faults)


def _gone(known: Iterable[str], found: Sequence[Found]) -> set[str]:
    """What lies below a folder that cannot be read just now is not gone."""
    shut = tuple(f"{file.path}/" for file in found if file.refused)
    return {path for path in set(known) - {file.path for file in found} if not path.startswith(shut)}

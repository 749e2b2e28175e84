"""The steps of a scan: a folder is walked, what is new or changed is read in batches, and at the end what is gone is
forgotten and the others hear of it. Each may run twice, and beside the others.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from api_queue.drivers.clock import Clock
from api_queue.tracks.models import (
    EVERYTHING,
    Announcement,
    DataFileStore,
    PlaceStore,
    Reading,
    ScannedLibrary,
    SheetSink,
    Store,
)
from api_queue.tracks.paths import to_text
from api_queue.tracks.readers import Readers
from api_queue.tracks.walk import Found, look_at, walk

#: While a long scan runs, what it found so far is announced this often; each time all pages load the list anew.
_ANNOUNCE_EVERY_S: Final = 10.0
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Walked:
    """Files there are, those that are to be read, how many are gone, and what looks like music and is refused."""

    files: int
    changed: Sequence[str]
    gone: int
    refused: Sequence[Reading]


@dataclass(frozen=True, slots=True)
class Report:
    """Of the whole library, when a scan is over; `forgotten` files are gone."""

    forgotten: int
    files: int
    tracks: int
    unreadable: int


class Scan:
    """`roots` are the folders that music may lie in."""

    def __init__(
        self,
        store: Store,
        places: PlaceStore,
        library: ScannedLibrary,
        folder: DataFileStore,
        readers: Readers,
        clock: Clock,
        roots: Sequence[Path],
        sheets: SheetSink | None = None,
    ) -> None:
        self._store = store
        self._places = places
        self._library = library
        self._folder = folder
        self._readers = readers
        self._clock = clock
        self._roots = roots
        self._sheets = sheets
        self._announce_at_s = 0.0

    async def walk(self, folder: str, is_canceled: Callable[[], bool]) -> Walked:
        """What differs from the last time. With a root goes what lies below no root any more."""
        is_root = Path(folder) in self._roots
        known = await self._places.stamps(folder)
        if not known:
            await self._readers.start()
        found = await asyncio.to_thread(_walk, folder, self._roots, is_canceled)
        changed = [file for file in found if known.get(file.path) != (file.size, file.mtime_ns)]
        gone = _gone(known, found) | (set(await self._places.outside(self._roots)) if is_root else set())
        await self._places.mark_gone(folder, gone)
        refused = await self._write([_refusal(file) for file in changed if file.refused])
        await self._places.scanned(folder, self._clock.now_ms(), is_root=is_root)
        self._announce_at_s = time.monotonic() + _ANNOUNCE_EVERY_S
        return Walked(len(found), [file.path for file in changed if not file.refused], len(gone), refused)

    async def read(
        self, paths: Collection[str], progress: Callable[[int, int], None] = lambda _done, _total: None
    ) -> list[Reading]:
        """Whether they have changed or not. One that is gone is not among them."""
        found = await asyncio.to_thread(lambda: list(look_at(paths, self._roots)))
        refused = [_refusal(file) for file in found if file.refused]
        read = await self._readers.read([file for file in found if not file.refused], progress)
        readings = await self._write([*refused, *read])
        await self._take_sheets(readings)
        if time.monotonic() > self._announce_at_s or await self._library.announced() is None:
            self._announce_at_s = time.monotonic() + _ANNOUNCE_EVERY_S
            await self._announce()
        return readings

    async def finish(self) -> Report:
        """Announced again as well after a Redis or a folder that has lost what it was told."""
        gone = await self._places.gone()
        if gone:
            await self._library.changing()
            await self._store.forget(gone)
        await self._settle()
        everywhere = await self._places.everywhere()
        return Report(len(gone), everywhere.files, everywhere.tracks, everywhere.faults)

    async def _write(self, readings: list[Reading]) -> list[Reading]:
        if readings:
            await self._library.changing()
            await self._store.write(readings)
        return readings

    async def _take_sheets(self, readings: Sequence[Reading]) -> None:
        """A sheet that is gone is taken as well. One with a fault is not: what it said before counts."""
        fit = {reading.track.track_id: reading for reading in readings if reading.track and not reading.fault}
        if self._sheets is None or not fit:
            return
        with_sheet = {track_id for track_id, reading in fit.items() if reading.track and reading.track.cuesheet}
        for track_id in with_sheet.union(await self._sheets.cut(fit.keys())):
            try:
                await self._sheets.take(track_id)
            except Exception:  # no sheet stops a scan
                _log.exception("a CUE sheet was not taken", path=to_text(fit[track_id].path))

    async def _settle(self) -> None:
        changes = await self._library.unsettled()
        if changes:
            _, last = await asyncio.gather(self._store.learn_words(), self._announce())
            await self._library.settle(changes)
        else:
            last = await self._announced() or await self._announce()
        await asyncio.to_thread(self._folder.sweep, self._clock.now_ms(), last.hash)

    async def _announced(self) -> Announcement | None:
        """None as well if its data file is gone."""
        last = await self._library.announced()
        return last if last and self._folder.use(last.hash, self._clock.now_ms()) else None

    async def _announce(self) -> Announcement:
        data_hash = await self._folder.write(self._store.tracks(EVERYTHING))
        announcement = Announcement(data_hash, await self._store.count(), self._clock.now_ms())
        await self._library.announce(announcement)
        return announcement


def _walk(folder: str, roots: Sequence[Path], is_canceled: Callable[[], bool]) -> list[Found]:
    """Cut short when nobody wants it any more."""
    found: list[Found] = []
    for file in walk(folder, roots):
        if is_canceled():
            break
        found.append(file)
    return found


def _refusal(file: Found) -> Reading:
    return Reading(path=file.path, size=file.size, mtime_ns=file.mtime_ns, fault=file.refused)


def _gone(known: Iterable[str], found: Sequence[Found]) -> set[str]:
    """What lies below a folder that cannot be read just now is not gone."""
    shut = tuple(f"{file.path}/" for file in found if file.refused)
    return {path for path in set(known) - {file.path for file in found} if not path.startswith(shut)}

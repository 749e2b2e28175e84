"""The map of all tracks that the clients load: made at the first question after the library was announced."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final, NamedTuple

from api_queue import __version__
from api_queue.karakara.track_map_folder import MapFolder
from api_queue.karakara.track_map_wire import entry_of_gone, map_entry
from api_queue.tracks.models import EVERYTHING, Announcement, Library, Store, Track
from api_queue.types import Milliseconds, TrackId

#: In one piece: some hundred kB, and some ms of this process.
_TOGETHER: Final = 250

Shown = Callable[[], Awaitable[dict[TrackId, Milliseconds]]]


class TrackMap(NamedTuple):
    """Where it is, plain and compressed, and of when the library is that it tells of, in s since 1970."""

    plain: Path
    compressed: Path
    mtime_s: float | None


class TrackMaps:
    """`shown` are the tracks of what rooms show, by their length: those that are gone stand in the map all the same."""

    def __init__(self, store: Store, library: Library, shown: Shown, folder: MapFolder) -> None:
        self._store = store
        self._library = library
        self._shown = shown
        self._folder = folder
        self._making: dict[str, asyncio.Task[None]] = {}

    async def mtime(self) -> float | None:
        """What `tracks_json_mtime` is; None before the first scan."""
        return _mtime_s(await self._library.announced())

    async def current(self) -> TrackMap:
        """Everybody waits for one making, which goes on when they leave."""
        announced = await self._library.announced()
        name = await self._name(announced)
        if not self._folder.has(name):
            await asyncio.shield(self._made(name))
        return TrackMap(*self._folder.paths(name), _mtime_s(announced))

    async def _name(self, announced: Announcement | None) -> str:
        """Another version of ours may write it in another way. Whoever lost the announcement has its number yet."""
        of_library = announced.updated if announced else await self._library.version()
        return f"{__version__}-{of_library}"

    def _made(self, name: str) -> asyncio.Task[None]:
        if name not in self._making:
            making = asyncio.create_task(self._make(name), name=f"track-map-{name}")
            making.add_done_callback(lambda _: self._making.pop(name))
            self._making[name] = making
        return self._making[name]

    async def _make(self, name: str) -> None:
        await self._folder.write(name, _pieces(self._store.tracks(EVERYTHING), await self._shown()))


def _mtime_s(announced: Announcement | None) -> float | None:
    return announced.updated / 1000 if announced else None


async def _entries(tracks: AsyncIterable[Track], shown: dict[TrackId, Milliseconds]) -> AsyncIterator[bytes]:
    async for track in tracks:
        shown.pop(track.track_id, None)
        yield map_entry(track)
    for track_id, duration_ms in shown.items():
        yield entry_of_gone(track_id, duration_ms)


async def _pieces(tracks: AsyncIterable[Track], shown: dict[TrackId, Milliseconds]) -> AsyncIterator[bytes]:
    """Of one JSON object."""
    entries: list[bytes] = []
    before = b"{"
    async for entry in _entries(tracks, shown):
        entries.append(entry)
        if len(entries) == _TOGETHER:
            yield before + b",\n".join(entries)
            entries, before = [], b",\n"
    yield (before if entries or before == b"{" else b"") + b",\n".join(entries) + b"}\n"

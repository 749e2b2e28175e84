"""Which track data file a filter means, now."""

import asyncio
from pathlib import Path

from api_queue.drivers.clock import Clock
from api_queue.errors import UnknownDataFile
from api_queue.tracks.models import DataFileStore, Store, TagFilter
from api_queue.tracks.version import LibraryVersion


class DataFiles:
    """Built at the first question after the library has changed, by one asker for all who wait."""

    def __init__(self, store: Store, folder: DataFileStore, version: LibraryVersion, clock: Clock) -> None:
        self._store = store
        self._folder = folder
        self._version = version
        self._clock = clock
        self._known: dict[TagFilter, str] = {}
        self._known_of = 0
        self._building = asyncio.Lock()

    async def data_file(self, tag_filter: TagFilter) -> str:
        """The hash that stands in its address."""
        return await self._find(tag_filter) or await self._build(tag_filter)

    def path(self, data_hash: str, *, gzipped: bool) -> Path:
        """Raises UnknownDataFile."""
        if not self._folder.use(data_hash, self._clock.now_ms()):
            raise UnknownDataFile(name=data_hash)
        return self._folder.paths(data_hash)[gzipped]

    async def _build(self, tag_filter: TagFilter) -> str:
        async with self._building:
            if built := await self._find(tag_filter):  # by the one before us
                return built
            known = self._known  # of this version, whatever comes meanwhile
            known[tag_filter] = data_hash = await self._folder.write(self._store.tracks(tag_filter))
            return data_hash

    async def _find(self, tag_filter: TagFilter) -> str | None:
        version = await self._version.current()
        if version != self._known_of:
            self._known, self._known_of = {}, version
        known = self._known.get(tag_filter)
        return known if known and self._folder.use(known, self._clock.now_ms()) else None

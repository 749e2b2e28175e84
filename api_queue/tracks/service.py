"""What can be asked of the library."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Final, TypeVar

from api_queue.errors import FileGone, NoCover, NoLyrics, NotMusic, TrackNotFound, UnknownAlbum
from api_queue.tracks.models import (
    EVERYTHING,
    Cover,
    FilterSource,
    Found,
    Lyrics,
    Part,
    Search,
    Store,
    TagFilter,
    Track,
    TrackFacts,
    facts_of,
)
from api_queue.tracks.music_file import read_cover, read_lyrics, read_sheet
from api_queue.tracks.sheet_file import FoundSheet
from api_queue.tracks.version import LibraryVersion
from api_queue.tracks.walk import is_inside
from api_queue.types import QueueName, TrackId

#: A party's whole repertoire, at about 1 kB each.
FACTS_KEPT: Final = 10_000

T = TypeVar("T")


class TrackService:
    """`roots` are the folders that music is served from. A track's name is its id or an alias."""

    def __init__(self, store: Store, version: LibraryVersion, filters: FilterSource, roots: Sequence[Path]) -> None:
        self._store = store
        self._version = version
        self._filters = filters
        self._roots = tuple(roots)
        self._facts: OrderedDict[str, TrackFacts] = OrderedDict()
        self._facts_of = 0

    async def facts(self, name: str) -> TrackFacts:
        """What an add needs: from memory, unless it is the first of this track. Raises TrackNotFound."""
        known = await self._known_facts()
        if name in known:
            known.move_to_end(name)
            return known[name]
        known[name] = facts = facts_of(await self.track(name))
        if len(known) > FACTS_KEPT:
            known.popitem(last=False)
        return facts

    async def track(self, name: str) -> Track:
        track = await self._store.track(name)
        if track is None:
            raise TrackNotFound(track_id=name)
        return track

    async def some(self, track_ids: Sequence[TrackId]) -> list[Track]:
        """In this order, without those that are gone."""
        here = await self._store.some(track_ids)
        return [here[track_id] for track_id in track_ids if track_id in here]

    async def album(self, name: str) -> list[TrackFacts]:
        """By disc and track number, those without one last; a recording that is there in parts once. Raises
        UnknownAlbum.
        """
        wanted = TagFilter.of(forced_tags=(f"album:{name}",))
        tracks = sorted([track async for track in self._store.tracks(wanted)], key=_place_on_album)
        if not tracks:
            raise UnknownAlbum(album=name)
        in_parts = {track.recording for track in tracks if track.part_of}
        return [facts_of(track) for track in tracks if track.track_id not in in_parts]

    async def search(self, search: Search, queue: QueueName | None = None) -> Found:
        """Of what `queue` offers, if one is named. Raises UnknownQueue."""
        if queue is not None:
            search = replace(search, tag_filter=search.tag_filter & await self._filters.filter_of(queue))
        return await self._store.search(search)

    async def offered(self, queue: QueueName, tag_filter: TagFilter = EVERYTHING) -> list[Track]:
        """All of these that it offers. Raises UnknownQueue."""
        wanted = tag_filter & await self._filters.filter_of(queue)
        return [track async for track in self._store.tracks(wanted)]

    async def path_of(self, name: str) -> Path:
        """A file with its sound, links resolved, below one of the roots; of a part, the recording's. Raises
        TrackNotFound, FileGone.
        """
        track = await self.track(name)
        paths = await self._store.paths(track.recording)
        path = await asyncio.to_thread(_first_inside, paths, self._roots)
        if path is None:
            raise FileGone
        return path

    async def beside(self, name: str, ending: str) -> Path:
        """What is shown with it: `ending` is one of its `sidecars`. Raises TrackNotFound, FileGone."""
        music = await self.path_of(name)
        path = music.with_name(f"{music.stem}{ending}")
        if not await asyncio.to_thread(_is_plain, path):
            raise FileGone
        return path

    async def part_of(self, name: str) -> Part | None:
        """Raises TrackNotFound."""
        return (await self.track(name)).part_of

    async def cover(self, name: str) -> Cover:
        cover = await asyncio.to_thread(_read, read_cover, await self.path_of(name))
        if cover is None:
            raise NoCover(track_id=name)
        return cover

    async def lyrics(self, name: str) -> Lyrics:
        """Those of a recording are not those of its parts."""
        track = await self.track(name)
        lyrics = None if track.part_of else await asyncio.to_thread(_read, read_lyrics, await self.path_of(name))
        if lyrics is None:
            raise NoLyrics(track_id=name)
        return lyrics

    async def sheet(self, name: str) -> FoundSheet | None:
        """Of a recording, as its file has it now. Raises TrackNotFound, FileGone; NotMusic, OSError: what cannot be
        read may have one.
        """
        return await asyncio.to_thread(read_sheet, await self.path_of(name))

    async def _known_facts(self) -> OrderedDict[str, TrackFacts]:
        """A new one for each version, so that what was read before a change cannot be kept after it."""
        version = await self._version.current()
        if version != self._facts_of:
            self._facts, self._facts_of = OrderedDict(), version
        return self._facts


def _place_on_album(track: Track) -> tuple[int, float, str]:
    return track.disc_number or 1, track.track_number or inf, track.title


def _first_inside(paths: Sequence[Path], roots: Sequence[Path]) -> Path | None:
    real = (path.resolve() for path in paths if path.is_file())
    return next((path for path in real if is_inside(path, roots)), None)


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _read(read: Callable[[Path], T | None], path: Path) -> T | None:
    """A file that changed since the scan may be anything by now."""
    try:
        return read(path)
    except (OSError, NotMusic):
        return None

"""Tracks by the ids that KaraKara gives them: the names of their files, in its letters."""

import re
from collections.abc import Collection, Sequence
from pathlib import PurePath
from typing import Final, Protocol

from api_queue.tracks.models import Track
from api_queue.types import TrackId

#: At the end of a name: `Your side [Vocal]`.
_VARIANT: Final = re.compile(r" \[[^]]+\]$")


class Library(Protocol):
    """Of the tracks' store what is needed here."""

    async def track(self, name: str) -> Track | None: ...

    async def places(self) -> Sequence[tuple[TrackId, str]]:
        """Every file and its track, by path."""


def song_name(text: str) -> str:
    """The same for a file's name without its ending and for the id that KaraKara makes of it: `KAT-TUN - Your side
    [Vocal]`, `Kat_Tun_Your_Side`. Empty where nothing of it is left.
    """
    return re.sub(r"[^0-9a-z]+", "_", _VARIANT.sub("", text).lower()).strip("_")


class SongNames:
    def __init__(self, library: Library) -> None:
        self._library = library

    async def found(self, names: Collection[str]) -> dict[str, TrackId]:
        """The tracks of these ids that are none of ours. Of several files of one name the first counts."""
        wanted = {name: song_name(name) for name in names if await self._library.track(name) is None}
        if not any(wanted.values()):
            return {}
        places = reversed(await self._library.places())
        by_name = {song_name(PurePath(path).stem): track_id for track_id, path in places}
        return {name: by_name[song] for name, song in wanted.items() if song and song in by_name}

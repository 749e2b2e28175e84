"""Where the files of the tracks that play just now are.

A player that seeks asks for eight ranges in a row, and the library's answer (two SQL queries, links resolved) costs ten
times what the range does.
"""

from pathlib import Path
from typing import Final

from api_queue.drivers.clock import Clock
from api_queue.media.models import TrackSource
from api_queue.types import TrackId

#: A file that moves is looked for in its old place for at most this long.
_KEPT_MS: Final = 10_000

#: More than play at once on any one server; then all of them are looked up anew.
_MOST: Final = 1000


class Places:
    def __init__(self, tracks: TrackSource, clock: Clock) -> None:
        self._tracks = tracks
        self._clock = clock
        self._known: dict[TrackId, tuple[Path, int]] = {}

    async def path_of(self, track_id: TrackId) -> Path:
        """As it was at most ten seconds ago. Raises TrackNotFound."""
        path, until_ms = self._known.get(track_id, (Path(), 0))
        if self._clock.now_ms() < until_ms:
            return path
        path = await self._tracks.path_of(track_id)
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[track_id] = path, self._clock.now_ms() + _KEPT_MS
        return path

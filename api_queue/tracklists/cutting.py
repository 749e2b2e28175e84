"""A published tracklist as tracks of the library: each main row that has a time is a part of its recording."""

from collections.abc import Sequence

from api_queue.tracklists.models import Entry, Tracklist
from api_queue.tracks.parts import Cut, PartService
from api_queue.types import Milliseconds, TrackId


class LibraryCutting:
    """models.Cutting."""

    def __init__(self, parts: PartService) -> None:
        self._parts = parts

    async def cut(self, tracklist: Tracklist) -> tuple[TrackId | None, ...]:
        """Raises NotARecording."""
        cuts = cuts_of(tracklist.facts.entries)
        if tracklist.audio_id is None:
            return (None,) * len(cuts)
        ids = iter(await self._parts.cut(tracklist.audio_id, [cut for cut in cuts if cut]))
        return tuple(next(ids) if cut else None for cut in cuts)

    async def join(self, tracklist: Tracklist) -> None:
        if tracklist.audio_id is not None:
            await self._parts.join(tracklist.audio_id)


def cuts_of(entries: Sequence[Entry]) -> list[Cut | None]:
    """One for each main row. It ends where it says, at the latest where the next begins; the last one that does not say
    ends with the recording. None: it has no time, or no length.
    """
    main = [entry for entry in entries if entry.kind == "main"]
    cuts: list[Cut | None] = []
    next_ms: Milliseconds | None = None
    for number, entry in reversed([*enumerate(main, 1)]):
        cuts.append(_cut(number, entry, next_ms))
        next_ms = next_ms if entry.start_ms is None else entry.start_ms
    return cuts[::-1]


def _cut(number: int, entry: Entry, next_ms: Milliseconds | None) -> Cut | None:
    end_ms = min((end for end in (entry.end_ms, next_ms) if end is not None), default=None)
    if entry.start_ms is None or (end_ms is not None and end_ms <= entry.start_ms):
        return None
    return Cut(
        number=number,
        start_ms=entry.start_ms,
        end_ms=end_ms,
        title=f"{entry.title} ({entry.remix})" if entry.remix else entry.title,
        artists=(entry.artist,),
        genres=(entry.genre,) if entry.genre else (),
        tags=(f"label:{entry.label}",) if entry.label else (),
    )

"""A published tracklist as tracks of the library: each main row that has a time is a part of its recording."""

from collections.abc import Sequence

from msgspec.structs import replace

from api_queue.tracklists.models import Entry
from api_queue.tracks.parts import Cut, id_of
from api_queue.types import Milliseconds, TrackId


def with_tracks(entries: Sequence[Entry], recording: TrackId) -> tuple[tuple[Entry, ...], list[Cut]]:
    """The rows, each main one with the track that it becomes, and how the recording is cut for that."""
    cuts = cuts_of(entries)
    of_main = iter(cuts)
    rows = (_as_track(entry, next(of_main), recording) if entry.kind == "main" else entry for entry in entries)
    return tuple(rows), [cut for cut in cuts if cut]


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


def _as_track(entry: Entry, cut: Cut | None, recording: TrackId) -> Entry:
    return replace(entry, catalog_track_id=cut and id_of(recording, cut))


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

"""Parts of recordings as tracks of their own: what they are called comes from a tracklist, the sound from the file."""

from base64 import b32encode
from collections.abc import Awaitable, Callable, Sequence
from hashlib import blake2b

import msgspec

from api_queue.errors import NotARecording
from api_queue.tracks.models import Part, ScannedLibrary, Store, Track, alias_of
from api_queue.tracks.tags import clean
from api_queue.types import Milliseconds, TrackId


class Cut(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The `number`-th part, ms from the recording's beginning; without an end it ends as the recording does. `tags` are
    beside those that its artists, its genres and the recording make.
    """

    number: int
    start_ms: Milliseconds
    end_ms: Milliseconds | None = None
    title: str
    artists: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class PartService:
    """What stands before and behind a transaction that `part_store.cut` is a step of. `announce` lets everybody know of
    the new tracks; a scan that cuts needs none, since it does so at its end.
    """

    def __init__(
        self,
        store: Store,
        library: ScannedLibrary,
        announce: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        self._store = store
        self._library = library
        self._announce = announce

    async def changing(self, recording: TrackId) -> None:
        """Where it breaks off after this, the next scan announces what was cut. Raises NotARecording."""
        track = await self._store.track(recording)
        if track and track.part_of:
            raise NotARecording(track_id=recording, recording=track.recording)
        await self._library.changing()

    async def changed(self) -> None:
        if self._announce:
            await self._announce()


def id_of(recording: TrackId, cut: Cut) -> TrackId:
    """26 letters and digits, like those of recordings. The same cut of the same sound is always the same track."""
    digest = blake2b(f"{recording}:{cut.start_ms}:{cut.end_ms}".encode(), digest_size=16).digest()
    return TrackId(b32encode(digest).decode().rstrip("=").lower())


def track_of(recording: Track, cut: Cut) -> Track | None:
    """All parts of a recording are an album of its name. What keeps it from a queue, like a tag for the late hours,
    keeps them too. None: it would lie behind the end.
    """
    end_ms = min(recording.duration_ms, recording.duration_ms if cut.end_ms is None else cut.end_ms)
    if end_ms <= cut.start_ms:
        return None
    title = clean(cut.title) or f"Track {cut.number}"
    artists = tuple(filter(None, map(clean, cut.artists)))
    return Track(
        track_id=id_of(recording.track_id, cut),
        alias=alias_of(", ".join(artists), title),
        title=title,
        artists=artists,
        album=recording.title,
        track_number=cut.number,
        date=recording.date,
        genres=tuple(filter(None, map(clean, cut.genres))) or recording.genres,
        duration_ms=Milliseconds(end_ms - cut.start_ms),
        sample_rate=recording.sample_rate,
        channels=recording.channels,
        replaygain=recording.replaygain,
        cover=recording.cover,
        tags=_tags(recording, cut, artists),
        part_of=Part(recording.track_id, cut.start_ms, end_ms),
    )


def peaks_of(peaks: bytes, part: Part, recording_ms: Milliseconds) -> bytes:
    """Of those of its recording, each that says something of it."""
    first = part.start_ms * len(peaks) // recording_ms
    return peaks[first : max(first + 1, -(-part.end_ms * len(peaks) // recording_ms))]


def _tags(recording: Track, cut: Cut, artists: Sequence[str]) -> tuple[str, ...]:
    own = [f"genre:{genre}" for genre in map(clean, cut.genres) if genre]
    told = ("artist:", "album:", *(["genre:"] if own else []))
    of_recording = [tag for tag in recording.tags if not tag.startswith(told)]
    names = [f"artist:{artist}" for artist in artists]
    return tuple(dict.fromkeys([*own, *names, f"album:{recording.title}", *map(clean, cut.tags), *of_recording]))

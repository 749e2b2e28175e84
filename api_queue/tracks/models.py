"""A track, where it lies, which ones a queue offers, and what is asked for."""

import re
from collections.abc import AsyncIterable, AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from api_queue.formats.lrc import Line
from api_queue.types import Milliseconds, QueueName, TrackId


class ReplayGain(msgspec.Struct, frozen=True, kw_only=True):
    """Gains in dB, peaks as a share of full scale."""

    track_gain_db: float | None = None
    track_peak: float | None = None
    album_gain_db: float | None = None
    album_peak: float | None = None


class Part(msgspec.Struct, frozen=True):
    """Where a track without a file of its own lies: in the recording `track_id`, ms from that one's beginning."""

    track_id: TrackId
    start_ms: Milliseconds
    end_ms: Milliseconds


class Track(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`alias` is the readable id, `date` as tagged. `cover` is its media type, `cuesheet` whether one stands in the
    file or beside it, `sidecars` endings of what is shown with it: `.Vocal.webm`. A part has the file of its recording.
    """

    track_id: TrackId
    alias: str
    title: str
    duration_ms: Milliseconds
    sample_rate: int
    channels: int
    artists: tuple[str, ...] = ()
    album: str = ""
    track_number: int | None = None
    disc_number: int | None = None
    date: str = ""
    genres: tuple[str, ...] = ()
    isrc: str = ""
    musicbrainz: Mapping[str, str] = {}
    replaygain: ReplayGain | None = None
    cover: str | None = None
    lyrics: bool = False
    cuesheet: bool = False
    sidecars: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    part_of: Part | None = None

    @property
    def recording(self) -> TrackId:
        """Whose file has its sound."""
        return self.part_of.track_id if self.part_of else self.track_id

    @property
    def artist(self) -> str:
        return ", ".join(self.artists)


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan learnt of one file: a track, or the reason why it is none; a track with a `fault` has a bad CUE
    sheet. The next scan reads it again if the file has another `size` or `mtime_ns` by then.
    """

    path: str
    size: int
    mtime_ns: int
    track: Track | None = None
    fault: str = ""


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """What decoding told. Silence has no loudness and no gain; `is_whole` is None where nothing says what the sound
    should be.
    """

    loudness_lufs: float | None
    track_gain_db: float | None
    track_peak: float
    is_whole: bool | None


@dataclass(frozen=True, slots=True)
class Fault:
    """`path` is to be shown, not opened: bytes that are no text are replaced in it."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the library, and how many files, distinct tracks and faults there are in it. A root was not added;
    times are ms since 1970.
    """

    path: str
    added_at: int | None
    scanned_at: int | None
    files: int
    tracks: int
    faults: int


@dataclass(frozen=True, slots=True)
class TrackFacts:
    """What a queue needs at each add; `tags` are folded, as `offered` compares them."""

    track_id: TrackId
    duration_ms: Milliseconds
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Cover:
    image: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Lyrics:
    """`lines` is empty when the words have no times."""

    text: str
    lines: tuple[Line, ...] = ()


# -- tags ------------------------------------------------------------------------------------------------------


def fold_tag(tag: str) -> str:
    """`Genre:Hard  Rock` and `genre:hard rock` are one tag."""
    return " ".join(tag.split()).casefold()


@dataclass(frozen=True, slots=True)
class TagFilter:
    """Of each group in `wanted` a track has at least one tag, and none of `unwanted`. In normal form, so that
    two queues that offer the same share one data file.
    """

    wanted: frozenset[frozenset[str]] = frozenset()
    unwanted: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, filter_tags: Iterable[str] = (), forced_tags: Iterable[str] = (), hidden_tags: Iterable[str] = ()
    ) -> "TagFilter":
        """`genre:rock genre:pop lang:ja` in `filter_tags` is Japanese rock or pop; each forced tag must be
        there; `-tag` in either must not, as the hidden ones.
        """
        chosen, shut_out = _split(filter_tags)
        forced, also_out = _split(forced_tags)
        hidden = {fold_tag(tag.lstrip("-")) for tag in hidden_tags} - {""}
        groups = {frozenset(t for t in chosen if _key(t) == key) for key in map(_key, chosen)}
        return cls(frozenset(groups | {frozenset({t}) for t in forced}), frozenset(shut_out | also_out | hidden))

    def __and__(self, other: "TagFilter") -> "TagFilter":
        """What both offer."""
        return TagFilter(self.wanted | other.wanted, self.unwanted | other.unwanted)


EVERYTHING = TagFilter()


def offered(track_tags: Collection[str], tag_filter: TagFilter) -> bool:
    """Whether a track with these folded tags is on offer."""
    held = frozenset(track_tags)
    return all(group & held for group in tag_filter.wanted) and not tag_filter.unwanted & held


def _split(tags: Iterable[str]) -> tuple[set[str], set[str]]:
    folded = {fold_tag(tag) for tag in tags} - {"", "-"}
    negated = {tag for tag in folded if tag.startswith("-")}
    return folded - negated, {tag[1:].lstrip() for tag in negated}


def _key(tag: str) -> str:
    return tag.partition(":")[0] if ":" in tag else ""


def facts_of(track: Track) -> TrackFacts:
    return TrackFacts(track.track_id, track.duration_ms, frozenset(map(fold_tag, track.tags)))


def alias_of(artist: str, title: str) -> str:
    """`KAT-TUN`, `Your side (Instrumental)` -> `KAT_TUN_Your_side_Instrumental_`."""
    return re.sub(r"\W+", "_", f"{artist} {title}".strip())[:120]


# -- what is asked for, and of whom ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Search:
    """An empty `q` lists all by artist and title; anything else, best first."""

    q: str = ""
    tag_filter: TagFilter = EVERYTHING
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    total: int
    tracks: Sequence[Track]


class FilterSource(Protocol):
    """What tracks need of queues."""

    async def filter_of(self, queue: QueueName) -> TagFilter:
        """Raises UnknownQueue."""


class Store(Protocol):
    """The library. A name is a track's id or an alias."""

    async def track(self, name: str) -> Track | None: ...

    async def some(self, track_ids: Collection[TrackId]) -> Mapping[TrackId, Track]:
        """Those of them that are here."""

    async def paths(self, track_id: TrackId) -> list[Path]:
        """Where it lies; the first place speaks for the track."""

    async def search(self, search: Search) -> Found: ...

    def tracks(self, tag_filter: TagFilter) -> AsyncIterator[Track]:
        """All that are on offer, by id."""

    async def count(self) -> int: ...

    async def write(self, readings: Sequence[Reading]) -> None:
        """One transaction."""

    async def forget(self, paths: Collection[str]) -> None:
        """These files are gone; a track goes with its last place."""

    async def learn_words(self) -> None:
        """Typing errors are corrected towards the words of the library as it is now."""

    async def faults(self) -> list[Fault]: ...


class PlaceStore(Protocol):
    """Where the library's files were found."""

    async def stamps(self, folder: str) -> dict[str, tuple[int, int]]:
        """Size and mtime_ns of every file that was read there, by path."""

    async def outside(self, roots: Sequence[Path]) -> list[str]:
        """Files that were read when the roots were others."""

    async def mark_gone(self, folder: str, gone: Collection[str]) -> None:
        """Of what is known in the folder, these files were not there any more, and all others were."""

    async def gone(self) -> list[str]: ...

    async def add_folder(self, path: str, now_ms: int) -> bool:
        """False: it was added before."""

    async def remove_folder(self, path: str) -> bool:
        """False: it was not added."""

    async def scanned(self, path: str, now_ms: int, *, is_root: bool) -> None: ...

    async def folders(self, roots: Sequence[Path]) -> list[Folder]:
        """The roots, and what was added below them, by path."""

    async def everywhere(self) -> Folder:
        """The counts of the whole library, as of one folder without a path."""


class SheetSink(Protocol):
    """What a scan needs of tracklists."""

    async def cut(self, recordings: Collection[TrackId]) -> Collection[TrackId]:
        """Those of them that are tracks by what their CUE sheets say."""

    async def take(self, recording: TrackId) -> None:
        """It was read, and a CUE sheet is in it or beside it, or was there when it was cut."""


class AnalysisStore(Protocol):
    """`peaks` has a byte for each part of the waveform."""

    async def put(self, track_id: TrackId, analysis: Analysis, peaks: bytes) -> None: ...

    async def get(self, track_id: TrackId) -> tuple[Analysis, bytes] | None: ...


@dataclass(frozen=True, slots=True)
class Announcement:
    """What screens are told of the library: `hash` names the data file of all tracks, `updated` is in ms since 1970."""

    hash: str
    count: int
    updated: int


class Library(Protocol):
    """What all processes know of the library without asking SQL."""

    async def version(self) -> int:
        """Grows with each change; 0 before the first scan."""

    async def announce(self, announcement: Announcement) -> None:
        """There is a new version."""

    async def announced(self) -> Announcement | None: ...


class ScannedLibrary(Library, Protocol):
    """And what scans leave to each other: one may break off with its changes told to nobody."""

    async def changing(self) -> None:
        """Said before the store is written to: there will be something to settle."""

    async def unsettled(self) -> int:
        """How many changes there were, if they were not all settled; else 0."""

    async def settle(self, changes: int) -> None:
        """So many are learnt and announced."""


class DataFileStore(Protocol):
    """Where track data files lie."""

    async def write(self, tracks: AsyncIterable[Track]) -> str:
        """The hash by which it can be had."""

    def use(self, data_hash: str, now_ms: int) -> bool:
        """Whether it is there; if so, it stays for another day."""

    def paths(self, data_hash: str) -> tuple[Path, Path]:
        """Plain and compressed. Raises UnknownDataFile for what cannot be the hash of one."""

    def sweep(self, now_ms: int, keep: str) -> None:
        """What nobody was sent to for a day goes, but not `keep`."""

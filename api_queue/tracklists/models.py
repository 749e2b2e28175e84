"""A tracklist: what a recording is made of and when each track begins. Times are ms from the recording's beginning."""

from collections.abc import Collection, Sequence
from typing import Literal, Protocol

import msgspec

from api_queue.formats.cue.sheet import Finding
from api_queue.tracks.parts import Cut
from api_queue.types import Milliseconds, TrackId

#: How a tracklist came here.
Source = Literal["1001tracklists", "manual", "text", "labels", "cue", "embedded", "history"]

#: `with`: played together with the row above, `w/` on a page; `component`: of the mashup above.
Kind = Literal["main", "with", "component"]

TransitionType = Literal["cut", "fade", "blend", "crossfade", "echo", "filter", "mashup", "unknown"]


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row. `start_ms` is None where nobody set it, and `is_estimated` where nobody heard it. A `with` row or a
    component has the time of the row above. An ID is a track that nobody has identified.
    """

    artist: str
    title: str
    start_ms: Milliseconds | None = None
    end_ms: Milliseconds | None = None
    kind: Kind = "main"
    remix: str | None = None
    label: str | None = None
    is_id: bool = False
    bpm: float | None = None
    key: str | None = None
    genre: str | None = None
    notes: str | None = None
    confidence: float = 1.0
    transition_type: TransitionType | None = None
    is_manual_entry: bool = False
    is_estimated: bool = False
    catalog_track_id: TrackId | None = None


class Transition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Between rows, counted from 1."""

    from_track: int
    to_track: int
    transition_type: TransitionType = "unknown"
    timestamp_ms: Milliseconds | None = None
    duration_ms: Milliseconds | None = None
    notes: str | None = None


class Player(msgspec.Struct, frozen=True, kw_only=True):
    """One recording of several on a page, with a clock of its own."""

    number: int
    duration_ms: Milliseconds | None = None
    url: str | None = None


class Metadata(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a page says besides."""

    recording_type: str | None = None
    duration_minutes: float | None = None
    play_count: int | None = None
    favorite_count: int | None = None
    comment_count: int | None = None
    download_url: str | None = None
    stream_url: str | None = None
    soundcloud_url: str | None = None
    mixcloud_url: str | None = None
    youtube_url: str | None = None
    tags: tuple[str, ...] = ()
    players: tuple[Player, ...] = ()


class Facts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a source tells of a set: the same from a page, a sheet, a text or a form. `date` is `YYYY-MM-DD`."""

    entries: tuple[Entry, ...] = ()
    transitions: tuple[Transition, ...] = ()
    title: str | None = None
    dj_name: str | None = None
    event_name: str | None = None
    venue: str | None = None
    date: str | None = None
    genres: tuple[str, ...] = ()
    url: str | None = None
    metadata: Metadata | None = None
    source_html_hash: str | None = None


class Parsed(msgspec.Struct, frozen=True):
    """What a text, a sheet or a page would become, and what is wrong with it or was not understood."""

    facts: Facts
    findings: tuple[Finding, ...] = ()


class Tracklist(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept. `audio_id` is the recording in the library; `rev` grows by one at each change; times are ms since
    1970. One list of a recording is published; it is archived when another takes its place.
    """

    tracklist_id: str
    source: Source
    facts: Facts
    rev: int
    created_at: int
    updated_at: int
    is_draft: bool = True
    draft_version: int | None = 1
    parent_id: str | None = None
    audio_id: TrackId | None = None
    audio_duration_ms: Milliseconds | None = None
    confidence: float = 1.0
    default_cue_format: str | None = None
    cue_file_id: str | None = None
    scraped_at: int | None = None
    archived_at: int | None = None
    created_by: str = ""

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def is_published(self) -> bool:
        """Its recording, if it has one, is cut as it says."""
        return not self.is_draft and not self.is_archived


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A numbered snapshot of what a list told: counted from 1, and the highest number is the list as it stands."""

    number: int
    facts: Facts
    created_at: int
    created_by: str = ""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which lists, the newest first; None is any."""

    audio_id: TrackId | None = None
    source: Source | None = None
    is_draft: bool | None = None
    limit: int = 20
    offset: int = 0


class Store(Protocol):
    """Each write is one transaction. Those that name a `rev` do nothing where the list has another one by then."""

    async def add(self, tracklist: Tracklist) -> Tracklist:
        """Its first version. A draft gets the number after the highest of its recording's drafts."""

    async def get(self, tracklist_id: str) -> Tracklist | None: ...
    async def find(self, wanted: Wanted) -> tuple[int, Sequence[Tracklist]]:
        """How many there are, and a page of them."""

    async def published(self, audio_ids: Collection[TrackId]) -> Sequence[Tracklist]:
        """Those of these recordings, at most one of each."""

    async def put(self, tracklist: Tracklist, rev: int, *, version_by: str | None) -> Tracklist | None:
        """In the place of revision `rev`; as a new version, made by somebody, or as the current one. A draft's number
        goes with the versions. None: somebody else was faster.
        """

    async def publish(self, tracklist: Tracklist, rev: int, cuts: Sequence[Cut]) -> bool:
        """In the place of revision `rev`. What was published of its recording until now is archived, and the recording
        is cut so. False: somebody else was faster.
        """

    async def remove(self, tracklist: Tracklist) -> bool:
        """With its versions, and with the tracks that its recording is cut into, if it is the one that is published.
        False: it is another revision by now.
        """

    async def versions(self, tracklist_id: str) -> Sequence[Version]:
        """The newest first."""

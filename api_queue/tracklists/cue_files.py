"""CUE files that were made of tracklists: frozen records, and what they need of a store and of others.

Each file of a tracklist and format is a version, counted from 1; nothing of it changes any more. One that is deleted
softly is not shown, and keeps its number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from api_queue.formats.cue.variants import VariantName
from api_queue.tracklists.audio_validation import AudioReport
from api_queue.tracklists.cue_building import CueOptions, Recording
from api_queue.tracklists.models import Facts, Tracklist


class Making(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a file was made of, so that it can be made again, and what was decided on the way. `tracklist_rev` is 0
    where the list has no revision here; `audio` is as it was asked for; `source_format` that of the file it was
    converted from.
    """

    track_count: int
    tracklist_rev: int = 0
    tracklist_url: str | None = None
    options: CueOptions = CueOptions()
    audio: str | None = None
    recording: Recording | None = None
    source_format: VariantName | None = None
    notes: tuple[str, ...] = ()


class CueBrief(msgspec.Struct, frozen=True, kw_only=True):
    """All of a file but its text, which may be a mebibyte. `version` is 0 until it is stored. `created_at` is ms since
    1970.
    """

    cue_id: str
    tracklist_id: str
    format: VariantName
    created_at: int
    size_bytes: int
    checksum: str
    making: Making
    version: int = 0
    is_active: bool = True
    created_by: str = ""

    @property
    def filename(self) -> str:
        """Of our own letters alone: it stands in a header."""
        return f"{self.format}_{self.cue_id[:8]}_v{self.version}.cue"


class CueFile(CueBrief, frozen=True, kw_only=True):
    """`facts` are the list that came along, which is kept nowhere else."""

    content: str
    facts: Facts | None = None

    @property
    def bytes(self) -> bytes:
        return self.content.encode()

    @property
    def brief(self) -> CueBrief:
        return CueBrief(**{name: getattr(self, name) for name in CueBrief.__struct_fields__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a file is to be made of: a list that comes along, else one that is stored, else the address of one. With
    `facts`, `tracklist_id` is the id that they got the first time.
    """

    facts: Facts | None = None
    tracklist_id: str | None = None
    tracklist_url: str | None = None
    audio: str | None = None
    options: CueOptions = field(default_factory=CueOptions)
    validate_audio: bool = True
    store_file: bool = True


@dataclass(frozen=True, slots=True)
class Generated:
    """`report` is None where there was no recording to look at."""

    file: CueFile
    report: AudioReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CueFilter:
    """None: any. Without `limit`: all."""

    tracklist_id: str | None = None
    format: VariantName | None = None
    is_active: bool | None = True
    limit: int | None = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Stored:
    """How many files there are of each format, and their bytes; `current` are those that nobody has invalidated."""

    files: Mapping[VariantName, int]
    size_bytes: int
    current: int
    tracklists: int


class Store(Protocol):
    async def add(self, file: CueFile) -> CueFile:
        """With the version that it gets: one more than the highest of its tracklist and format. Takes away what is over
        the limits, the oldest first.
        """

    async def get(self, cue_id: str) -> CueFile | None: ...

    async def find(self, wanted: CueFilter) -> tuple[int, Sequence[CueBrief]]:
        """How many there are, and a page of them, newest first."""

    async def current(self, tracklist_id: str, variant: VariantName, rev: int) -> CueBrief | None:
        """The newest one, if it was made of this revision and nobody has invalidated it since."""

    async def deactivate(self, cue_id: str) -> bool:
        """False: it was not there, or not active."""

    async def remove(self, cue_id: str) -> bool: ...

    async def stored(self) -> Stored: ...

    async def invalidate(self, tracklist_id: str | None = None) -> int:
        """The files stay, and count as made of another revision; None: those of all lists. How many they were."""


class Tracklists(Protocol):
    async def tracklist(self, tracklist_id: str) -> Tracklist:
        """Raises UnknownTracklist."""


class Pages(Protocol):
    async def tracklist_at(self, url: str, by: str) -> Tracklist:
        """Of a page of 1001tracklists. Raises what the site and its pages raise."""


class Recordings(Protocol):
    async def recording(self, name: str) -> Recording:
        """By the id or an alias of a track, or a path below the library's folders. Raises BadAudioFile."""

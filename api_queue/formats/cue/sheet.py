"""A CUE sheet as a value. There is no standard; the grammar is that of CDRWIN's manual, appendix A, and of its readers.

A track does not belong to one file: the gap before it (INDEX 00) may lie at the end of the file before, so that each
index says in which file it is. The garbage collector need not look at what cannot lead back to itself.
"""

from typing import Literal

import msgspec

#: An error makes a sheet invalid.
Severity = Literal["error", "warning"]

Dialect = Literal["cdrwin", "rekordbox"]


class Remark(msgspec.Struct, frozen=True, gc=False):
    """`REM GENRE "Deep House"` has the `key` GENRE; free text has an empty one."""

    key: str
    value: str


class Statement(msgspec.Struct, frozen=True, gc=False):
    """A line that was not understood, as it stood: a command that we do not know (`MCN 123`), one that says nothing
    that could be read (`INDEX 01 noon`), or the second where there can be one (`TITLE "Another"`).
    """

    word: str
    rest: str


class Index(msgspec.Struct, frozen=True, gc=False):
    """`file` is the place in `Sheet.files`; `frames` count from the beginning of that file."""

    number: int
    frames: int
    file: int = 0


class File(msgspec.Struct, frozen=True, gc=False):
    """`name` as it stood, which may be a path of another machine; `kind` WAVE, MP3, AIFF, BINARY, MOTOROLA, or odd."""

    name: str
    kind: str = "WAVE"


class Track(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`number` is the printed one. `pregap` and `postgap` are frames of silence that are in no file."""

    number: int
    mode: str = "AUDIO"
    title: str | None = None
    performer: str | None = None
    songwriter: str | None = None
    isrc: str | None = None
    flags: tuple[str, ...] = ()
    pregap: int | None = None
    postgap: int | None = None
    indexes: tuple[Index, ...] = ()
    remarks: tuple[Remark, ...] = ()
    others: tuple[Statement, ...] = ()

    @property
    def start(self) -> Index | None:
        """INDEX 01, which is where players jump to; without one the first there is."""
        for index in self.indexes:
            if index.number == 1:
                return index
        return self.indexes[0] if self.indexes else None


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """`dialect` is `rekordbox` for the sheets of its recordings, which count HH:MM:SS, and then frames are whole
    seconds.
    """

    files: tuple[File, ...] = ()
    tracks: tuple[Track, ...] = ()
    title: str | None = None
    performer: str | None = None
    songwriter: str | None = None
    catalog: str | None = None
    cdtextfile: str | None = None
    remarks: tuple[Remark, ...] = ()
    others: tuple[Statement, ...] = ()
    dialect: Dialect = "cdrwin"


class Places(msgspec.Struct, frozen=True):
    """Lines on which the commands of a sheet stand: of all its files, tracks and indexes in turn, and by word and track
    of what else the rules ask for. Tracks are counted from 0, the head is track -1. Empty for a sheet that was never
    a text, and then each line is 0.
    """

    files: list[int] = []
    tracks: list[int] = []
    indexes: list[int] = []
    others: dict[tuple[str, int], int] = {}

    def file(self, place: int) -> int:
        return self.files[place] if self.files else 0

    def track(self, place: int) -> int:
        """0 for the head, too."""
        return self.tracks[place] if self.tracks and place >= 0 else 0

    def index(self, place: int) -> int:
        """`place` counts those of all tracks."""
        return self.indexes[place] if self.indexes else 0

    def other(self, word: str, track: int = -1) -> int:
        return self.others.get((word, track), 0)


class Finding(msgspec.Struct, frozen=True):
    """What is wrong, in a sentence. Lines and columns count from 1; line 0 is the sheet as a whole."""

    code: str
    severity: Severity
    line: int
    message: str
    column: int | None = None


class Reading(msgspec.Struct, frozen=True):
    """A sheet and what was found while reading it; `encoding` is the one that was taken."""

    sheet: Sheet
    findings: tuple[Finding, ...]
    encoding: str = "utf-8"

    @property
    def valid(self) -> bool:
        return not any(finding.severity == "error" for finding in self.findings)

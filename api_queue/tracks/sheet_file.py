"""The CUE sheet of a recording: a `.cue` beside it, the text in its comments, or the block that FLAC has for one.

The one beside it comes first, since that is what somebody can change; the block last, since it has no titles.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import PureWindowsPath
from typing import Final, Literal

import msgspec
from msgspec.structs import replace
from mutagen.flac import FLAC, CueSheet

from api_queue.formats.cue.reading import SHEET_MAX_BYTES, read
from api_queue.formats.cue.sheet import Finding, Reading, Track
from api_queue.types import Milliseconds

SHEET_ENDING: Final = ".cue"
#: As many sheets are looked into; a folder with more has them for something else.
_SHEETS_MAX: Final = 20
#: What has fewer tracks than this need not be cut; no tracklist has more rows than that.
_FEWEST, _MOST = 2, 1000
#: Numbers of the lead-out, on discs and elsewhere (RFC 9639, section 8.7).
_LEAD_OUT: Final = {170, 255}


class FoundSheet(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is that of the file beside the recording; empty for a sheet inside. `reading` has what is of this one
    alone; it is None for a block, which tells no more than where its tracks begin.
    """

    source: Literal["cue", "embedded"]
    digest: str
    name: str = ""
    reading: Reading | None = None
    starts_ms: tuple[Milliseconds, ...] = ()

    @property
    def fault(self) -> str:
        """What is wrong with it, and where; empty if it can be used."""
        faults = list(filter(_is_fault, self.reading.findings)) if self.reading else []
        if not faults:
            return self._too_many
        first, *others = faults
        line = f", line {first.line}" if first.line else ""
        more = f" There are {len(others)} more faults in it." if others else ""
        return f"{self._called}{line}: {first.message}{more}"

    @property
    def _too_many(self) -> str:
        count = len(self.reading.sheet.tracks) if self.reading else 0
        return f"{self._called} has {count} tracks; {_MOST} are the most." if count > _MOST else ""

    @property
    def _called(self) -> str:
        return f"its CUE sheet {self.name}".rstrip()


class SheetsOf:
    """Which of the sheets in a folder, of which these are all `names`, may be of a FLAC in it: those with its name, as
    `set.cue` and `set.flac.cue`, and those that have the name of no other.
    """

    def __init__(self, names: Iterable[str], ending: str) -> None:
        known = list(names)
        music = {_stem(name) for name in known if name.lower().endswith(ending)}
        self._own: dict[str, list[str]] = {}
        self._others: list[str] = []
        for sheet in sorted(name for name in known if name.lower().endswith(SHEET_ENDING)):
            of = _own_stems(sheet) & music
            for stem in of:
                self._own.setdefault(stem, []).append(sheet)
            if not of:
                self._others.append(sheet)

    def __call__(self, name: str) -> tuple[str, ...]:
        return (*self._own.get(_stem(name), ()), *self._others)[:_SHEETS_MAX]


def find_sheet(
    flac: FLAC, name: str, comments: Mapping[str, Sequence[str]], beside: Mapping[str, bytes]
) -> FoundSheet | None:
    """`beside`: the sheets that may be of the FLAC `name`. None: none of them cuts it."""
    audio_ms = round(flac.info.length * 1000)
    texts: list[tuple[str, str | bytes]] = [*beside.items(), *(("", text) for text in comments.get("cuesheet", ()))]
    for sheet, text in texts:
        is_own = not sheet or _stem(name) in _own_stems(sheet)
        if not is_own and _stem(name) not in _named_in(text):
            continue
        reading = _of(read(text[: SHEET_MAX_BYTES + 1], audio_ms=audio_ms), name, is_own=is_own)
        if reading:
            source: Literal["cue", "embedded"] = "cue" if sheet else "embedded"
            return FoundSheet(source=source, digest=_digest(text), name=sheet, reading=reading)
    starts_ms = tuple(_of_block(flac))
    if len(starts_ms) < _FEWEST:
        return None
    return FoundSheet(source="embedded", digest=_digest(f"{starts_ms}"), starts_ms=starts_ms)


@lru_cache(maxsize=_SHEETS_MAX)
def _named_in(text: str | bytes) -> frozenset[str]:
    """The stems of its files. Asked for each FLAC of a folder, and the sheet may be of none of them."""
    return frozenset(_stem(file.name) for file in read(text[: SHEET_MAX_BYTES + 1]).sheet.files)


def _of(reading: Reading, name: str, *, is_own: bool) -> Reading | None:
    """What it says of the FLAC `name`; None: nothing that would cut it."""
    sheet = reading.sheet
    of_name = [place for place, file in enumerate(sheet.files) if _stem(file.name) == _stem(name)]
    if not of_name and not (is_own and len(sheet.files) <= 1):
        return None
    place = of_name[0] if of_name else 0
    tracks = tuple(filter(None, map(_in_file(place), sheet.tracks)))
    if reading.valid and len(tracks) < _FEWEST:
        return None
    return replace(reading, sheet=replace(sheet, files=sheet.files[place : place + 1], tracks=tracks))


def _in_file(place: int) -> Callable[[Track], Track | None]:
    """The track as one of that file alone; None: it begins in another."""

    def reduced(track: Track) -> Track | None:
        if track.start is None or track.start.file != place:
            return None
        indexes = tuple(replace(index, file=0) for index in track.indexes if index.file == place)
        return replace(track, indexes=indexes)

    return reduced


def _of_block(flac: FLAC) -> Iterator[Milliseconds]:
    """Where its tracks begin, exact to the sample. Offsets of indexes count from that of their track."""
    block = flac.cuesheet
    for track in block.tracks if isinstance(block, CueSheet) else ():
        if track.track_number not in _LEAD_OUT and track.type == 0:
            first = next((index.index_offset for index in track.indexes if index.index_number == 1), 0)
            yield Milliseconds(round((track.start_offset + first) * 1000 / flac.info.sample_rate))


def _own_stems(sheet: str) -> set[str]:
    return {_stem(sheet), _stem(_stem(sheet))}


def _is_fault(finding: Finding) -> bool:
    """A track behind the end of another file may be right there."""
    return finding.severity == "error" or finding.code == "beyond_audio"


def _stem(name: str) -> str:
    """Of a file of whichever system, as names are compared: `C:\\sets\\Ghent.WAV` -> `ghent`."""
    return PureWindowsPath(name).stem.casefold()


def _digest(text: str | bytes) -> str:
    return hashlib.sha256(text if isinstance(text, bytes) else text.encode(errors="surrogatepass")).hexdigest()

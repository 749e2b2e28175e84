"""From what somebody pastes or sends to what a list would be: text, label file, CUE sheet, saved page."""

import re
from collections.abc import Callable, Mapping
from typing import Final, Literal, get_args

from msgspec.structs import replace

from api_queue.errors import TooLarge
from api_queue.formats.audacity_labels import Label, read_labels
from api_queue.formats.cue.reading import read
from api_queue.formats.cue.sheet import Finding, Reading, Sheet, Track
from api_queue.formats.cue.times import ms_of
from api_queue.tracklists.models import Entry, Facts, Parsed, Source
from api_queue.tracklists.page import read_page
from api_queue.tracklists.text import parse_rows, parse_text
from api_queue.tracklists.text_head import head_facts
from api_queue.tracklists.text_lines import Line, in_front
from api_queue.tracklists.track_names import split_name, split_title
from api_queue.types import Milliseconds

PastedKind = Literal["text", "labels", "cue", "html"]
SOURCE_OF: Final[Mapping[PastedKind, Source]] = {
    "text": "text",
    "labels": "labels",
    "cue": "cue",
    "html": "1001tracklists",
}
KINDS: Final[tuple[PastedKind, ...]] = get_args(PastedKind)
#: Characters in which a kind shows.
_LOOK_AT: Final = 100_000
#: Bytes in UTF-8.
MOST_BYTES: Final[Mapping[PastedKind, int]] = {"text": 1 << 20, "labels": 1 << 20, "cue": 1 << 20, "html": 4 << 20}

#: Blanks are never tried twice: of a line of nothing else, that would take the square of its length.
_CUE: Final = re.compile(
    r"(?im)^[ \t]*+(?:TRACK[ \t]++\d++[ \t]++AUDIO"
    r"|FILE[ \t]++(?:\".*\"[ \t]++\w++|\S.*[ \t](?:WAVE|MP3|AIFF|BINARY)))[ \t\r]*+$"
)
_ISO_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def kind_of(text: str) -> PastedKind:
    """What it looks like."""
    begin = text.removeprefix("\ufeff") if len(text) <= _LOOK_AT else text[:_LOOK_AT].rpartition("\n")[0]
    if begin.lstrip().startswith("<"):
        return "html"
    if _CUE.search(begin):
        return "cue"
    found = read_labels(begin)
    return "labels" if found.labels and not found.others else "text"


def parse(kind: PastedKind, text: str) -> Parsed:
    """Raises TooLarge, and what pages are refused for."""
    if len(text.encode("utf-8", "replace")) > MOST_BYTES[kind]:
        raise TooLarge(limit_bytes=MOST_BYTES[kind])
    return _PARSERS[kind](text)


# -- label files -----------------------------------------------------------------------------------------------


def parse_labels(text: str) -> Parsed:
    found = read_labels(text)
    of_rows = parse_rows([_labelled(label) for label in found.labels])
    others = (
        Finding("not_a_label", "warning", at, f"This is no label, and was left out: {said[:80]}")
        for at, said in found.others
    )
    return replace(of_rows, findings=tuple(sorted((*of_rows.findings, *others), key=lambda each: each.line)))


def _labelled(label: Label) -> Line:
    line = in_front(label.line, label.text)
    end_ms = Milliseconds(label.end_ms) if label.end_ms > label.start_ms else None
    return replace(line, names=line.names or "ID", start_ms=Milliseconds(label.start_ms), end_ms=end_ms, timed=True)


# -- CUE sheets ------------------------------------------------------------------------------------------------


def parse_cue(text: str) -> Parsed:
    return from_reading(read(text))


def from_reading(reading: Reading) -> Parsed:
    """Of a sheet over several files only the times within the first mean anything here."""
    sheet = reading.sheet
    entries = tuple(_entry(track, sheet) for track in sheet.tracks)
    elsewhere = [track for track in sheet.tracks if track.start is not None and track.start.file]
    several = "The sheet is of several files: rows of all but the first have no time, as those count anew in each."
    findings = (Finding("several_files", "warning", 0, several),) if elsewhere else ()
    return Parsed(replace(_head(sheet), entries=entries), (*findings, *reading.findings))


def _head(sheet: Sheet) -> Facts:
    """A title like `DJ @ Event, Place` says more than a performer."""
    said = head_facts(sheet.title or "")
    remarks = {remark.key.upper(): remark.value for remark in reversed(sheet.remarks)}
    dated = _ISO_DATE.match(remarks.get("DATE", ""))
    genre = remarks.get("GENRE")
    return replace(
        said,
        title=sheet.title,
        dj_name=sheet.performer or said.dj_name,
        date=said.date or (head_facts(dated[0]).date if dated else None),
        genres=(genre,) if genre else (),
    )


def _entry(track: Track, sheet: Sheet) -> Entry:
    """Without a performer of its own a track has the one in its title, else that of the sheet."""
    name = track.title or "ID"
    if track.performer is None:
        artist, title, remix = split_name(name)
    else:
        artist, (title, remix) = track.performer, split_title(name)
    start = track.start
    return Entry(
        artist=artist or sheet.performer or "",
        title=title,
        remix=remix,
        is_id="ID" in {artist.upper(), title.upper()},
        start_ms=Milliseconds(ms_of(start.frames)) if start and not start.file else None,
    )


def parse_page(text: str) -> Parsed:
    """A saved page of 1001tracklists. Raises BlockedPage and UnreadablePage of several kinds, EmptyTracklist."""
    return read_page(text)


_PARSERS: Final[Mapping[PastedKind, Callable[[str], Parsed]]] = {
    "text": parse_text,
    "labels": parse_labels,
    "cue": parse_cue,
    "html": parse_page,
}

"""What can be wrong with a sheet, however it is written: names, numbers and texts. Times are `timing_rules`.

Each rule looks at all of the sheet once. `judge` is all of them.
"""

import re
from typing import Final

from api_queue.formats.cue.file_types import LEGAL_TYPES, types_of
from api_queue.formats.cue.findings import Findings, in_order
from api_queue.formats.cue.flac import judge_flac
from api_queue.formats.cue.sheet import Finding, Places, Sheet, Track
from api_queue.formats.cue.timing_rules import judge_times
from api_queue.formats.cue.variants import ALL_FLAGS

#: What the grammar's two digits can count.
TRACKS_MAX: Final = 99
INDEX_MAX: Final = 99

_CATALOG: Final = re.compile(r"[0-9]{13}")
_ISRC: Final = re.compile(r"[A-Z0-9]{5}[0-9]{7}")
_NO_BASE_NAME: Final = re.compile(r"[/\\\x00-\x1f]|^[A-Za-z]:|^\.{0,2}$")


def judge(
    sheet: Sheet, places: Places | None = None, *, audio_ms: int | None = None, served: bool = False
) -> tuple[Finding, ...]:
    """`places` where the sheet was read, `audio_ms` where the length of its only file is known. One that is `served`
    names files that lie beside it, and nothing else of the machine.
    """
    found, places = Findings(), places or Places()
    for rule in (_files, _tracks, _track_numbers, _index_numbers, _texts, _codes, judge_flac):
        rule(sheet, places, found)
    judge_times(sheet, places, found, audio_ms)
    if served:
        _served(sheet, places, found)
    return in_order(found)


def _files(sheet: Sheet, places: Places, found: Findings) -> None:
    if not sheet.files:
        found.add("no_file")
    for place, file in enumerate(sheet.files):
        line = places.file(place)
        expected = types_of(file.name)
        if file.kind not in LEGAL_TYPES:
            found.add("file_type_unknown", line, value=file.kind)
        elif expected and file.kind not in expected:
            found.add("file_type_mismatch", line, value=file.name, kind=file.kind, expected=" or ".join(expected))


def _served(sheet: Sheet, places: Places, found: Findings) -> None:
    for place, file in enumerate(sheet.files):
        if _NO_BASE_NAME.search(file.name):
            found.add("unsafe_file_name", places.file(place), value=file.name)


def _tracks(sheet: Sheet, places: Places, found: Findings) -> None:
    if not sheet.tracks:
        found.add("no_track")
    for place, track in enumerate(sheet.tracks):
        if track.mode != "AUDIO":
            found.add("not_audio", places.track(place), track=track.number, value=track.mode)
        start = track.start
        if start is None or start.number != 1:
            code = "only_index_00" if start and start.number == 0 else "no_index"
            found.add(code, places.track(place), track=track.number)


def _track_numbers(sheet: Sheet, places: Places, found: Findings) -> None:
    due = 1
    for place, track in enumerate(sheet.tracks):
        if track.number < due:
            found.add("track_number", places.track(place), number=track.number, expected=due)
        elif place and track.number > due:
            found.add("track_gap", places.track(place), number=track.number, expected=due)
        due = track.number + 1
    numbers = enumerate(track.number for track in sheet.tracks)
    past = next((place for place, number in numbers if number > TRACKS_MAX or place >= TRACKS_MAX), None)
    if past is not None:
        found.add("over_99_tracks", places.track(past))


def _index_numbers(sheet: Sheet, places: Places, found: Findings) -> None:
    at = 0
    for track in sheet.tracks:
        due = 0
        for index in track.indexes:
            if index.number != max(due, 1) or index.number > INDEX_MAX:
                _index_number(track, index.number, due, places.index(at), found)
            due = index.number + 1
            at += 1


def _index_number(track: Track, number: int, due: int, line: int, found: Findings) -> None:
    """The first is 00 or 01."""
    if number < due:
        found.add("index_number", line, number=number, track=track.number, expected=due)
    elif number > max(due, 1):
        found.add("index_gap", line, number=number, track=track.number, expected=max(due, 1))
    if number > INDEX_MAX:
        found.add("over_99_indexes", line, number=number, track=track.number)


def _texts(sheet: Sheet, places: Places, found: Findings) -> None:
    if not sheet.title:
        found.add("title_missing", whose="The sheet")
    for place, track in enumerate(sheet.tracks):
        if not track.title:
            found.add("title_missing", places.track(place), whose=f"Track {track.number:02}")
        if not (track.performer or sheet.performer):
            found.add("performer_missing", places.track(place), whose=f"Track {track.number:02}")


def _codes(sheet: Sheet, places: Places, found: Findings) -> None:
    if sheet.catalog is not None and _CATALOG.fullmatch(sheet.catalog) is None:
        found.add("catalog_malformed", places.other("CATALOG"), value=sheet.catalog)
    for place, track in enumerate(sheet.tracks):
        if track.isrc is not None and _ISRC.fullmatch(track.isrc.replace("-", "")) is None:
            found.add("isrc_malformed", places.other("ISRC", place), track=track.number, value=track.isrc)
        for flag in track.flags:
            if flag not in ALL_FLAGS:
                found.add("flag_unknown", places.other("FLAGS", place), track=track.number, value=flag)

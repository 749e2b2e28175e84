"""What can be wrong with the times of a sheet."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from api_queue.formats.cue.findings import Findings
from api_queue.formats.cue.sheet import Index, Places, Sheet
from api_queue.formats.cue.times import FRAMES_A_SECOND, format_msf, frames_of

#: Of a disc.
TRACK_MIN_FRAMES: Final = 4 * FRAMES_A_SECOND
MINUTES_MAX: Final = 99
#: A set whose tracks would be shorter than this, on average, is more likely to count hours.
HOURS_SUSPECTED_FRAMES: Final = 10 * FRAMES_A_SECOND
#: Fewer say nothing.
HOURS_SUSPECTED_TRACKS: Final = 3


class Stop(msgspec.Struct, frozen=True, gc=False):
    """An INDEX of the track `number` and its line; `starts` where the track does."""

    number: int
    point: Index
    line: int
    starts: bool


def judge_times(sheet: Sheet, places: Places, found: Findings, audio_ms: int | None) -> None:
    """`audio_ms` where the length of the only file is known."""
    stops = list(_stops(sheet, places))
    starts = [stop for stop in stops if stop.starts]
    _rising(stops, found)
    _beginnings(sheet, stops, found)
    _lengths(starts, found)
    if sheet.dialect == "rekordbox":
        found.add("hours")
    else:
        _past_99_minutes(stops, found)
        _hours(sheet, starts, found)
    if audio_ms is not None and len(sheet.files) == 1:
        _within(frames_of(audio_ms), starts, found)


def _stops(sheet: Sheet, places: Places) -> Iterator[Stop]:
    at = 0
    for track in sheet.tracks:
        start = track.start
        for point in track.indexes:
            yield Stop(track.number, point, places.index(at), point is start)
            at += 1


def _rising(stops: Sequence[Stop], found: Findings) -> None:
    """Two tracks that begin together are told by `_lengths`: DJs mean it."""
    last: dict[int, Stop] = {}
    for stop in stops:
        before, last[stop.point.file] = last.get(stop.point.file), stop
        if before is None or stop.point.frames > before.point.frames:
            continue
        if stop.point.frames == before.point.frames and stop.starts and before.starts:
            continue
        if found.wants("time_not_rising"):
            time, after = format_msf(stop.point.frames), format_msf(before.point.frames)
            number, track = stop.point.number, stop.number
            found.add("time_not_rising", stop.line, number=number, track=track, time=time, before=after)


def _beginnings(sheet: Sheet, stops: Sequence[Stop], found: Findings) -> None:
    seen = set[int]()
    for stop in stops:
        file, frames = stop.point.file, stop.point.frames
        if file not in seen:
            seen.add(file)
            if frames and sheet.files:
                found.add("first_index_not_zero", stop.line, value=sheet.files[file].name, time=format_msf(frames))


def _lengths(starts: Sequence[Stop], found: Findings) -> None:
    """From one start to the next in the same file."""
    for one, other in pairwise(starts):
        frames = other.point.frames - one.point.frames
        if frames >= TRACK_MIN_FRAMES or frames < 0 or one.point.file != other.point.file:
            continue
        if frames:
            _short(one, frames, found)
        elif found.wants("duplicate_start"):
            time = format_msf(other.point.frames)
            found.add("duplicate_start", other.line, track=other.number, time=time)


def _short(start: Stop, frames: int, found: Findings) -> None:
    found.add("track_short", start.line, track=start.number, seconds=frames / FRAMES_A_SECOND)


def _past_99_minutes(stops: Sequence[Stop], found: Findings) -> None:
    most = (MINUTES_MAX + 1) * 60 * FRAMES_A_SECOND
    past = next((stop for stop in stops if stop.point.frames >= most), None)
    if past is not None:
        found.add("over_99_minutes", past.line, time=format_msf(past.point.frames))


def _hours(sheet: Sheet, starts: Sequence[Stop], found: Findings) -> None:
    if len(sheet.files) != 1 or len(starts) < HOURS_SUSPECTED_TRACKS:
        return
    frames = (starts[-1].point.frames - starts[0].point.frames) / (len(starts) - 1)
    could_be = all(stop.point.frames % FRAMES_A_SECOND < 60 for stop in starts)
    if could_be and 0 < frames < HOURS_SUSPECTED_FRAMES:
        found.add("hours_suspected", starts[1].line, seconds=frames / FRAMES_A_SECOND)


def _within(end: int, starts: Sequence[Stop], found: Findings) -> None:
    for stop in starts:
        if stop.point.frames >= end and found.wants("beyond_audio"):
            time = format_msf(stop.point.frames)
            found.add("beyond_audio", stop.line, track=stop.number, time=time, end=format_msf(end))
    if starts and 0 < (rest := end - starts[-1].point.frames) < TRACK_MIN_FRAMES:
        _short(starts[-1], rest, found)

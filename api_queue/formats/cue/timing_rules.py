"""What can be wrong with the times of a sheet."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

from api_queue.formats.cue.findings import Findings
from api_queue.formats.cue.sheet import Index, Places, Sheet, Track
from api_queue.formats.cue.times import FRAMES_A_SECOND, format_msf, frames_of

#: Of a disc.
TRACK_MIN_FRAMES: Final = 4 * FRAMES_A_SECOND
MINUTES_MAX: Final = 99
#: A set whose tracks would be shorter than this, on average, is more likely to count hours.
HOURS_SUSPECTED_FRAMES: Final = 10 * FRAMES_A_SECOND
#: Fewer say nothing.
HOURS_SUSPECTED_TRACKS: Final = 3


class Stop(NamedTuple):
    """An INDEX and where it stands."""

    place: int
    which: int
    track: Track
    point: Index


def _stops(sheet: Sheet) -> Iterator[Stop]:
    for place, track in enumerate(sheet.tracks):
        for which, index in enumerate(track.indexes):
            yield Stop(place, which, track, index)


def _starts(sheet: Sheet) -> Iterator[Stop]:
    for place, track in enumerate(sheet.tracks):
        if (start := track.start) is not None:
            yield Stop(place, track.indexes.index(start), track, start)


def rising(sheet: Sheet, places: Places, found: Findings) -> None:
    """Two tracks that begin together are told by `lengths`: DJs mean it."""
    last: dict[int, Stop] = {}
    for stop in _stops(sheet):
        before = last.get(stop.point.file)
        last[stop.point.file] = stop
        if before is None or stop.point.frames > before.point.frames or _begin_together(before, stop):
            continue
        line = places.of("INDEX", stop.place, stop.which)
        time, after = format_msf(stop.point.frames), format_msf(before.point.frames)
        found.add("time_not_rising", line, number=stop.point.number, track=stop.track.number, time=time, before=after)


def _begin_together(one: Stop, other: Stop) -> bool:
    both_start = one.point == one.track.start and other.point == other.track.start
    return both_start and one.place != other.place and one.point.frames == other.point.frames


def beginnings(sheet: Sheet, places: Places, found: Findings) -> None:
    seen: set[int] = set()
    for place, which, _, index in _stops(sheet):
        if index.file not in seen and index.frames and index.file < len(sheet.files):
            line, name = places.of("INDEX", place, which), sheet.files[index.file].name
            found.add("first_index_not_zero", line, value=name, time=format_msf(index.frames))
        seen.add(index.file)


def lengths(sheet: Sheet, places: Places, found: Findings) -> None:
    """From one start to the next in the same file."""
    for one, other in pairwise(_starts(sheet)):
        frames = other.point.frames - one.point.frames
        if one.point.file != other.point.file or frames < 0:
            continue
        if frames == 0:
            line = places.of("INDEX", other.place, other.which)
            found.add("duplicate_start", line, track=other.track.number, time=format_msf(other.point.frames))
        elif frames < TRACK_MIN_FRAMES:
            _short(one, frames, places, found)


def _short(start: Stop, frames: int, places: Places, found: Findings) -> None:
    line = places.of("INDEX", start.place, start.which)
    found.add("track_short", line, track=start.track.number, seconds=frames / FRAMES_A_SECOND)


def past_99_minutes(sheet: Sheet, places: Places, found: Findings) -> None:
    if sheet.dialect != "cdrwin":
        return
    most = (MINUTES_MAX + 1) * 60 * FRAMES_A_SECOND
    stop = next((stop for stop in _stops(sheet) if stop.point.frames >= most), None)
    if stop is not None:
        line = places.of("INDEX", stop.place, stop.which)
        found.add("over_99_minutes", line, time=format_msf(stop.point.frames))


def hours(sheet: Sheet, places: Places, found: Findings) -> None:
    if sheet.dialect == "rekordbox":
        found.add("hours")
        return
    starts = [stop.point for stop in _starts(sheet)]
    if len(sheet.files) != 1 or len(starts) < HOURS_SUSPECTED_TRACKS:
        return
    frames = (starts[-1].frames - starts[0].frames) / (len(starts) - 1)
    could_be = all(index.frames % FRAMES_A_SECOND < 60 for index in starts)
    if could_be and 0 < frames < HOURS_SUSPECTED_FRAMES:
        found.add("hours_suspected", places.of("INDEX", 1), seconds=frames / FRAMES_A_SECOND)


def within_audio(sheet: Sheet, places: Places, found: Findings, audio_ms: int) -> None:
    """Of a sheet with one file."""
    end, starts = frames_of(audio_ms), list(_starts(sheet))
    for stop in starts:
        if stop.point.frames >= end:
            line, time = places.of("INDEX", stop.place, stop.which), format_msf(stop.point.frames)
            found.add("beyond_audio", line, track=stop.track.number, time=time, end=format_msf(end))
    if starts and 0 < (rest := end - starts[-1].point.frames) < TRACK_MIN_FRAMES:
        _short(starts[-1], rest, places, found)


RULES: Final = (rising, beginnings, lengths, past_99_minutes, hours)

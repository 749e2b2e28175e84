"""What can be wrong with the times of a sheet."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

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


class Stop(NamedTuple):
    """An INDEX and where it stands; `starts` where the track does."""

    place: int
    which: int
    number: int
    point: Index
    starts: bool


def judge_times(sheet: Sheet, places: Places, found: Findings, audio_ms: int | None) -> None:
    """`audio_ms` where the length of the only file is known."""
    stops = list(_stops(sheet))
    starts = [stop for stop in stops if stop.starts]
    _rising(stops, places, found)
    _beginnings(sheet, stops, places, found)
    _lengths(starts, places, found)
    if sheet.dialect == "rekordbox":
        found.add("hours")
    else:
        _past_99_minutes(stops, places, found)
        _hours(sheet, starts, places, found)
    if audio_ms is not None and len(sheet.files) == 1:
        _within(frames_of(audio_ms), starts, places, found)


def _stops(sheet: Sheet) -> Iterator[Stop]:
    for place, track in enumerate(sheet.tracks):
        start = track.start
        for which, point in enumerate(track.indexes):
            yield Stop(place, which, track.number, point, point is start)


def _line(stop: Stop, places: Places) -> int:
    return places.of("INDEX", stop.place, stop.which)


def _rising(stops: Sequence[Stop], places: Places, found: Findings) -> None:
    """Two tracks that begin together are told by `_lengths`: DJs mean it."""
    last: dict[int, Stop] = {}
    for stop in stops:
        before, last[stop.point.file] = last.get(stop.point.file), stop
        if before is None or stop.point.frames > before.point.frames:
            continue
        if stop.point.frames == before.point.frames and stop.starts and before.starts:
            continue
        time, after = format_msf(stop.point.frames), format_msf(before.point.frames)
        numbers = {"number": stop.point.number, "track": stop.number}
        found.add("time_not_rising", _line(stop, places), None, time=time, before=after, **numbers)


def _beginnings(sheet: Sheet, stops: Sequence[Stop], places: Places, found: Findings) -> None:
    seen = set[int]()
    for stop in stops:
        file, frames = stop.point.file, stop.point.frames
        if file not in seen:
            seen.add(file)
            if frames and sheet.files:
                found.add(
                    "first_index_not_zero", _line(stop, places), value=sheet.files[file].name, time=format_msf(frames)
                )


def _lengths(starts: Sequence[Stop], places: Places, found: Findings) -> None:
    """From one start to the next in the same file."""
    for one, other in pairwise(starts):
        frames = other.point.frames - one.point.frames
        if frames >= TRACK_MIN_FRAMES or frames < 0 or one.point.file != other.point.file:
            continue
        if frames == 0:
            time = format_msf(other.point.frames)
            found.add("duplicate_start", _line(other, places), track=other.number, time=time)
        else:
            _short(one, frames, places, found)


def _short(start: Stop, frames: int, places: Places, found: Findings) -> None:
    seconds = frames / FRAMES_A_SECOND
    found.add("track_short", _line(start, places), track=start.number, seconds=seconds)


def _past_99_minutes(stops: Sequence[Stop], places: Places, found: Findings) -> None:
    most = (MINUTES_MAX + 1) * 60 * FRAMES_A_SECOND
    past = next((stop for stop in stops if stop.point.frames >= most), None)
    if past is not None:
        found.add("over_99_minutes", _line(past, places), time=format_msf(past.point.frames))


def _hours(sheet: Sheet, starts: Sequence[Stop], places: Places, found: Findings) -> None:
    if len(sheet.files) != 1 or len(starts) < HOURS_SUSPECTED_TRACKS:
        return
    frames = (starts[-1].point.frames - starts[0].point.frames) / (len(starts) - 1)
    could_be = all(stop.point.frames % FRAMES_A_SECOND < 60 for stop in starts)
    if could_be and 0 < frames < HOURS_SUSPECTED_FRAMES:
        found.add("hours_suspected", _line(starts[1], places), seconds=frames / FRAMES_A_SECOND)


def _within(end: int, starts: Sequence[Stop], places: Places, found: Findings) -> None:
    for stop in starts:
        if stop.point.frames >= end:
            time = format_msf(stop.point.frames)
            found.add("beyond_audio", _line(stop, places), track=stop.number, time=time, end=format_msf(end))
    if starts and 0 < (rest := end - starts[-1].point.frames) < TRACK_MIN_FRAMES:
        _short(starts[-1], rest, places, found)

"""Rules of times: what is wrong with those of a list, what would mend them, and where each track ends.

Only main rows count: the others have the time of the row above.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import Final, NamedTuple

import msgspec
from msgspec.structs import replace

from api_queue.formats.set_times import long_time
from api_queue.tracklists.audio_validation import NEXT, RECORDING, TOLERANCE_MS, Suggestion
from api_queue.tracklists.models import Entry
from api_queue.types import Milliseconds

SHORTEST_MS: Final = 30_000
LONGEST_MS: Final = 1_200_000
_HOUR_MS: Final = 3_600_000
#: Whatever else is wrong, with these a list cannot be cut.
UNCUTTABLE: Final = frozenset({"no_start", "negative", "times_fall", "end_before_start", "starts_beyond_audio"})


class Issue(msgspec.Struct, frozen=True):
    """`position` counts from 1 over all rows."""

    code: str
    position: int
    message: str


class _Row(NamedTuple):
    """A main row, and where the next one that has a time begins; for the last one that is where the recording ends."""

    position: int
    entry: Entry
    next_ms: int | None
    is_last: bool


def issues(entries: Sequence[Entry], audio_ms: Milliseconds | None) -> list[Issue]:
    found = [issue for row in _rows(entries, audio_ms) for issue in _of_row(row, audio_ms)]
    return [*found, *_gone_back(entries)]


def suggestions(entries: Sequence[Entry], audio_ms: Milliseconds | None) -> list[Suggestion]:
    """What is most likely meant. Where starts are to be mended, ends come after that."""
    rows = _rows(entries, audio_ms)
    starts = [*_hours_forgotten(entries, audio_ms), *_spread(rows)]
    return starts or [fix for row in rows for fix in _fixes(row, audio_ms)]


def with_ends(entries: Sequence[Entry], audio_ms: Milliseconds | None) -> tuple[Entry, ...]:
    """Each track ends where the next begins, and the last with the recording."""
    ends = {row.position: row.next_ms for row in _rows(entries, audio_ms) if _is_after(row)}
    return tuple(
        replace(entry, end_ms=Milliseconds(end_ms)) if (end_ms := ends.get(position)) is not None else entry
        for position, entry in enumerate(entries, 1)
    )


def _rows(entries: Sequence[Entry], audio_ms: int | None) -> list[_Row]:
    main = [(position, entry) for position, entry in enumerate(entries, 1) if entry.kind == "main"]
    rows: list[_Row] = []
    next_ms = audio_ms
    for position, entry in reversed(main):
        rows.append(_Row(position, entry, next_ms, is_last=not rows))
        next_ms = next_ms if entry.start_ms is None else entry.start_ms
    return rows[::-1]


def _is_after(row: _Row) -> bool:
    return row.entry.start_ms is not None and row.next_ms is not None and row.next_ms > row.entry.start_ms


# -- what is wrong ---------------------------------------------------------------------------------------------


def _of_row(row: _Row, audio_ms: int | None) -> Iterator[Issue]:
    at, start_ms, end_ms = row.position, row.entry.start_ms, row.entry.end_ms
    if start_ms is None:
        yield Issue("no_start", at, f"Row {at} has no start time.")
        return
    if start_ms < 0:
        yield Issue("negative", at, f"Row {at} begins before the recording does.")
    if end_ms is not None and end_ms <= start_ms:
        yield Issue("end_before_start", at, f"Row {at} ends before it begins.")
    if audio_ms is not None and start_ms >= audio_ms:
        yield Issue("starts_beyond_audio", at, f"Row {at} begins after the recording has ended, {long_time(audio_ms)}.")
    elif audio_ms is not None and end_ms is not None and end_ms > audio_ms + TOLERANCE_MS:
        yield Issue("ends_beyond_audio", at, f"Row {at} ends after the recording does, {long_time(audio_ms)}.")
    if not row.is_last and end_ms is not None and row.next_ms is not None and end_ms > row.next_ms > start_ms:
        yield Issue("overlap", at, f"Row {at} ends after the next one has begun, at {long_time(row.next_ms)}.")
    yield from _length(row, start_ms)


def _length(row: _Row, start_ms: int) -> Iterator[Issue]:
    end_ms = row.next_ms if row.entry.end_ms is None else row.entry.end_ms
    length_ms = None if end_ms is None else end_ms - start_ms
    if length_ms is not None and 0 < length_ms < SHORTEST_MS:
        yield Issue("too_short", row.position, f"Row {row.position} is shorter than 30 seconds.")
    if length_ms is not None and length_ms > LONGEST_MS:
        yield Issue("too_long", row.position, f"Row {row.position} is longer than 20 minutes.")


def _gone_back(entries: Sequence[Entry]) -> Iterator[Issue]:
    """Two that begin together are one track and what is played with it."""
    for _, before_ms, at, start_ms in _pairs(entries):
        if start_ms <= before_ms:
            said = f"Row {at} begins at {long_time(start_ms)}, and the one above at {long_time(before_ms)}."
            together = " If they are played together, the lower one is of the kind `with`."
            yield Issue("times_fall", at, said + (together if start_ms == before_ms else ""))


def _pairs(entries: Iterable[Entry]) -> Iterator[tuple[int, int, int, int]]:
    """Neighbours that have a time: position and start of both."""
    timed = [
        (position, entry.start_ms)
        for position, entry in enumerate(entries, 1)
        if entry.kind == "main" and entry.start_ms is not None
    ]
    for above, below in pairwise(timed):
        yield (*above, *below)


# -- what would mend it ----------------------------------------------------------------------------------------


def _fixes(row: _Row, audio_ms: int | None) -> Iterator[Suggestion]:
    at, start_ms, end_ms = row.position, row.entry.start_ms, row.entry.end_ms
    if start_ms is None:
        return
    if audio_ms is not None and start_ms >= audio_ms:
        message = f"Remove row {at}: the recording ends before it begins."
        yield Suggestion(code="starts_beyond_audio", position=at, action="remove", message=message)
    elif _is_after(row) and (end_ms is None or not start_ms < end_ms <= (row.next_ms or 0)):
        code = "no_end" if end_ms is None else "overlap" if end_ms > start_ms else "end_before_start"
        message = f"Let row {at} end at {RECORDING if row.is_last else NEXT}, {long_time(row.next_ms or 0)}."
        time_ms = Milliseconds(row.next_ms or 0)
        yield Suggestion(code=code, position=at, action="set_end", message=message, time_ms=time_ms)


def _hours_forgotten(entries: Sequence[Entry], audio_ms: int | None) -> Iterator[Suggestion]:
    """`59:30` and then `02:15`: whoever wrote it has left out the hour, there and from there on."""
    added_ms = 0
    for _, before_ms, at, start_ms in _pairs(entries):
        added_ms += _HOUR_MS if before_ms - start_ms > _HOUR_MS // 2 else 0
        if added_ms and (audio_ms is None or start_ms + added_ms < audio_ms):
            said = f"an hour seems to be missing from {long_time(start_ms)}"
            yield _start("times_fall", at, start_ms + added_ms, said)


def _spread(rows: Sequence[_Row]) -> Iterator[Suggestion]:
    """Rows without a time, evenly between those that have one."""
    before_ms = -1
    for unknown, run in groupby(rows, lambda row: row.entry.start_ms is None):
        some = list(run)
        if unknown and (next_ms := some[0].next_ms) is not None and next_ms > before_ms:
            steps = len(some) + (before_ms >= 0)
            first = 0 if before_ms < 0 else 1
            for place, row in enumerate(some, first):
                start_ms = max(before_ms, 0) + (next_ms - max(before_ms, 0)) * place // steps
                yield _start("no_start", row.position, start_ms, "an estimate, evenly between its neighbours")
        before_ms = some[-1].entry.start_ms or 0


def _start(code: str, at: int, time_ms: int, why: str) -> Suggestion:
    message = f"Let row {at} begin at {long_time(time_ms)}: {why}."
    return Suggestion(code=code, position=at, action="set_start", message=message, time_ms=Milliseconds(time_ms))

"""Whether a tracklist fits its recording, and what would make it fit: the rules and the words of source 003."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import msgspec

from api_queue.tracklists.models import Entry
from api_queue.types import Milliseconds

#: What the end of a list and that of its recording may differ by.
TOLERANCE_MS: Final = 2_000
GAP_MS: Final = 1_000
OVERLAP_MS: Final = 100
SHORT_MS: Final = 5_000
LONG_MS: Final = 900_000
#: What a track may end at, in words.
NEXT: Final = "the start of the next track"
RECORDING: Final = "the end of the recording"


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """One change that would mend one row: `time_ms` for its start or its end, None where it is to be removed.

    `position` counts from 1 over all rows, as in the list itself.
    """

    code: str
    position: int
    action: Literal["set_start", "set_end", "remove"]
    message: str
    time_ms: Milliseconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioReport:
    """`tracklist_ms` is where the last track ends, None where nobody said so. Without `errors` it fits."""

    audio_ms: Milliseconds | None
    tracklist_ms: Milliseconds | None
    track_count: int
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def valid(self) -> bool:
        return not self.errors

    @property
    def difference_ms(self) -> int | None:
        if self.audio_ms is None or self.tracklist_ms is None:
            return None
        return abs(self.audio_ms - self.tracklist_ms)


@dataclass(frozen=True, slots=True)
class Span:
    """A main row. An `end_ms` of None: nobody said."""

    position: int
    start_ms: int
    end_ms: int | None


@dataclass(frozen=True, slots=True)
class Fault:
    """Without `suggestions` where only a person can know."""

    message: str
    suggestions: tuple[Suggestion, ...] = ()


Rule = Callable[[Sequence[Span], int | None], Iterator[Fault]]


def validate(entries: Sequence[Entry], audio_ms: Milliseconds | None) -> AudioReport:
    """`audio_ms` is None for a file whose length cannot be read."""
    spans = spans_of(entries)
    tracklist_ms = Milliseconds(spans[-1].end_ms) if spans and spans[-1].end_ms is not None else None
    errors = list(_errors(spans, audio_ms, tracklist_ms))
    heard = [span for span in spans if audio_ms is None or span.start_ms < audio_ms]
    warnings = [fault for rule in _WARNINGS for fault in rule(heard, audio_ms)]
    suggestions = tuple(each for fault in (*errors, *warnings) for each in fault.suggestions)
    return AudioReport(
        audio_ms=audio_ms,
        tracklist_ms=tracklist_ms,
        track_count=sum(entry.kind == "main" for entry in entries),
        errors=tuple(fault.message for fault in errors),
        warnings=tuple(fault.message for fault in warnings),
        suggestions=suggestions,
    )


def spans_of(entries: Sequence[Entry]) -> list[Span]:
    """Of the main rows that have a time."""
    return [
        Span(position, entry.start_ms, entry.end_ms)
        for position, entry in enumerate(entries, 1)
        if entry.kind == "main" and entry.start_ms is not None
    ]


def apply(entries: Sequence[Entry], suggestions: Sequence[Suggestion]) -> tuple[Entry, ...]:
    """The list with these changes. A row that goes takes with it what is played together with it."""
    changed = list(entries)
    gone = {each.position for each in suggestions if each.action == "remove"}
    for each in suggestions:
        if each.action != "remove":
            field = "start_ms" if each.action == "set_start" else "end_ms"
            changed[each.position - 1] = msgspec.structs.replace(changed[each.position - 1], **{field: each.time_ms})
    return tuple(_without(changed, gone))


def _without(entries: Sequence[Entry], gone: set[int]) -> Iterator[Entry]:
    going = False
    for position, entry in enumerate(entries, 1):
        going = position in gone or (going and entry.kind != "main")
        if not going:
            yield entry


# -- errors ----------------------------------------------------------------------------------------------------


def _errors(spans: Sequence[Span], audio_ms: int | None, tracklist_ms: int | None) -> Iterator[Fault]:
    if not spans:
        yield Fault("The tracklist has no tracks with a time")
    if audio_ms is None:
        yield Fault("The audio file has no readable duration")
        return
    if tracklist_ms is not None and abs(audio_ms - tracklist_ms) > TOLERANCE_MS:
        yield _mismatch(spans[-1], audio_ms, tracklist_ms)
    for span in spans:
        yield from _beyond(span, audio_ms, is_last=span is spans[-1])


def _mismatch(last: Span, audio_ms: int, tracklist_ms: int) -> Fault:
    difference_ms = abs(audio_ms - tracklist_ms)
    said = f"Duration mismatch: audio={_s(audio_ms)}, tracklist={_s(tracklist_ms)}, diff={_s(difference_ms)}"
    fix = _end("duration_mismatch", last, audio_ms, RECORDING)
    return Fault(said, (fix,) if last.start_ms < audio_ms else ())


def _beyond(span: Span, audio_ms: int, *, is_last: bool) -> Iterator[Fault]:
    if span.start_ms >= audio_ms:
        said = f"Track {span.position} starts at {_s(span.start_ms)}, beyond the audio ({_s(audio_ms)})"
        message = f"Remove row {span.position}: the recording ends before it begins."
        fix = Suggestion(code="starts_beyond_audio", position=span.position, action="remove", message=message)
        yield Fault(said, (fix,))
    elif span.end_ms is not None and span.end_ms > audio_ms + TOLERANCE_MS:
        said = f"Track {span.position} ends at {_s(span.end_ms)}, beyond the audio ({_s(audio_ms)})"
        yield Fault(said, () if is_last else (_end("ends_beyond_audio", span, audio_ms, RECORDING),))


# -- warnings --------------------------------------------------------------------------------------------------


def _unended(spans: Sequence[Span], audio_ms: int | None) -> Iterator[Fault]:
    if not spans or any(span.end_ms is not None for span in spans):
        return
    fixes = [_end("no_end_times", span, after.start_ms, NEXT) for span, after in pairwise(spans)]
    if audio_ms is not None and audio_ms > spans[-1].start_ms:
        fixes.append(_end("no_end_times", spans[-1], audio_ms, RECORDING))
    yield Fault("No end times, so that the length of the tracklist is not known", tuple(fixes))


def _gaps(spans: Sequence[Span], _audio_ms: int | None) -> Iterator[Fault]:
    for span, after in pairwise(spans):
        if span.end_ms is not None and after.start_ms - span.end_ms > GAP_MS:
            said = f"Gap of {_s(after.start_ms - span.end_ms)} between tracks {span.position} and {after.position}"
            yield Fault(said, (_end("gap", span, after.start_ms, NEXT),))


def _overlaps(spans: Sequence[Span], _audio_ms: int | None) -> Iterator[Fault]:
    for span, after in pairwise(spans):
        if span.end_ms is not None and span.end_ms - after.start_ms > OVERLAP_MS:
            said = f"Overlap of {_s(span.end_ms - after.start_ms)} between tracks {span.position} and {after.position}"
            rises = after.start_ms > span.start_ms
            yield Fault(said, (_end("overlap", span, after.start_ms, NEXT),) if rises else ())


def _lengths(spans: Sequence[Span], audio_ms: int | None) -> Iterator[Fault]:
    starts = [span.start_ms for span in spans[1:]]
    for span, following_ms in zip(spans, [*starts, audio_ms], strict=False):
        end_ms = following_ms if span.end_ms is None else span.end_ms
        length_ms = None if end_ms is None else end_ms - span.start_ms
        if length_ms is not None and 0 <= length_ms < SHORT_MS:
            yield Fault(f"Track {span.position} is very short: {_s(length_ms)}")
        elif length_ms is not None and length_ms > LONG_MS:
            yield Fault(f"Track {span.position} is very long: {_s(length_ms)}")


def _negative(spans: Sequence[Span], _audio_ms: int | None) -> Iterator[Fault]:
    for span in spans:
        if span.start_ms < 0:
            yield Fault(f"Track {span.position} starts before the recording: {_s(span.start_ms)}", (_at_0(span),))


def _at_0(span: Span) -> Suggestion:
    message, at = f"Let row {span.position} begin with the recording.", Milliseconds(0)
    return Suggestion(code="negative_start", position=span.position, action="set_start", message=message, time_ms=at)


_WARNINGS: Final[tuple[Rule, ...]] = (_unended, _gaps, _overlaps, _lengths, _negative)


def _end(code: str, span: Span, time_ms: int, what: str) -> Suggestion:
    message = f"Let row {span.position} end at {what}, {_s(time_ms)}."
    at = Milliseconds(time_ms)
    return Suggestion(code=code, position=span.position, action="set_end", message=message, time_ms=at)


def _s(ms: int) -> str:
    return f"{ms / 1000:.2f}s"

"""A CUE sheet held against a recording: whether it fits, and what would mend the list that it was made of."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from api_queue.formats.cue.reading import read
from api_queue.formats.cue.sheet import Reading
from api_queue.tracklists.audio_validation import AudioReport, Suggestion, validate
from api_queue.tracklists.cue_building import Recording
from api_queue.tracklists.models import Entry
from api_queue.tracklists.sources import from_reading
from api_queue.types import Milliseconds


@dataclass(frozen=True, slots=True)
class Judgement:
    """`report` is None without a recording; `suggestions` are for the rows of the list, not for the sheet's tracks."""

    reading: Reading
    recording: Recording | None = None
    report: AudioReport | None = None
    suggestions: tuple[Suggestion, ...] = ()


def judge(
    text: bytes, recording: Recording | None = None, rows: Sequence[Entry] = (), *, served: bool = False
) -> Judgement:
    """`rows` are those of the list, where it is known; `served`: others can download it. A mebibyte takes 0.1 s."""
    reading = read(text, served=served)
    if recording is None:
        return Judgement(reading)
    audio_ms = recording.duration_ms
    report = validate(tracks_as_rows(reading, audio_ms), audio_ms)
    return Judgement(reading, recording, report, validate(rows, audio_ms).suggestions if rows else ())


def tracks_as_rows(reading: Reading, audio_ms: Milliseconds | None) -> list[Entry]:
    """In a sheet a track ends where the next one begins, or with the recording."""
    entries = from_reading(reading).facts.entries
    starts = [entry.start_ms for entry in entries]
    return [
        replace(entry, end_ms=min((ms for ms in (after_ms, audio_ms) if ms is not None), default=None))
        for entry, after_ms in zip(entries, [*starts[1:], None], strict=False)
    ]

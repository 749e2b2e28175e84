"""The text of a CUE file: of what a tracklist tells, or of another file. A thousand rows take 50 ms."""

from dataclasses import dataclass

from msgspec.structs import replace

from api_queue.formats.cue.conversion import convert
from api_queue.formats.cue.reading import read
from api_queue.formats.cue.sheet import Sheet
from api_queue.formats.cue.variants import VARIANTS, VariantName
from api_queue.formats.cue.writing import encode
from api_queue.tracklists.audio_validation import AudioReport, apply, validate
from api_queue.tracklists.cue_building import CueOptions, Recording, build
from api_queue.tracklists.models import Facts


@dataclass(frozen=True, slots=True)
class Written:
    """`notes` tell what was decided, changed and left out; `report` is None where there is no recording."""

    text: str
    track_count: int
    notes: tuple[str, ...]
    report: AudioReport | None = None


def write(facts: Facts, variant: VariantName, options: CueOptions, recording: Recording | None) -> Written:
    """Raises what `build` and `convert` raise."""
    report = validate(facts.entries, recording.duration_ms) if recording else None
    if report and options.apply_fixes:
        facts = replace(facts, entries=apply(facts.entries, report.suggestions))
        report = validate(facts.entries, report.audio_ms)
    built = build(facts, options, recording)
    return _written(built.sheet, variant, options, tuple(note.message for note in built.notes), report)


def rewrite(text: bytes, variant: VariantName, options: CueOptions, *, preserve: bool) -> Written:
    """Without `preserve` no REM line is taken along. Raises what `convert` raises."""
    sheet = read(text).sheet
    return _written(sheet if preserve else _without_remarks(sheet), variant, options)


def _written(
    sheet: Sheet,
    variant: VariantName,
    options: CueOptions,
    notes: tuple[str, ...] = (),
    report: AudioReport | None = None,
) -> Written:
    changed = convert(sheet, VARIANTS[variant], refuse=options.past_99 == "refuse")
    text = encode(changed.sheet, bom=options.bom).decode()
    return Written(text, len(changed.sheet.tracks), (*notes, *changed.notes), report)


def _without_remarks(sheet: Sheet) -> Sheet:
    tracks = tuple(replace(track, remarks=()) for track in sheet.tracks)
    return replace(sheet, remarks=(), tracks=tracks)

"""From a sheet to a variant of it: what the variant cannot hold is left out, cut, or refused, and each is said."""

from collections.abc import Callable
from functools import partial
from typing import Final

from msgspec.structs import replace

from api_queue.errors import SeveralCueFiles, TooManyCueTracks
from api_queue.formats.cue.sheet import Remark, Sheet, Track
from api_queue.formats.cue.strict import Changed, strict, tracks_of, with_texts
from api_queue.formats.cue.validating import TRACKS_MAX
from api_queue.formats.cue.variants import Variant

_THREE_DIGITS: Final = "Tracks past 99 have numbers of three digits, which cuetools, libcue and burners do not read."
_SPLIT: Final = "An INDEX in another file than where its track begins is left out"
_GAPS: Final = "PREGAP and POSTGAP are left out"
_ISRC: Final = "ISRC is left out"


def convert(sheet: Sheet, variant: Variant, *, refuse: bool = True) -> Changed:
    """Raises UnwritableSheet; SeveralCueFiles where the variant holds one; TooManyCueTracks, unless `refuse` is off:
    then they are written with three digits.
    """
    changed = _whole(sheet, variant).then(strict)
    count, files = len(changed.sheet.tracks), len(changed.sheet.files)
    if files > 1 and not variant.several_files:
        raise SeveralCueFiles(variant=variant.name, count=files)
    if refuse and variant.tracks_max is not None and count > variant.tracks_max:
        raise TooManyCueTracks(variant=variant.name, most=variant.tracks_max, count=count)
    steps = (_without_gaps, _without_isrc, _flagged, _remarked, _short)
    return changed.then(*(partial(step, variant=variant) for step in steps), _counted)


def preview(source: Variant, target: Variant) -> tuple[str, ...]:
    """What a sheet loses that holds all that `source` can."""
    return tuple(said for said, lost in _losses(source, target).items() if lost)


def _losses(source: Variant, target: Variant) -> dict[str, bool]:
    most = target.tracks_max
    return {
        f"More than {most} tracks are refused, or written with three digits on demand.": most is not None
        and (source.tracks_max is None or source.tracks_max > most),
        "A sheet of several files is refused.": source.several_files and not target.several_files,
        f"{_SPLIT}.": source.split_tracks and not target.split_tracks,
        f"{_GAPS}.": source.gaps and not target.gaps,
        f"{_ISRC}.": source.isrc and not target.isrc,
        f"{_flags_but(target)}.": not set(source.flags) <= set(target.flags),
        f"{_remarks_but(target)}.": target.remarks is not None
        and not (source.remarks is not None and set(source.remarks) <= set(target.remarks)),
        f"{_cut(target)}.": source.text_max > target.text_max,
    }


def _flags_but(variant: Variant) -> str:
    return f"FLAGS are left out{_but(variant.flags)}"


def _remarks_but(variant: Variant) -> str:
    return f"REM lines are left out{_but(variant.remarks or ())}"


def _cut(variant: Variant) -> str:
    return f"Texts are cut after {variant.text_max} letters"


def _but(words: tuple[str, ...]) -> str:
    return f" but {', '.join(words)}" if words else ""


# -- steps -----------------------------------------------------------------------------------------------------


def _each(sheet: Sheet, change: Callable[[Track], Track], said: str) -> Changed:
    tracks = tuple(map(change, sheet.tracks))
    touched = [before for before, after in zip(sheet.tracks, tracks, strict=True) if before != after]
    return Changed(replace(sheet, tracks=tracks), (f"{said}: {tracks_of(touched)}.",) if touched else ())


def _whole(sheet: Sheet, variant: Variant) -> Changed:
    return Changed(sheet) if variant.split_tracks else _each(sheet, _in_one_file, _SPLIT)


def _in_one_file(track: Track) -> Track:
    file = track.start.file if track.start else 0
    return replace(track, indexes=tuple(index for index in track.indexes if index.file == file))


def _without_gaps(sheet: Sheet, variant: Variant) -> Changed:
    return Changed(sheet) if variant.gaps else _each(sheet, partial(replace, pregap=None, postgap=None), _GAPS)


def _without_isrc(sheet: Sheet, variant: Variant) -> Changed:
    return Changed(sheet) if variant.isrc else _each(sheet, partial(replace, isrc=None), _ISRC)


def _flagged(sheet: Sheet, variant: Variant) -> Changed:
    def kept(track: Track) -> Track:
        return replace(track, flags=tuple(flag for flag in track.flags if flag in variant.flags))

    return _each(sheet, kept, _flags_but(variant))


def _remarked(sheet: Sheet, variant: Variant) -> Changed:
    known = partial(_is_known, variant=variant)
    head = tuple(filter(known, sheet.remarks))
    tracks = tuple(replace(track, remarks=tuple(filter(known, track.remarks))) for track in sheet.tracks)
    every = (*sheet.remarks, *(remark for track in sheet.tracks for remark in track.remarks))
    lost = ", ".join(dict.fromkeys(remark.key or "free text" for remark in every if not known(remark)))
    added = tuple(remark for remark in variant.adds if remark.key not in {has.key for has in head})
    changed = replace(sheet, remarks=(*head, *added), tracks=tracks)
    return Changed(changed, (f"{_remarks_but(variant)}: {lost}.",) if lost else ())


def _is_known(remark: Remark, variant: Variant) -> bool:
    return variant.remarks is None or remark.key in variant.remarks


def _short(sheet: Sheet, variant: Variant) -> Changed:
    short, touched = with_texts(sheet, lambda text: text[: variant.text_max].rstrip())
    where = f": {tracks_of(touched)}" if touched else ""
    return Changed(short, (f"{_cut(variant)}{where}.",) if short != sheet else ())


def _counted(sheet: Sheet) -> Changed:
    return Changed(sheet, (_THREE_DIGITS,) if len(sheet.tracks) > TRACKS_MAX else ())

"""A sheet as every reader takes it: base names, three types of file, tracks and indexes numbered without holes, times
that rise, the first of each file at 0. What that changes is said in sentences.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from api_queue.errors import UnwritableSheet
from api_queue.formats.cue.file_types import kind_of
from api_queue.formats.cue.sheet import File, Index, Remark, Sheet, Track
from api_queue.formats.cue.times import format_msf
from api_queue.formats.cue.writing import clean, quotable

_Of = TypeVar("_Of", Sheet, Track)


class Changed(msgspec.Struct, frozen=True):
    """`notes` say in sentences what of the sheet was changed or left out."""

    sheet: Sheet
    notes: tuple[str, ...] = ()

    def then(self, *steps: Callable[[Sheet], "Changed"]) -> "Changed":
        changed = self
        for step in steps:
            after = step(changed.sheet)
            changed = Changed(after.sheet, changed.notes + after.notes)
        return changed


def strict(sheet: Sheet) -> Changed:
    """Raises UnwritableSheet when nobody can tell where each track begins."""
    _demand(sheet)
    steps = (_cdrwin, _without_others, _unquoted, _filed, joined, _distinct, opened, _numbered)
    return Changed(sheet).then(*steps)


def joined(sheet: Sheet) -> Changed:
    """Tracks that begin at the same time are one: `A / B`."""
    groups = [list(group) for _, group in groupby(sheet.tracks, _begin)]
    tracks = tuple(_one(group) for group in groups)
    notes = (
        f"{tracks_of(group).capitalize()} begin at the same time, and become one track."
        for group in groups
        if len(group) > 1
    )
    return Changed(replace(sheet, tracks=tracks), tuple(notes))


def opened(sheet: Sheet) -> Changed:
    """Each file begins at 0 with an INDEX: players cut off what lies before the first."""
    seen: set[int] = set()
    late, tracks = [], []
    for track in sheet.tracks:
        first = track.indexes[0]
        if first.frames and first.file not in seen:
            late.append(track)
            track = replace(track, indexes=_from_zero(track.indexes))  # noqa: PLW2901
        seen.update(index.file for index in track.indexes)
        tracks.append(track)
    said = f"What lies before the first INDEX becomes a gap, INDEX 00 at 00:00:00: {tracks_of(late)}."
    return Changed(replace(sheet, tracks=tuple(tracks)), (said,) if late else ())


def with_texts(sheet: Sheet, change: Callable[[str], str]) -> tuple[Sheet, list[Track]]:
    """The sheet with `change` made to each title and name, and the tracks in which it changed one."""
    tracks = tuple(_texts(track, change) for track in sheet.tracks)
    touched = [before for before, after in zip(sheet.tracks, tracks, strict=True) if before != after]
    return replace(_texts(sheet, change), tracks=tracks), touched


def tracks_of(tracks: Sequence[Track]) -> str:
    """`track 3`, `tracks 3, 4, 5`; the first ten."""
    numbers = ", ".join(str(track.number) for track in tracks[:10])
    more = f" and {len(tracks) - 10} more" if len(tracks) > 10 else ""
    return f"{'track' if len(tracks) == 1 else 'tracks'} {numbers}{more}"


def _demand(sheet: Sheet) -> None:
    if not sheet.files or not sheet.tracks:
        raise UnwritableSheet(reason=f"it has no {'TRACK' if sheet.files else 'FILE'}")
    if bare := [track for track in sheet.tracks if not track.indexes]:
        raise UnwritableSheet(reason=f"{tracks_of(bare)} has no INDEX, so nobody knows where it begins")
    for (_, before), (track, after) in pairwise(_moments(sheet)):
        if (after.file, after.frames) < (before.file, before.frames):
            times = f"{format_msf(after.frames)} after {format_msf(before.frames)}"
            raise UnwritableSheet(reason=f"times must rise, and track {track.number} has {times}")


def _moments(sheet: Sheet) -> Iterator[tuple[Track, Index]]:
    return ((track, index) for track in sheet.tracks for index in track.indexes)


def _begin(track: Track) -> tuple[int, int]:
    start = track.start or track.indexes[0]
    return start.file, start.frames


def _one(tracks: Sequence[Track]) -> Track:
    """The first, with the names of all and the indexes of the others that come later."""
    first, *others = tracks
    if not others:
        return first
    later = (index for track in others for index in track.indexes if (index.file, index.frames) > _begin(first))
    titles, performers = (_listed(track.title for track in tracks), _listed(track.performer for track in tracks))
    return replace(first, title=titles, performer=performers, indexes=(*first.indexes, *later))


def _listed(texts: Iterable[str | None]) -> str | None:
    return " / ".join(dict.fromkeys(filter(None, texts))) or None


def _from_zero(indexes: Sequence[Index]) -> tuple[Index, ...]:
    zero = Index(0, 0, indexes[0].file)
    return (zero, *(indexes[1:] if indexes[0].number == 0 and len(indexes) > 1 else indexes))


# -- steps -----------------------------------------------------------------------------------------------------


def _cdrwin(sheet: Sheet) -> Changed:
    """With the mark of rekordbox's dialect, wherever it stands, frames would be read as seconds."""
    tracks = tuple(replace(track, remarks=_unmarked(track.remarks)) for track in sheet.tracks)
    notes = () if sheet.dialect == "cdrwin" else ("Times were HH:MM:SS, and are mm:ss:ff.",)
    return Changed(replace(sheet, dialect="cdrwin", remarks=_unmarked(sheet.remarks), tracks=tracks), notes)


def _unmarked(remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    return tuple(remark for remark in remarks if not _is_mark(remark))


def _is_mark(remark: Remark) -> bool:
    return remark.key == "RECORDED_BY" and remark.value.casefold().startswith("rekordbox")


def _without_others(sheet: Sheet) -> Changed:
    """Of an unknown command some readers refuse the whole sheet: mpv did until 2025."""
    statements = (*sheet.others, *(other for track in sheet.tracks for other in track.others))
    words = ", ".join(dict.fromkeys(statement.word for statement in statements))
    tracks = tuple(replace(track, others=()) for track in sheet.tracks)
    notes = (f"Lines that players do not read are left out: {words}.",) if words else ()
    return Changed(replace(sheet, others=(), tracks=tracks), notes)


def _unquoted(sheet: Sheet) -> Changed:
    texts, _ = with_texts(sheet, quotable)
    changed = replace(_cleaned(texts), tracks=tuple(map(_cleaned, texts.tracks)))
    touched = [before for before, after in zip(sheet.tracks, changed.tracks, strict=True) if before != after]
    where = f": {tracks_of(touched)}" if touched else ""
    said = f"Quotes, control characters and a backslash at the end of a text are replaced{where}."
    return Changed(changed, (said,) if changed != sheet else ())


def _cleaned(of: _Of) -> _Of:
    remarks = (Remark(each.key, quotable(each.value) if each.key else clean(each.value)) for each in of.remarks)
    return replace(of, remarks=tuple(remarks))


def _filed(sheet: Sheet) -> Changed:
    """Raises UnwritableSheet: `CD1/01.wav` and `CD2/01.wav` would be one file to every reader."""
    files = tuple(map(_file, sheet.files))
    if len({file.name for file in files}) < len({file.name for file in sheet.files}):
        raise UnwritableSheet(reason="files of the same name lie in different folders, and a sheet names no folder")
    renamed = any(before.name != after.name for before, after in zip(sheet.files, files, strict=True))
    retyped = {before.kind for before, after in zip(sheet.files, files, strict=True) if before.kind != after.kind}
    notes = [f"The type of a FILE {' and '.join(sorted(retyped))} is written as players know it: WAVE, MP3 or AIFF."]
    said = ["A FILE is written by its name alone, without its folder."] if renamed else []
    return Changed(replace(sheet, files=files), (*said, *(notes if retyped else ())))


def _file(file: File) -> File:
    """`C:\\Music\\set.flac` is `set.flac`, and a WAVE."""
    name = quotable(file.name.replace("\\", "/").rpartition("/")[2])
    return File(name, kind_of(name))


def _distinct(sheet: Sheet) -> Changed:
    """An INDEX at the very time of another says nothing, and must give way to where a track begins."""
    seen = {_begin(track) for track in sheet.tracks}
    tracks, fewer = [], []
    for track in sheet.tracks:
        kept = tuple(index for index in track.indexes if index is track.start or not _known(index, seen))
        fewer += [track] if kept != track.indexes else []
        tracks.append(replace(track, indexes=kept))
    said = f"An INDEX that falls on another is left out: {tracks_of(fewer)}."
    return Changed(replace(sheet, tracks=tuple(tracks)), (said,) if fewer else ())


def _known(index: Index, seen: set[tuple[int, int]]) -> bool:
    moment = (index.file, index.frames)
    known = moment in seen
    seen.add(moment)
    return known


def _numbered(sheet: Sheet) -> Changed:
    tracks = tuple(_renumbered(number, track) for number, track in enumerate(sheet.tracks, 1))
    anew = any(before.number != after.number for before, after in zip(sheet.tracks, tracks, strict=True))
    indexed = [after for before, after in zip(sheet.tracks, tracks, strict=True) if before.indexes != after.indexes]
    notes = [
        "Tracks are numbered anew, from 01." if anew else "",
        f"Indexes are numbered anew, INDEX 01 where the track begins: {tracks_of(indexed)}." if indexed else "",
    ]
    return Changed(replace(sheet, tracks=tracks), tuple(filter(None, notes)))


def _renumbered(number: int, track: Track) -> Track:
    first = 0 if track.indexes[0].number == 0 and len(track.indexes) > 1 else 1
    indexes = tuple(Index(at, index.frames, index.file) for at, index in enumerate(track.indexes, first))
    return replace(track, number=number, indexes=indexes)


def _texts(of: _Of, change: Callable[[str], str]) -> _Of:
    texts = {"title": of.title, "performer": of.performer, "songwriter": of.songwriter}
    return replace(of, **{name: change(text) for name, text in texts.items() if text is not None})

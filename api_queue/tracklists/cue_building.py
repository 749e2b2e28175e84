"""A tracklist as a CUE sheet: which rows become tracks, where each begins, and what the sheet tells besides.

Main rows become tracks. A row that is played together with the one above stands in its title; components of a mashup
stand in none. Starts rise strictly, so rows that begin in the same frame are one track.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Final, Literal

import msgspec

from api_queue.errors import NoTimes, NoTracks, StartsBeyondAudio, TimesFall
from api_queue.formats.cue.file_types import kind_of
from api_queue.formats.cue.sheet import File, Index, Remark, Sheet, Track
from api_queue.formats.cue.times import frames_of
from api_queue.tracklists.models import Entry, Facts
from api_queue.types import Milliseconds, TrackId

#: What stands in the sheet at a time that nobody heard.
ESTIMATED: Final = "start estimated"
_INTRO: Final = "Intro"


class CueOptions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`with_rows`: rows played together with the one above join its title, or are left out. `uncued`: rows without a
    time are refused, or spread evenly between those that have one, and marked. With pregaps, what lies before a track
    is its INDEX 00; else what lies before the first is a track of its own. `past_99`: more tracks than a format holds
    are refused, or written with three digits. `bom`: the text begins with a byte order mark. `apply_fixes`: what the
    validation of the recording suggests is taken.
    """

    include_pregap: bool = False
    with_rows: Literal["join", "drop"] = "join"
    uncued: Literal["refuse", "estimate"] = "estimate"
    past_99: Literal["refuse", "write"] = "refuse"
    bom: bool = False
    apply_fixes: bool = False


class Recording(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a sheet belongs to: the base name of the file; `duration_ms` is None where it cannot be read."""

    name: str
    duration_ms: Milliseconds | None = None
    track_id: TrackId | None = None


class Note(msgspec.Struct, frozen=True):
    """What was decided while the sheet was built, in a sentence. Rows count from 1, over all rows of the list."""

    code: str
    message: str
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """A track to be: main rows of the same start, each with what is played together with it."""

    row: int
    entry: Entry
    start_ms: Milliseconds | None
    end_ms: Milliseconds | None = None
    along: tuple[Entry, ...] = ()
    is_estimated: bool = False

    @property
    def frames(self) -> int:
        return frames_of(self.start_ms or 0)


@dataclass(frozen=True, slots=True)
class Built:
    sheet: Sheet
    notes: tuple[Note, ...] = ()


def build(facts: Facts, options: CueOptions, recording: Recording | None = None) -> Built:
    """Raises NoTracks, NoTimes, TimesFall, StartsBeyondAudio."""
    cuts = list(_main_rows(facts.entries, options))
    if not cuts:
        raise NoTracks
    length_ms = recording.duration_ms if recording else None
    timed, estimated = _timed(cuts, options, length_ms)
    _check(timed, length_ms)
    joined, together = _joined(timed)
    tracks, opening = _tracks(joined, options)
    return Built(_sheet(facts, recording, tracks), (*estimated, *together, *opening))


# -- which rows ------------------------------------------------------------------------------------------------


def _main_rows(entries: Sequence[Entry], options: CueOptions) -> Iterator[Cut]:
    """A list that begins with a `w/` row has nothing above it, and so begins with a track."""
    heads = [at for at, entry in enumerate(entries) if entry.kind == "main" or not at]
    for at, end in pairwise((*heads, len(entries))):
        below = entries[at + 1 : end] if options.with_rows == "join" else ()
        along = tuple(entry for entry in below if entry.kind == "with")
        entry = entries[at]
        yield Cut(at + 1, entry, entry.start_ms, entry.end_ms, along, is_estimated=entry.is_estimated)


def _joined(cuts: Sequence[Cut]) -> tuple[list[Cut], list[Note]]:
    """Rows that begin in the same frame are one track, since starts must rise."""
    groups = [list(group) for _, group in groupby(cuts, attrgetter("frames"))]
    return [_one(group) for group in groups], [_together(group) for group in groups if len(group) > 1]


def _one(cuts: Sequence[Cut]) -> Cut:
    first, *others = cuts
    along = (entry for cut in others for entry in (cut.entry, *cut.along))
    return replace(first, along=(*first.along, *along), end_ms=cuts[-1].end_ms)


def _together(cuts: Sequence[Cut]) -> Note:
    rows = tuple(cut.row for cut in cuts)
    return Note("rows_joined", f"The {_rows(rows)} begin at the same time and are one track.", rows)


# -- when ------------------------------------------------------------------------------------------------------


def _timed(
    cuts: Sequence[Cut], options: CueOptions, length_ms: Milliseconds | None
) -> tuple[Sequence[Cut], list[Note]]:
    rows = tuple(cut.row for cut in cuts if cut.start_ms is None)
    if not rows:
        return cuts, []
    starts = _known(cuts, length_ms)
    if options.uncued == "refuse" or starts is None:
        raise NoTimes(rows=_listed(rows))
    said = f"Nobody set a time for {_rows(rows)}: spread evenly, and marked as estimated."
    return _spread(cuts, starts), [Note("times_estimated", said, rows)]


def _known(cuts: Sequence[Cut], length_ms: Milliseconds | None) -> list[Milliseconds | None] | None:
    """The starts, and where the last row ends: the first begins at 0 unless it says otherwise. None: nothing tells how
    long the rows at the end may be.
    """
    starts = [cut.start_ms for cut in cuts]
    starts[0] = starts[0] or Milliseconds(0)
    if starts[-1] is not None:
        return [*starts, starts[-1]]
    last, last_ms = max((at, start) for at, start in enumerate(starts) if start is not None)
    if length_ms is not None and length_ms > last_ms:
        return [*starts, length_ms]
    each_ms = last_ms // last if last else 0
    return [*starts, Milliseconds(last_ms + each_ms * (len(starts) - last))] if each_ms else None


def _spread(cuts: Sequence[Cut], starts: Sequence[Milliseconds | None]) -> list[Cut]:
    """Evenly between two known times."""
    known = [(at, start) for at, start in enumerate(starts) if start is not None]
    spread = list(cuts)
    for (before, first_ms), (after, last_ms) in pairwise(known):
        for at in range(before, after):
            start_ms = first_ms + (last_ms - first_ms) * (at - before) // (after - before)
            if cuts[at].start_ms is None:
                spread[at] = replace(cuts[at], start_ms=Milliseconds(start_ms), is_estimated=True)
    return spread


def _check(cuts: Sequence[Cut], length_ms: Milliseconds | None) -> None:
    falling = [cut.row for above, cut in pairwise(cuts) if cut.frames < above.frames]
    if falling:
        raise TimesFall(rows=_listed(falling))
    beyond = [cut.row for cut in cuts if length_ms is not None and (cut.start_ms or 0) >= length_ms]
    if beyond:
        raise StartsBeyondAudio(rows=_listed(beyond), seconds=f"{(length_ms or 0) / 1000:.2f}")


# -- the sheet -------------------------------------------------------------------------------------------------


def _tracks(cuts: Sequence[Cut], options: CueOptions) -> tuple[list[Track], list[Note]]:
    """The first begins at 0, because players cut off what lies before it."""
    head = cuts[0].frames
    if not head:
        return _numbered(cuts, options), []
    if options.include_pregap:
        said = "The first track begins later than the recording; what lies before it is its INDEX 00."
        return _numbered(cuts, options), [Note("pregap_added", said, (cuts[0].row,))]
    intro = Cut(0, Entry(artist="", title=_INTRO), Milliseconds(0))
    said = "The first track begins later than the recording; what lies before it is a track `Intro`."
    return _numbered([intro, *cuts], options), [Note("intro_added", said, (cuts[0].row,))]


def _numbered(cuts: Sequence[Cut], options: CueOptions) -> list[Track]:
    gaps = _gaps(cuts) if options.include_pregap else [None] * len(cuts)
    return [_track(number, cut, gap) for number, (cut, gap) in enumerate(zip(cuts, gaps, strict=True), 1)]


def _gaps(cuts: Sequence[Cut]) -> list[int | None]:
    """Where the gap before each track begins, in frames: at the end of the row above, if it is known."""
    ends = [0, *(None if cut.end_ms is None else frames_of(cut.end_ms) for cut in cuts[:-1])]
    floors = [-1, *(cut.frames for cut in cuts[:-1])]
    return [
        end if end is not None and floor < end < cut.frames else None
        for end, floor, cut in zip(ends, floors, cuts, strict=True)
    ]


def _track(number: int, cut: Cut, gap: int | None) -> Track:
    pregap = () if gap is None else (Index(0, gap),)
    return Track(
        number=number,
        title=_title(cut),
        performer=cut.entry.artist or None,
        indexes=(*pregap, Index(1, cut.frames)),
        remarks=tuple(_remarks(cut)),
    )


def _title(cut: Cut) -> str:
    along = (f"{entry.artist} - {full_title(entry)}" for entry in cut.along)
    return " w/ ".join((full_title(cut.entry), *along))


def full_title(entry: Entry) -> str:
    """With its version, which a tracklist keeps apart."""
    remix = entry.remix
    return f"{entry.title} ({remix})" if remix and remix.casefold() not in entry.title.casefold() else entry.title


def _remarks(cut: Cut) -> Iterator[Remark]:
    """All that is known; a variant carries what its readers know."""
    entry = cut.entry
    comment = "; ".join(filter(None, (entry.notes, ESTIMATED if cut.is_estimated else None)))
    bpm = f"{entry.bpm:g}" if entry.bpm else None
    pairs = {"GENRE": entry.genre, "BPM": bpm, "KEY": entry.key, "LABEL": entry.label, "COMMENT": comment}
    return (Remark(key, value) for key, value in pairs.items() if value)


def _sheet(facts: Facts, recording: Recording | None, tracks: Sequence[Track]) -> Sheet:
    title = title_of(facts)
    file = recording.name if recording else f"{title.replace('/', '-')}.wav"
    date = (facts.date or "")[:4]
    head = {"GENRE": ", ".join(facts.genres), "DATE": date, "COMMENT": facts.url}
    return Sheet(
        files=(File(file, kind_of(file)),),
        tracks=tuple(tracks),
        title=title,
        performer=facts.dj_name,
        remarks=tuple(Remark(key, value) for key, value in head.items() if value),
    )


def title_of(facts: Facts) -> str:
    return facts.title or " @ ".join(filter(None, (facts.dj_name, facts.event_name))) or "Tracklist"


def _listed(rows: Sequence[int]) -> str:
    """The first ten; who mends those sees the rest."""
    more = f" and {len(rows) - 10} more" if len(rows) > 10 else ""
    return ", ".join(map(str, rows[:10])) + more


def _rows(rows: Sequence[int]) -> str:
    return f"{'row' if len(rows) == 1 else 'rows'} {_listed(rows)}"

"""What is asked for of rows. A time is `H:MM:SS`, `MM:SS`, each with `.mmm`, or seconds."""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from api_queue.errors import BadQuery, DuplicatePositions
from api_queue.formats.set_times import LONGEST_MS, read_time
from api_queue.tracklists.drafts import MOST_ROWS, Change
from api_queue.tracklists.models import Entry, Kind, TransitionType
from api_queue.types import Milliseconds, TrackId

Text = Annotated[str, Meta(max_length=500)]
Notes = Annotated[str, Meta(max_length=5000)]
Time = str | float
Ms = Annotated[int, Meta(ge=0, lt=LONGEST_MS)]
Position = Annotated[int, Meta(ge=1, le=MOST_ROWS)]
Rev = Annotated[int, Meta(ge=1)]

#: Fields of a row that are kept as they come.
_PLAIN: Final = (
    *("artist", "title", "remix", "label", "kind", "is_id", "bpm", "key", "genre", "notes", "confidence"),
    *("transition_type", "is_manual_entry", "is_estimated", "catalog_track_id"),
)


def time_ms(value: Time) -> Milliseconds:
    """Raises ValueError, which is the sentence that the caller hears."""
    found = read_time(value if isinstance(value, str) else f"{value:.3f}")
    if found is None:
        raise ValueError(f"{value!r} is no time: write H:MM:SS, MM:SS (.mmm may follow), or a number of seconds")
    return Milliseconds(found)


class Times(msgspec.Struct, kw_only=True):
    """`start_time` counts, and `start_ms` where it is left out; so with the end. null: not known."""

    start_time: Time | UnsetType | None = UNSET
    end_time: Time | UnsetType | None = UNSET
    start_ms: Ms | UnsetType | None = UNSET
    end_ms: Ms | UnsetType | None = UNSET
    rev: Rev | None = None

    def __post_init__(self) -> None:
        times = self.times()
        start, end = times.get("start_ms"), times.get("end_ms")
        if start is not None and end is not None and end <= start:
            raise ValueError("`end_time` must lie after `start_time`")

    def times(self) -> dict[str, Milliseconds | None]:
        """Those that were named."""
        named = {"start_ms": (self.start_time, self.start_ms), "end_ms": (self.end_time, self.end_ms)}
        return {
            name: time_ms(text) if isinstance(text, str | float) else Milliseconds(ms) if isinstance(ms, int) else None
            for name, (text, ms) in named.items()
            if (text, ms) != (UNSET, UNSET)
        }

    def change(self, entry: Entry) -> Entry:
        """A time that somebody sets is no estimate."""
        times = self.times()
        return replace(entry, is_estimated=entry.is_estimated and "start_ms" not in times, **times)


class RowChanges(Times, kw_only=True):
    """What is left out stays as it is."""

    position: Position | None = None
    artist: Text | UnsetType = UNSET
    title: Annotated[Text, Meta(min_length=1)] | UnsetType = UNSET
    remix: Text | UnsetType | None = UNSET
    label: Text | UnsetType | None = UNSET
    kind: Kind | UnsetType = UNSET
    is_id: bool | UnsetType = UNSET
    bpm: Annotated[float, Meta(ge=60, le=200)] | UnsetType | None = UNSET
    key: Annotated[str, Meta(max_length=20)] | UnsetType | None = UNSET
    genre: Text | UnsetType | None = UNSET
    notes: Notes | UnsetType | None = UNSET
    confidence: Annotated[float, Meta(ge=0, le=1)] | UnsetType = UNSET
    transition_type: TransitionType | UnsetType | None = UNSET
    is_manual_entry: bool | UnsetType = UNSET
    is_estimated: bool | UnsetType = UNSET
    catalog_track_id: TrackId | UnsetType | None = UNSET

    def change(self, entry: Entry) -> Entry:
        named = {name: value for name in _PLAIN if (value := getattr(self, name)) is not UNSET}
        return replace(super().change(entry), **named)


class Row(RowChanges, kw_only=True):
    """Where it is added alone, and has no `position`, it comes last."""

    artist: Text
    title: Annotated[Text, Meta(min_length=1)]

    def entry(self) -> Entry:
        """An ID is one where its artist or title says so, unless the caller does."""
        unknown = "ID" in {self.artist.strip().upper(), self.title.strip().upper()}
        return self.change(Entry(artist="", title="", is_id=unknown, is_manual_entry=True))


class ManyRows(msgspec.Struct, kw_only=True):
    """Each changes the row of its `position`; one place after the last is a new row."""

    tracks: Annotated[list[RowChanges], Meta(max_length=MOST_ROWS)]
    rev: Rev | None = None

    def __post_init__(self) -> None:
        if any(row.position is None for row in self.tracks):
            raise ValueError("each of `tracks` needs its `position`")

    def changes(self) -> dict[int, Change]:
        """By position. Raises DuplicatePositions."""
        return dict(
            zip(positions([row.position or 0 for row in self.tracks]), (r.change for r in self.tracks), strict=True)
        )


class Reorder(msgspec.Struct, kw_only=True):
    from_position: Position
    to_position: Position
    rev: Rev | None = None


class LengthQuery(msgspec.Struct, frozen=True):
    """Without it, the length of the recording."""

    audio_duration: str | None = None

    def __post_init__(self) -> None:
        self.length()

    def length(self) -> Milliseconds | None:
        return None if self.audio_duration is None else time_ms(self.audio_duration)


class Revision(msgspec.Struct, kw_only=True):
    rev: Rev | None = None


def in_order(rows: Sequence[Row]) -> list[Row]:
    """By their positions; a row without one has that of its place. Raises DuplicatePositions."""
    places = positions([row.position or place for place, row in enumerate(rows, 1)])
    return [row for _, row in sorted(zip(places, rows, strict=True), key=lambda pair: pair[0])]


def positions(numbers: Sequence[int]) -> Sequence[int]:
    """Raises DuplicatePositions."""
    seen: set[int] = set()
    for number in numbers:
        if number in seen:
            raise DuplicatePositions(position=number)
        seen.add(number)
    return numbers


def read_position(text: str) -> int:
    """Of an address. Raises BadQuery."""
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise BadQuery(reason=f"'{text[:20]}' is no position; they are counted from 1.")
    return int(text)

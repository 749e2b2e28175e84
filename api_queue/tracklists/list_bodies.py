"""What is asked for of whole tracklists."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from api_queue.errors import BadBody
from api_queue.formats.cue.variants import VariantName
from api_queue.tracklists.drafts import Changes
from api_queue.tracklists.models import Source, Transition, TransitionType, Wanted
from api_queue.tracklists.row_bodies import Ms, Notes, Position, Rev, Row, Text, in_order
from api_queue.tracklists.set_titles import valid_date
from api_queue.tracklists.sources import KINDS, PastedKind
from api_queue.types import TrackId

_FACTS: Final = ("title", "dj_name", "event_name", "venue", "date", "genres", "transitions")


class WireTransition(msgspec.Struct, kw_only=True):
    from_track: Position
    to_track: Position
    transition_type: TransitionType = "unknown"
    timestamp_ms: Ms | None = None
    duration_ms: Ms | None = None
    notes: Notes | None = None

    def __post_init__(self) -> None:
        if self.to_track <= self.from_track:
            raise ValueError("`to_track` must come after `from_track`")


class ListChanges(msgspec.Struct, kw_only=True):
    """Of a whole list: what is left out stays, and `tracks` are all of its rows."""

    title: Text | UnsetType | None = UNSET
    dj_name: Text | UnsetType | None = UNSET
    event_name: Text | UnsetType | None = UNSET
    venue: Text | UnsetType | None = UNSET
    date: str | UnsetType | None = UNSET
    genres: list[Text] | UnsetType | None = UNSET
    tracks: list[Row] | UnsetType | None = UNSET
    transitions: list[WireTransition] | UnsetType | None = UNSET
    audio_file_id: Annotated[str, Meta(min_length=1, max_length=200)] | UnsetType | None = UNSET
    default_cue_format: VariantName | UnsetType | None = UNSET
    rev: Rev | None = None

    def __post_init__(self) -> None:
        if isinstance(self.date, str) and valid_date(self.date) != self.date:
            raise ValueError(f"`date` is written YYYY-MM-DD, not {self.date!r}")

    def changes(self) -> Changes:
        """Raises DuplicatePositions."""
        named = {name: value for name in _FACTS if (value := getattr(self, name)) is not UNSET}
        facts = {name: _fact(name, value) for name, value in named.items()}
        entries = None if self.tracks is UNSET else tuple(row.entry() for row in in_order(self.tracks or ()))
        return Changes(facts, entries, self.audio_file_id, self.default_cue_format)


class NewList(ListChanges, kw_only=True):
    """`is_draft` false publishes it at once."""

    is_draft: bool = True


class ImportBody(ListChanges, kw_only=True):
    """One of `text`, `labels`, `cue` and `html`, and what else is known of the set."""

    text: str | None = None
    labels: str | None = None
    cue: str | None = None
    html: str | None = None

    def pasted(self, wanted: str = "") -> tuple[PastedKind, str]:
        """The one that is given, or that is `wanted`. Raises BadBody."""
        given = [(kind, text) for kind in KINDS if (text := getattr(self, kind)) is not None]
        if len(given) != 1 or given[0][0] != (wanted or given[0][0]):
            raise BadBody(reason=f"give {wanted or 'one of ' + ', '.join(KINDS)}, and nothing else that is pasted.")
        return given[0]


class HistoryBody(ListChanges, kw_only=True):
    """What a queue has played from `since_ms` to `until_ms`, both ms since 1970. Times count from `since_ms`, or from
    the first track.
    """

    queue: str
    since_ms: Annotated[int, Meta(ge=0)] | None = None
    until_ms: Annotated[int, Meta(ge=0)] | None = None


class PublishQuery(msgspec.Struct, frozen=True):
    """Without validation, ends may lie behind the start of the next row. A task makes the CUE file of it."""

    validate_before_publish: bool = True
    generate_cue_async: bool = True


class DraftsQuery(msgspec.Struct, frozen=True):
    include_versions: bool = False


class CompareQuery(msgspec.Struct, frozen=True):
    version1: Annotated[int, Meta(ge=1)]
    version2: Annotated[int, Meta(ge=1)]


class ListQuery(msgspec.Struct, frozen=True):
    audio_file_id: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    source: Source | None = None
    is_draft: bool | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 20
    offset: Annotated[int, Meta(ge=0, le=1_000_000)] = 0

    def wanted(self) -> Wanted:
        audio_id = TrackId(self.audio_file_id) if self.audio_file_id else None
        return Wanted(
            audio_id=audio_id, source=self.source, is_draft=self.is_draft, limit=self.limit, offset=self.offset
        )


def _fact(name: str, value: Any) -> Any:
    if name == "transitions":
        return tuple(Transition(**msgspec.structs.asdict(each)) for each in value or ())
    return tuple(value or ()) if name == "genres" else value

"""What is asked for of CUE files: the names of source 003."""

import dataclasses
from collections.abc import Sequence
from itertools import product
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from msgspec.structs import asdict, replace

from api_queue.formats.cue.variants import VariantName, variant_of
from api_queue.tracklists.cue_building import CueOptions
from api_queue.tracklists.cue_files import CueFilter, Order
from api_queue.tracklists.drafts import MOST_ROWS
from api_queue.tracklists.models import Facts
from api_queue.tracklists.row_bodies import Ms, Row, Text, in_order
from api_queue.types import Milliseconds

#: Which there are is said by `variant_of`.
Format = str
Formats = Annotated[list[Format], Meta(min_length=1, max_length=6)]
Name = Annotated[str, Meta(min_length=1, max_length=2000)]
Id = Annotated[str, Meta(min_length=1, max_length=100)]


class Timestamp(msgspec.Struct):
    timestamp_ms: Ms


class InlineRow(Row, kw_only=True):
    """As `tracks` of a tracklist are answered: its start may also stand in `timestamp`."""

    timestamp: Timestamp | None = None

    def times(self) -> dict[str, Milliseconds | None]:
        times = super().times()
        if times.get("start_ms") is None and self.timestamp is not None:
            times["start_ms"] = Milliseconds(self.timestamp.timestamp_ms)
        return times


class InlineList(msgspec.Struct, kw_only=True):
    """A tracklist that is stored nowhere; its fields are those of one that is."""

    tracks: Annotated[list[InlineRow], Meta(max_length=MOST_ROWS)]
    title: Text | None = None
    dj_name: Text | None = None
    event_name: Text | None = None
    venue: Text | None = None
    date: Annotated[str, Meta(max_length=30)] | None = None
    genres: Annotated[list[Text], Meta(max_length=20)] | None = None

    def facts(self) -> Facts:
        """Raises DuplicatePositions."""
        return Facts(
            entries=tuple(row.entry() for row in in_order(self.tracks)),
            title=self.title,
            dj_name=self.dj_name,
            event_name=self.event_name,
            venue=self.venue,
            date=self.date,
            genres=tuple(self.genres or ()),
        )


class Making(msgspec.Struct, kw_only=True):
    """`audio_file_path` is a `track_id`, or a path below the library's folders. Without `store_file` the sheet is
    answered and not kept.
    """

    audio_file_path: Name | None = None
    include_pregap: bool | None = None
    options: CueOptions = CueOptions()
    validate_audio: bool = True
    store_file: bool = True

    def order(self, **of: Any) -> Order:
        return Order(
            audio=self.audio_file_path,
            options=with_pregap(self.options, self.include_pregap),
            validate_audio=self.validate_audio,
            store_file=self.store_file,
            **of,
        )


class OfList(Making, kw_only=True):
    """The list is named by the address. Without `format` it is the list's `default_cue_format`, else `standard`."""

    format: Format | None = None

    def of(self, tracklist_id: str) -> "GenerateBody":
        return GenerateBody(**asdict(self), tracklist_id=tracklist_id)


class Sourced(Making, kw_only=True):
    """Exactly one of the first three."""

    tracklist_url: Name | None = None
    tracklist_id: Id | None = None
    tracklist: InlineList | None = None

    def __post_init__(self) -> None:
        if sum(each is not None for each in (self.tracklist_url, self.tracklist_id, self.tracklist)) != 1:
            raise ValueError("say what the sheet is of: one of `tracklist_url`, `tracklist_id` and `tracklist`")

    def sourced(self) -> Order:
        """Raises DuplicatePositions."""
        facts = self.tracklist.facts() if self.tracklist else None
        return self.order(facts=facts, tracklist_id=self.tracklist_id, tracklist_url=self.tracklist_url)


class GenerateBody(Sourced, kw_only=True):
    """Without `format` it is the list's `default_cue_format`, else `standard`."""

    format: Format | None = None

    def variant(self) -> VariantName | None:
        """Raises UnknownCueFormat."""
        return None if self.format is None else variant_of(self.format).name


class GenerateBatchBody(Sourced, kw_only=True):
    formats: Formats
    store_files: bool = True

    def each(self) -> list[GenerateBody]:
        """One for each format. Raises UnknownCueFormat."""
        asked = {name: getattr(self, name) for name in Sourced.__struct_fields__}
        asked["store_file"] = self.store_files
        return [GenerateBody(**asked, format=variant) for variant in self.variants()]

    def sourced(self) -> Order:
        return dataclasses.replace(super().sourced(), store_file=self.store_files)

    def variants(self) -> list[VariantName]:
        return variants(self.formats)


class WarmBody(msgspec.Struct):
    tracklist_ids: Annotated[list[Id], Meta(min_length=1, max_length=100)]
    formats: Formats = msgspec.field(default_factory=lambda: ["standard"])

    def each(self) -> list[GenerateBody]:
        """Raises UnknownCueFormat."""
        pairs = product(dict.fromkeys(self.tracklist_ids), variants(self.formats))
        return [GenerateBody(tracklist_id=tracklist_id, format=variant) for tracklist_id, variant in pairs]


class RegenerateBody(msgspec.Struct):
    """Without `options` those of the file."""

    options: CueOptions | None = None


class ConvertBody(msgspec.Struct):
    """Without `preserve_metadata` no REM line is taken along."""

    target_format: Format
    preserve_metadata: bool = True
    conversion_options: CueOptions = CueOptions()


class ValidateBody(msgspec.Struct):
    cue_content: str


class ValidateFileBody(msgspec.Struct):
    audio_file_path: Name | None = None


class FilesQuery(msgspec.Struct, frozen=True):
    tracklist_id: Id | None = None
    format: Format | None = None
    limit: Annotated[int, Meta(ge=1, le=100)] = 50
    offset: Annotated[int, Meta(ge=0, le=1_000_000)] = 0

    def wanted(self) -> CueFilter:
        """Raises UnknownCueFormat."""
        variant = None if self.format is None else variant_of(self.format).name
        return CueFilter(tracklist_id=self.tracklist_id, format=variant, limit=self.limit, offset=self.offset)


class ConversionQuery(msgspec.Struct, frozen=True):
    source_format: Format
    target_format: Format


class DeleteQuery(msgspec.Struct, frozen=True):
    """A file that is deleted softly keeps its number among the versions."""

    soft_delete: bool = True


class AsyncQuery(msgspec.Struct, frozen=True):
    """`true`: a task does it, and the answer is its number."""

    async_processing: bool = False


def variants(formats: Sequence[str]) -> list[VariantName]:
    """Each once. Raises UnknownCueFormat."""
    return list(dict.fromkeys(variant_of(each).name for each in formats))


def with_pregap(options: CueOptions, include_pregap: bool | None) -> CueOptions:
    return options if include_pregap is None else replace(options, include_pregap=include_pregap)

"""The tables of the library; `migrations/versions/tracks_0001.py` makes them."""

import os
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    TypeDecorator,
    false,
)

from api_queue.drivers.sql import ByteOrder, RowNumber, metadata
from api_queue.tracks.models import Track


class FilePath(TypeDecorator[str]):
    """Names of files are bytes; not all of them are UTF-8."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002  # its interface
        return None if value is None else os.fsencode(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002  # its interface
        return None if value is None else os.fsdecode(value)


#: Every file that was looked at. `record` is the track as this file tells it; null with a `fault`. One that a walk did
#: not find any more is `gone` until its scan ends, since it may be read under another name before that.
places: Final = Table(
    "track_places",
    metadata,
    Column("path", FilePath, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("track_id", Text, index=True),
    Column("record", LargeBinary),
    Column("fault", Text, nullable=False, server_default=""),
    Column("gone", Boolean, nullable=False, server_default=false()),
)

#: The tracks, as the first of their places tells them, and their parts. `number` is that of its words too, and
#: begins with how many words the title had when it came.
tracks: Final = Table(
    "tracks",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("track_id", ByteOrder, nullable=False, unique=True),
    Column("sort_key", ByteOrder, nullable=False, index=True),
    Column("record", LargeBinary, nullable=False),
)

#: How recordings are cut into tracks, whether they are here now or not. `record` is a `parts.Cut`.
parts: Final = Table(
    "track_parts",
    metadata,
    Column("track_id", Text, primary_key=True),
    Column("recording_id", Text, nullable=False, index=True),
    Column("record", LargeBinary, nullable=False),
)

#: All readable ids that a track ever had here; the current one stands in its record.
aliases: Final = Table(
    "track_aliases",
    metadata,
    Column("alias", Text, primary_key=True),
    Column("number", ForeignKey(tracks.c.number, ondelete="CASCADE"), nullable=False, index=True),
)

#: Folders that were scanned as such: the roots (`added_at` null), and what was added below them. ms since 1970.
folders: Final = Table(
    "library_folders",
    metadata,
    Column("path", FilePath, primary_key=True),
    Column("added_at", BigInteger),
    Column("scanned_at", BigInteger),
)

#: What decoding a track's sound told: `found` is JSON, `peaks` has one byte for each part of the waveform.
analyses: Final = Table(
    "track_analyses",
    metadata,
    Column("track_id", Text, primary_key=True),
    Column("found", LargeBinary, nullable=False),
    Column("peaks", LargeBinary, nullable=False),
)

#: Files that items of tasks give other names, in their order; written before the first of an item is moved.
moves: Final = Table(
    "library_moves",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("task_id", RowNumber, nullable=False, index=True),
    Column("item_id", RowNumber, nullable=False, index=True),
    Column("before", FilePath, nullable=False),
    Column("after", FilePath, nullable=False),
    Column("done", Boolean, nullable=False, server_default=false()),
)

_RECORD: Final = msgspec.json.Decoder(Track)


def encode(track: Track) -> bytes:
    return msgspec.json.encode(track)


def decode(record: bytes) -> Track:
    return _RECORD.decode(record)

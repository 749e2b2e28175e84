"""The tables of the library; `migrations/versions/tracks_0001.py` makes them."""

import os
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    TypeDecorator,
    column,
    table,
)

from api_queue.drivers.sql import metadata
from api_queue.tracks.models import Track


class FilePath(TypeDecorator[str]):
    """Names of files are bytes; not all of them are UTF-8."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002  # its interface
        return None if value is None else os.fsencode(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002  # its interface
        return None if value is None else os.fsdecode(value)


#: Every file that was looked at. `record` is the track as this file tells it; null with a `fault`.
places: Final = Table(
    "track_places",
    metadata,
    Column("path", FilePath, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("track_id", Text, index=True),
    Column("record", LargeBinary),
    Column("fault", Text, nullable=False, server_default=""),
)

#: The tracks, as the first of their places tells them. `number` is the row id in `words` too, and begins with how many
#: words the title has.
tracks: Final = Table(
    "tracks",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("track_id", Text, nullable=False, unique=True),
    Column("sort_key", Text, nullable=False, index=True),
    Column("record", LargeBinary, nullable=False),
)

#: All readable ids that a track ever had here; the current one stands in its record.
aliases: Final = Table(
    "track_aliases",
    metadata,
    Column("alias", Text, primary_key=True),
    Column("number", ForeignKey(tracks.c.number, ondelete="CASCADE"), nullable=False, index=True),
)

#: Full text, by FTS5: not tables that SQLAlchemy could make. `words` has one row for each track; `terms` lists the
#: distinct words in it; `vocabulary` finds those that share three letters in a row with a misspelt one.
words: Final = table(
    "track_words",
    column("rowid", Integer),
    *(column(name, Text) for name in ("title", "artist", "album", "other", "tags")),
)
terms: Final = table("track_terms", column("term", Text))
vocabulary: Final = table("track_vocabulary", column("term", Text), column("rank"))

_RECORD: Final = msgspec.json.Decoder(Track)


def encode(track: Track) -> bytes:
    return msgspec.json.encode(track)


def decode(record: bytes) -> Track:
    return _RECORD.decode(record)

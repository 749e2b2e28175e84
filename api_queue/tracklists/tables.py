"""The tables of tracklists; `migrations/versions/tracklists_0001.py` makes them. Points in time are ms since 1970."""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from api_queue.drivers.sql import metadata

#: `record` is the whole `models.Tracklist` as JSON; the other columns are what is asked for.
tracklists: Final = Table(
    "tracklists",
    metadata,
    Column("tracklist_id", String(36), primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("source", String(20), nullable=False),
    Column("audio_id", Text),
    Column("is_draft", Boolean, nullable=False),
    Column("draft_version", Integer),
    Column("archived_at", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Index("ix_tracklists_audio_id_created_at", "audio_id", "created_at"),
    Index("ix_tracklists_created_at", "created_at"),
)

#: `facts` is `models.Facts` as JSON.
versions: Final = Table(
    "tracklist_versions",
    metadata,
    Column("tracklist_id", ForeignKey(tracklists.c.tracklist_id, ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("facts", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(64), nullable=False),
)

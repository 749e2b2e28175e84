"""Which full text a database has."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from api_queue.tracks.fts5 import Fts5
from api_queue.tracks.full_text import FullText
from api_queue.tracks.models import EVERYTHING, TagFilter
from api_queue.tracks.questions import within
from api_queue.tracks.tables import tracks
from api_queue.tracks.tsvector import TsVector

_INDEXES: Final[Mapping[str, FullText]] = MappingProxyType({"sqlite": Fts5(), "postgresql": TsVector()})


def index_of(connection: AsyncConnection) -> FullText:
    return _INDEXES[connection.dialect.name]


def on_offer(index: FullText, tag_filter: TagFilter) -> list[ColumnElement[bool]]:
    """`models.offered`, in SQL. `+ 0` lets a database walk the tracks in the order that is asked for, and stop when a
    page is full; else SQLite would look up and sort all that are on offer.
    """
    if tag_filter == EVERYTHING:
        return []
    return [(tracks.c.number + 0).in_(index.hits(within(None, tag_filter)))]

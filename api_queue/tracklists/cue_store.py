"""CUE files in SQL."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from msgspec.structs import asdict, replace
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Delete,
    Index,
    Integer,
    LargeBinary,
    Select,
    String,
    Table,
    UniqueConstraint,
    Update,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api_queue.drivers.sql import metadata, writing
from api_queue.formats.cue.variants import VariantName
from api_queue.tracklists.cue_files import CueBrief, CueFile, CueFilter, Stored
from api_queue.tracklists.models import Facts, Tracklist
from api_queue.tracklists.tables import tracklists

#: Files of one list and format, and of one person's lists that are stored nowhere; those are kept so long at most.
MOST_VERSIONS: Final = 20
MOST_LOOSE: Final = 100
LOOSE_MS: Final = 30 * 24 * 3_600_000

#: `record` is the `cue_files.CueBrief` as JSON, `content` the text in UTF-8 and `facts` a `models.Facts`; the other
#: columns are what is asked for, and `is_active` and `tracklist_rev` may have changed since.
#: `migrations/versions/tracklists_0004.py` makes it.
cue_files: Final = Table(
    "cue_files",
    metadata,
    Column("cue_id", String(36), primary_key=True),
    Column("tracklist_id", String(36), nullable=False),
    Column("format", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("tracklist_rev", Integer, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("facts", LargeBinary),
    UniqueConstraint("tracklist_id", "format", "version"),
    Index("ix_cue_files_created_at", "created_at"),
    Index("ix_cue_files_created_by", "created_by"),
)
_file = cue_files.c
_BRIEFS: Final = select(_file.record, _file.is_active)
_FILES: Final = select(_file.record, _file.is_active, _file.content, _file.facts)
_NEWEST: Final = (_file.created_at.desc(), _file.version.desc(), _file.cue_id)


class SqlCueFiles:
    """cue_files.Store."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    # -- reading -----------------------------------------------------------------------------------------------

    async def get(self, cue_id: str) -> CueFile | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(_FILES.where(_file.cue_id == cue_id))).first()
        return _whole(*row) if row else None

    async def find(self, wanted: CueFilter) -> tuple[int, Sequence[CueBrief]]:
        asked = {"tracklist_id": wanted.tracklist_id, "format": wanted.format, "is_active": wanted.is_active}
        fits = and_(true(), *(_file[name] == value for name, value in asked.items() if value is not None))
        page = _BRIEFS.where(fits).order_by(*_NEWEST).limit(wanted.limit).offset(wanted.offset)
        async with self._engine.connect() as connection:
            total = await connection.scalar(select(func.count()).select_from(cue_files).where(fits))
        return total or 0, await self._read(page)

    async def current(self, tracklist_id: str, variant: VariantName, rev: int) -> CueBrief | None:
        of_format = and_(_file.tracklist_id == tracklist_id, _file.format == variant, _file.is_active)
        newest = select(_file.cue_id).where(of_format).order_by(_file.version.desc()).limit(1)
        found = await self._read(_BRIEFS.where(_file.cue_id == newest.scalar_subquery(), _file.tracklist_rev == rev))
        return found[0] if found else None

    async def stored(self) -> Stored:
        current = func.count().filter(_file.tracklist_rev > 0)
        by_format = (
            select(_file.format, func.count(), func.sum(_file.size_bytes), current)
            .where(_file.is_active)
            .group_by(_file.format)
        )
        lists = select(func.count(_file.tracklist_id.distinct())).where(_file.is_active)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(by_format.order_by(_file.format))).all()
            count = await connection.scalar(lists) or 0
        files = {row[0]: row[1] for row in rows}
        return Stored(files, sum(row[2] for row in rows), sum(row[3] for row in rows), count)

    async def _read(self, query: Select[Any]) -> list[CueBrief]:
        async with self._engine.connect() as connection:
            return [_brief(*row) for row in await connection.execute(query)]

    # -- writing -----------------------------------------------------------------------------------------------

    async def add(self, file: CueFile) -> CueFile:
        of_format = and_(_file.tracklist_id == file.tracklist_id, _file.format == file.format)
        async with writing(self._engine, "tracklists") as connection:
            highest = await connection.scalar(select(func.max(_file.version)).where(of_format))
            file = replace(file, version=(highest or 0) + 1)
            await connection.execute(insert(cue_files).values(_row(file)))
            await connection.execute(delete(cue_files).where(of_format, _file.version <= file.version - MOST_VERSIONS))
            await connection.execute(_old_and_loose(file.created_by, file.created_at - LOOSE_MS))
            await _point(connection, file.tracklist_id)
        return file

    async def deactivate(self, cue_id: str) -> bool:
        this = and_(_file.cue_id == cue_id, _file.is_active)
        return await self._take_away(cue_id, update(cue_files).where(this).values(is_active=False))

    async def remove(self, cue_id: str) -> bool:
        return await self._take_away(cue_id, delete(cue_files).where(_file.cue_id == cue_id))

    async def invalidate(self, tracklist_id: str | None = None) -> int:
        of_list = true() if tracklist_id is None else _file.tracklist_id == tracklist_id
        known = and_(of_list, _file.is_active, _file.tracklist_rev > 0)
        async with writing(self._engine) as connection:
            return (await connection.execute(update(cue_files).where(known).values(tracklist_rev=0))).rowcount

    async def _take_away(self, cue_id: str, change: Update | Delete) -> bool:
        of_file = select(_file.tracklist_id).where(_file.cue_id == cue_id)
        async with writing(self._engine, "tracklists") as connection:
            tracklist_id = await connection.scalar(of_file)
            gone = (await connection.execute(change)).rowcount
            await _point(connection, tracklist_id)
        return bool(gone)


def _old_and_loose(created_by: str, before_ms: int) -> Delete:
    """Files of lists that are stored nowhere: they came along, are pages of the site, or were removed."""
    loose = _file.tracklist_id.not_in(select(tracklists.c.tracklist_id))
    of_creator = and_(loose, _file.created_by == created_by)
    newest = select(_file.cue_id).where(of_creator).order_by(*_NEWEST).limit(MOST_LOOSE)
    over = and_(_file.created_by == created_by, _file.cue_id.not_in(newest))
    return delete(cue_files).where(loose, or_(_file.created_at < before_ms, over))


async def _point(connection: AsyncConnection, tracklist_id: str | None) -> None:
    """A list names the newest of its files. That changes nothing of the list itself, so it keeps its revision."""
    this = tracklists.c.tracklist_id == tracklist_id
    record = await connection.scalar(select(tracklists.c.record).where(this))
    if record is None:
        return
    of_list = and_(_file.tracklist_id == tracklist_id, _file.is_active)
    newest = select(_file.cue_id).where(of_list).order_by(*_NEWEST).limit(1)
    pointing = replace(msgspec.json.decode(record, type=Tracklist), cue_file_id=await connection.scalar(newest))
    await connection.execute(update(tracklists).where(this).values(record=msgspec.json.encode(pointing)))


def _row(file: CueFile) -> dict[str, object]:
    """What was converted lacks something, so it counts as current of no revision."""
    return {
        "cue_id": file.cue_id,
        "tracklist_id": file.tracklist_id,
        "format": file.format,
        "version": file.version,
        "tracklist_rev": 0 if file.making.source_format else file.making.tracklist_rev,
        "is_active": file.is_active,
        "created_at": file.created_at,
        "created_by": file.created_by,
        "size_bytes": file.size_bytes,
        "record": msgspec.json.encode(file.brief),
        "content": file.bytes,
        "facts": msgspec.json.encode(file.facts) if file.facts else None,
    }


def _brief(record: bytes, is_active: bool) -> CueBrief:
    return replace(msgspec.json.decode(record, type=CueBrief), is_active=is_active)


def _whole(record: bytes, is_active: bool, content: bytes, facts: bytes | None) -> CueFile:
    came_along = None if facts is None else msgspec.json.decode(facts, type=Facts)
    return CueFile(**asdict(_brief(record, is_active)), content=content.decode(), facts=came_along)

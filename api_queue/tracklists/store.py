"""Tracklists in SQL."""

from collections.abc import Collection, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Select, and_, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api_queue.drivers.sql import writing
from api_queue.tracklists.models import Facts, Tracklist, Version, Wanted
from api_queue.tracklists.tables import tracklists, versions
from api_queue.tracks import part_store
from api_queue.tracks.parts import Cut
from api_queue.types import TrackId

#: Versions of a list; the oldest go first.
MOST_VERSIONS: Final = 50
_list, _version = tracklists.c, versions.c
_PUBLISHED: Final = and_(_list.is_draft.is_(False), _list.archived_at.is_(None))


class SqlTracklists:
    """models.Store."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    # -- reading -----------------------------------------------------------------------------------------------

    async def get(self, tracklist_id: str) -> Tracklist | None:
        found = await self._read(select(_list.record).where(_list.tracklist_id == tracklist_id))
        return found[0] if found else None

    async def find(self, wanted: Wanted) -> tuple[int, Sequence[Tracklist]]:
        asked = {"audio_id": wanted.audio_id, "source": wanted.source, "is_draft": wanted.is_draft}
        fits = and_(True, *(_list[name] == value for name, value in asked.items() if value is not None))
        page = select(_list.record).where(fits).order_by(_list.created_at.desc(), _list.tracklist_id)
        async with self._engine.connect() as connection:
            total = await connection.scalar(select(func.count()).select_from(tracklists).where(fits))
        return total or 0, await self._read(page.limit(wanted.limit).offset(wanted.offset))

    async def published(self, audio_ids: Collection[TrackId]) -> Sequence[Tracklist]:
        return await self._read(select(_list.record).where(_list.audio_id.in_(audio_ids), _PUBLISHED))

    async def versions(self, tracklist_id: str) -> Sequence[Version]:
        of_list = select(versions).where(_version.tracklist_id == tracklist_id)
        async with self._engine.connect() as connection:
            rows = await connection.execute(of_list.order_by(_version.number.desc()))
            return [_version_of(*row) for row in rows]

    async def _read(self, query: Select[bytes]) -> list[Tracklist]:
        async with self._engine.connect() as connection:
            return [_decoded(record) for record in await connection.scalars(query)]

    # -- writing -----------------------------------------------------------------------------------------------

    async def add(self, tracklist: Tracklist) -> Tracklist:
        async with writing(self._engine, "tracklists") as connection:
            if tracklist.is_draft:
                tracklist = await _numbered(connection, tracklist)
            await connection.execute(insert(tracklists).values(_row(tracklist)))
            await _snapshot(connection, tracklist, 1, tracklist.created_by)
        return tracklist

    async def put(self, tracklist: Tracklist, rev: int, *, version_by: str | None) -> Tracklist | None:
        async with writing(self._engine, "tracklists") as connection:
            if version_by is not None and tracklist.is_draft:
                tracklist = await _numbered(connection, tracklist)
            if not await _replaced(connection, tracklist, rev):
                return None
            current = await _current(connection, tracklist.tracklist_id)
            if version_by is not None:
                await _snapshot(connection, tracklist, current + 1, version_by)
                await _prune(connection, tracklist.tracklist_id, current + 1)
            else:
                this = _is_version(tracklist.tracklist_id, current)
                await connection.execute(update(versions).where(this).values(facts=_encoded(tracklist.facts)))
        return tracklist

    async def publish(self, tracklist: Tracklist, rev: int, cuts: Sequence[Cut]) -> bool:
        async with writing(self._engine, "tracklists", "tracks") as connection:
            if not await _replaced(connection, tracklist, rev):
                return False
            if tracklist.audio_id is not None:
                await _archive_others(connection, tracklist)
                await part_store.cut(connection, tracklist.audio_id, cuts)
        return True

    async def remove(self, tracklist: Tracklist) -> bool:
        this = _is_revision(tracklist.tracklist_id, tracklist.rev)
        async with writing(self._engine, "tracklists", "tracks") as connection:
            gone = await connection.execute(delete(tracklists).where(this))
            if gone.rowcount and tracklist.is_published and tracklist.audio_id is not None:
                await part_store.cut(connection, tracklist.audio_id, ())
            return bool(gone.rowcount)


# -- steps of a transaction ------------------------------------------------------------------------------------


async def _numbered(connection: AsyncConnection, tracklist: Tracklist) -> Tracklist:
    """Drafts of no recording count for themselves."""
    column = _list.tracklist_id if tracklist.audio_id is None else _list.audio_id
    same = column == (tracklist.audio_id or tracklist.tracklist_id)
    highest = await connection.scalar(select(func.max(_list.draft_version)).where(same))
    return replace(tracklist, draft_version=(highest or 0) + 1)


async def _replaced(connection: AsyncConnection, tracklist: Tracklist, rev: int) -> bool:
    """A CUE file that came in the meantime changed no revision, and stays the list's newest."""
    this = _is_revision(tracklist.tracklist_id, rev)
    before = await connection.scalar(select(_list.record).where(this))
    if before is None:
        return False
    pointing = replace(tracklist, cue_file_id=_decoded(before).cue_file_id)
    done = await connection.execute(update(tracklists).where(this).values(_row(pointing)))
    return bool(done.rowcount)


async def _archive_others(connection: AsyncConnection, tracklist: Tracklist) -> None:
    of_recording = and_(_list.audio_id == tracklist.audio_id, _list.tracklist_id != tracklist.tracklist_id)
    for record in (await connection.scalars(select(_list.record).where(of_recording, _PUBLISHED))).all():
        before = _decoded(record)
        archived = replace(
            before, rev=before.rev + 1, archived_at=tracklist.updated_at, updated_at=tracklist.updated_at
        )
        await _replaced(connection, archived, before.rev)


async def _current(connection: AsyncConnection, tracklist_id: str) -> int:
    highest = select(func.max(_version.number)).where(_version.tracklist_id == tracklist_id)
    return await connection.scalar(highest) or 0


async def _snapshot(connection: AsyncConnection, tracklist: Tracklist, number: int, by: str) -> None:
    row = {
        "tracklist_id": tracklist.tracklist_id,
        "number": number,
        "facts": _encoded(tracklist.facts),
        "created_at": tracklist.updated_at,
        "created_by": by,
    }
    await connection.execute(insert(versions).values(row))


async def _prune(connection: AsyncConnection, tracklist_id: str, newest: int) -> None:
    old = and_(_version.tracklist_id == tracklist_id, _version.number <= newest - MOST_VERSIONS)
    await connection.execute(delete(versions).where(old))


# -- rows ------------------------------------------------------------------------------------------------------


def _is_revision(tracklist_id: str, rev: int) -> ColumnElement[bool]:
    return and_(_list.tracklist_id == tracklist_id, _list.rev == rev)


def _is_version(tracklist_id: str, number: int) -> ColumnElement[bool]:
    return and_(_version.tracklist_id == tracklist_id, _version.number == number)


def _row(tracklist: Tracklist) -> dict[str, object]:
    asked = [column.name for column in tracklists.c if column.name != "record"]
    return {name: getattr(tracklist, name) for name in asked} | {"record": _encoded(tracklist)}


def _version_of(_tracklist_id: str, number: int, facts: bytes, created_at: int, created_by: str) -> Version:
    told = msgspec.json.decode(facts, type=Facts)
    return Version(number=number, facts=told, created_at=created_at, created_by=created_by)


def _encoded(record: Tracklist | Facts) -> bytes:
    return msgspec.json.encode(record)


def _decoded(record: bytes) -> Tracklist:
    return msgspec.json.decode(record, type=Tracklist)

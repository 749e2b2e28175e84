"""Syncs in SQL, and what they did; `migrations/versions/tracklists_0003.py` makes the tables."""

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec.structs import replace
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, Table, and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api_queue.drivers.sql import RowNumber, insert_missing, metadata, writing
from api_queue.jobs.models import TaskId
from api_queue.tracklists.sync import AuditEntry, SyncState
from api_queue.tracklists.tables import tracklists

#: `record` is the whole `SyncState` as JSON; null where a task was ordered, and none has run yet.
syncs: Final = Table(
    "tracklist_syncs",
    metadata,
    Column("tracklist_id", ForeignKey(tracklists.c.tracklist_id, ondelete="CASCADE"), primary_key=True),
    Column("rev", Integer, nullable=False),
    Column("task_id", RowNumber),
    Column("record", LargeBinary),
)

#: `record` is the whole `AuditEntry` as JSON.
audit: Final = Table(
    "tracklist_audit",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("tracklist_id", ForeignKey(tracklists.c.tracklist_id, ondelete="CASCADE"), nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    Column("record", LargeBinary, nullable=False),
    sqlite_autoincrement=True,
)


class SqlSyncs:
    """sync.SyncStore, sync_orders.TaskNotes."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, tracklist_id: str) -> SyncState | None:
        asked = select(syncs.c.record).where(syncs.c.tracklist_id == tracklist_id)
        async with self._engine.connect() as connection:
            record = await connection.scalar(asked)
        return None if record is None else msgspec.json.decode(record, type=SyncState)

    async def put(self, state: SyncState, entry: AuditEntry) -> bool:
        same = and_(syncs.c.tracklist_id == state.tracklist_id, syncs.c.rev == state.rev)
        record = msgspec.json.encode(replace(state, rev=state.rev + 1))
        async with writing(self._engine) as connection:
            await _ensure(connection, state.tracklist_id)
            done = await connection.execute(update(syncs).where(same).values(rev=state.rev + 1, record=record))
            if not done.rowcount:
                return False
            await _tell(connection, state.tracklist_id, entry)
        return True

    async def tell(self, tracklist_id: str, entry: AuditEntry) -> None:
        async with writing(self._engine) as connection:
            await _tell(connection, tracklist_id, entry)

    async def audit(self, tracklist_id: str, limit: int, offset: int) -> tuple[int, Sequence[AuditEntry]]:
        of_list = audit.c.tracklist_id == tracklist_id
        page = select(audit.c.record).where(of_list).order_by(audit.c.number.desc()).limit(limit).offset(offset)
        async with self._engine.connect() as connection:
            total = await connection.scalar(select(func.count()).select_from(audit).where(of_list))
            found = [msgspec.json.decode(record, type=AuditEntry) for record in await connection.scalars(page)]
        return total or 0, found

    async def note_task(self, tracklist_id: str, task_id: TaskId) -> None:
        async with writing(self._engine) as connection:
            await _ensure(connection, tracklist_id)
            this = syncs.c.tracklist_id == tracklist_id
            await connection.execute(update(syncs).where(this).values(task_id=task_id))

    async def task_of(self, tracklist_id: str) -> TaskId | None:
        async with self._engine.connect() as connection:
            return await connection.scalar(select(syncs.c.task_id).where(syncs.c.tracklist_id == tracklist_id))


async def _ensure(connection: AsyncConnection, tracklist_id: str) -> None:
    """A row of the list."""
    await connection.execute(insert_missing(connection, syncs).values(tracklist_id=tracklist_id, rev=0))


async def _tell(connection: AsyncConnection, tracklist_id: str, entry: AuditEntry) -> None:
    row = {"tracklist_id": tracklist_id, "at": entry.at, "record": msgspec.json.encode(entry)}
    await connection.execute(insert(audit).values(row))

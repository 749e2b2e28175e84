"""`ScheduleStore` in SQL; `migrations/versions/tracklists_0003.py` makes the table."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, Select, String, Table, and_, delete, select
from sqlalchemy import update as update_rows
from sqlalchemy.ext.asyncio import AsyncEngine

from api_queue.drivers.sql import metadata, upsert, writing
from api_queue.tracklists.schedules import Schedule
from api_queue.tracklists.tables import tracklists

#: `record` is the whole `Schedule` as JSON. That of a list goes with it.
schedules: Final = Table(
    "tracklist_schedules",
    metadata,
    Column("schedule_id", String(36), primary_key=True),
    Column("tracklist_id", ForeignKey(tracklists.c.tracklist_id, ondelete="CASCADE")),
    Column("next_at", BigInteger, nullable=False, index=True),
    Column("created_at", BigInteger, nullable=False),
    Column("record", LargeBinary, nullable=False),
)
_schedule = schedules.c


class SqlSchedules:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def put(self, schedule: Schedule) -> None:
        async with writing(self._engine) as connection:
            await connection.execute(upsert(connection, schedules, "schedule_id").values(_row(schedule)))

    async def get(self, schedule_id: str) -> Schedule | None:
        found = await self._read(select(_schedule.record).where(_schedule.schedule_id == schedule_id))
        return found[0] if found else None

    async def batches(self) -> Sequence[Schedule]:
        of_batches = select(_schedule.record).where(_schedule.tracklist_id.is_(None))
        return await self._read(of_batches.order_by(_schedule.created_at, _schedule.schedule_id))

    async def due(self, now_ms: int) -> Sequence[Schedule]:
        is_due = select(_schedule.record).where(_schedule.next_at <= now_ms)
        return await self._read(is_due.order_by(_schedule.next_at, _schedule.schedule_id))

    async def advance(self, schedule: Schedule, due_at: int) -> bool:
        same = and_(_schedule.schedule_id == schedule.schedule_id, _schedule.next_at == due_at)
        async with writing(self._engine) as connection:
            return bool((await connection.execute(update_rows(schedules).where(same).values(_row(schedule)))).rowcount)

    async def remove(self, schedule_id: str) -> bool:
        async with writing(self._engine) as connection:
            gone = await connection.execute(delete(schedules).where(_schedule.schedule_id == schedule_id))
            return bool(gone.rowcount)

    async def _read(self, query: Select[bytes]) -> list[Schedule]:
        async with self._engine.connect() as connection:
            return [msgspec.json.decode(record, type=Schedule) for record in await connection.scalars(query)]


def _row(schedule: Schedule) -> dict[str, Any]:
    asked = ("schedule_id", "tracklist_id", "next_at", "created_at")
    return {name: getattr(schedule, name) for name in asked} | {"record": msgspec.json.encode(schedule)}

"""The database: whether SQLite finds it whole, whether rows name what there is, whether tasks are counted right."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy import ScalarSelect, Table, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api_queue.drivers.redis import Redis
from api_queue.drivers.sql import writing
from api_queue.jobs.tables import items, tasks
from api_queue.keeping.findings import Finding
from api_queue.keeping.found import Found
from api_queue.playback.device_store import devices
from api_queue.queues.history import history
from api_queue.queues.keys import NAMES

_MOVED: Final = "moves the rows into the found file"
#: Rows of a queue, by table: none outlives it.
_OF_QUEUES: Final[Sequence[Table]] = (history, devices)
_MOST: Final = 20


class SqliteCheck:
    """`findings.Check` of one file: SQLite's own look at every page, and at each reference."""

    def __init__(self, file: Path, found: Found) -> None:
        self._file = file
        self._found = found

    async def look(self) -> list[Finding]:
        if not self._file.exists():
            return []
        try:
            with closing(sqlite3.connect(self._file, timeout=10)) as database:
                return [*self._damage(database), *self._references(database)]
        except sqlite3.DatabaseError as error:
            return [self._finding(f"It cannot be read: {error}.", "")]

    def _damage(self, database: sqlite3.Connection) -> list[Finding]:
        said = [line for (line,) in database.execute(f"PRAGMA integrity_check({_MOST})") if line != "ok"]
        repair = "makes the indexes anew; what it cannot mend needs a backup"
        return [self._finding(f"SQLite says: {line}.", repair) for line in said]

    def _references(self, database: sqlite3.Connection) -> list[Finding]:
        rows = database.execute("PRAGMA foreign_key_check").fetchall()
        return [
            Finding("database_references", table, f"Rows of it name rows of {parent} that are not there.", _MOVED)
            for table, parent in sorted({(table, parent) for table, _, parent, _ in rows})
        ]

    def _finding(self, sentence: str, repair: str) -> Finding:
        return Finding("database_damaged", self._file.name, sentence, repair)

    async def mend(self, findings: Sequence[Finding]) -> None:
        with closing(sqlite3.connect(self._file, timeout=10)) as database:
            database.row_factory = sqlite3.Row
            if any(finding.code == "database_damaged" for finding in findings):
                database.execute("REINDEX")
            for table, row_id, _, _ in database.execute("PRAGMA foreign_key_check").fetchall():
                where = f'FROM "{table}" WHERE rowid = ?'
                for row in database.execute(f"SELECT * {where}", (row_id,)).fetchall():
                    self._found.keep("database_references", table, dict(row))
                database.execute(f"DELETE {where}", (row_id,))
            database.commit()


class RowCheck:
    """`findings.Check`: rows of queues that there are not."""

    def __init__(self, engine: AsyncEngine, redis: Redis, found: Found) -> None:
        self._engine = engine
        self._redis = redis
        self._found = found

    async def look(self) -> list[Finding]:
        names = set(await self._redis.call("SMEMBERS", NAMES))
        async with self._engine.connect() as connection:
            orphans = {table.name: await _queues_of(connection, table) - names for table in _OF_QUEUES}
        if not names and any(orphans.values()):
            what = "There is no queue at all, and the database has rows of some: Redis came back empty."
            return [Finding("redis_empty", "redis", f"{what} Restore a backup.")]
        return [
            Finding("rows_of_no_queue", table, f"Rows of it are of the queue '{name}', which is not there.", _MOVED)
            for table, queues in orphans.items()
            for name in sorted(queues)
        ]

    async def mend(self, findings: Sequence[Finding]) -> None:
        if not findings:
            return
        names = set(await self._redis.call("SMEMBERS", NAMES))
        async with writing(self._engine) as connection:
            for table in _OF_QUEUES:
                for name in await _queues_of(connection, table) - names:
                    rows = await connection.execute(table.delete().where(table.c.queue == name).returning(*table.c))
                    for row in rows.mappings():
                        self._found.keep("rows_of_no_queue", table.name, dict(row))


async def _queues_of(connection: AsyncConnection, table: Table) -> set[str]:
    return set((await connection.execute(select(table.c.queue).distinct())).scalars())


class TaskCheck:
    """`findings.Check`: what a task says of its items, and what these say."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def look(self) -> list[Finding]:
        async with self._engine.connect() as connection:
            return [
                Finding("task_counts", f"task {task_id}", "Its counts are not those of its items.", "counts them again")
                for task_id in (await connection.execute(_MISCOUNTED)).scalars()
            ]

    async def mend(self, findings: Sequence[Finding]) -> None:
        wrong = [int(finding.where.removeprefix("task ")) for finding in findings]
        async with writing(self._engine) as connection:
            await connection.execute(update(tasks).where(tasks.c.task_id.in_(wrong)).values(_COUNTED))


def _count(status: str | None = None) -> ScalarSelect[int]:
    """Of a task's items those with this status, or all."""
    of_task = select(func.count()).select_from(items).where(items.c.task_id == tasks.c.task_id)
    return (of_task if status is None else of_task.where(items.c.status == status)).scalar_subquery()


_COUNTED: Final = {
    "total_items": _count(),
    "completed_items": _count("completed"),
    "failed_items": _count("failed"),
    "canceled_items": _count("canceled"),
}
_MISCOUNTED: Final = select(tasks.c.task_id).where(or_(*(tasks.c[name] != count for name, count in _COUNTED.items())))

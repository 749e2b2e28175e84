"""SQL through SQLAlchemy Core: SQLite in the data folder, or what `sql_url` names.

A store reads in `async with engine.connect() as connection` and writes in `async with writing(engine) as
connection`. Its tables stand in `store.py` as `Table(..., metadata, ...)`; `migrations/` makes them.
"""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, Insert, MetaData, create_engine, event, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

#: Constraints have names, so that a later migration can drop them.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_PRAGMAS = (
    "PRAGMA busy_timeout = 10000",  # ms that a writer waits for the other one
    "PRAGMA journal_mode = WAL",  # readers and the one writer do not wait for each other
    "PRAGMA synchronous = FULL",  # what was committed is on the disk, also at a power cut
    "PRAGMA foreign_keys = ON",
)
_WRITING: Final = {"sqlite_begin": "BEGIN IMMEDIATE"}


class _Connection(sqlite3.Connection):
    def close(self) -> None:
        """SQLite closes for good, and lets go of its lock, once Python has forgotten each statement that was cancelled
        between its first row and its last. Nobody waits for that.
        """
        self.rollback()
        super().close()


def url_of(sql_url: str, data: Path) -> str:
    """The operator's own, else a file in the data folder. `sqlite:` alone gets the driver that does not block."""
    url = sql_url or f"sqlite:///{data.resolve() / 'api_queue.sqlite'}"
    return re.sub("^sqlite:", "sqlite+aiosqlite:", url)


def connect(url: str) -> AsyncEngine:
    """Lazy. `await engine.dispose()` before the process ends: each SQLite connection is a thread."""
    engine = create_async_engine(url, connect_args=_options(url))
    _prepare(engine.sync_engine)
    return engine


def connect_here(url: str) -> Engine:
    """Blocks: it is for a thread, which saves two hand-overs for each statement."""
    engine = create_engine(url, connect_args=_options(url))
    _prepare(engine)
    return engine


def writing(engine: AsyncEngine) -> AbstractAsyncContextManager[AsyncConnection]:
    """A transaction that may write, commits at the end, and holds the write lock from its start.

    SQLite refuses to turn a reader into a writer when another one has written in between, however long it
    waits.
    """
    return engine.execution_options(**_WRITING).begin()


def writing_here(engine: Engine) -> AbstractContextManager[Connection]:
    """As `writing`."""
    return engine.execution_options(**_WRITING).begin()


async def insert_rows(connection: AsyncConnection, statement: Insert, rows: Sequence[tuple[object, ...]]) -> None:
    """With values as the driver takes them, in the order of the table's columns.

    For thousands of rows: SQLAlchemy takes longer to convert them than SQLite to write them.
    """
    if rows:
        await connection.exec_driver_sql(str(statement.compile(dialect=connection.dialect)), rows)


async def ping(engine: AsyncEngine) -> None:
    """Raises when the database does not answer."""
    async with engine.connect() as connection:
        await connection.execute(select(1))


def _options(url: str) -> dict[str, object]:
    return {"factory": _Connection} if url.startswith("sqlite") else {}


def _prepare(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)


def _set_up(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver would begin late, and not at all before DDL; _begin does
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))

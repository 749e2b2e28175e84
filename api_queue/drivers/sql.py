"""SQL through SQLAlchemy Core: SQLite in the data folder, or the PostgreSQL that `sql_url` names.

A store reads in `async with engine.connect() as connection`, which shows one state of the database until it ends, and
writes in `async with writing(engine, "its feature") as connection`. Its tables stand in `store.py` as
`Table(..., metadata, ...)`; `migrations/` makes them.
"""

import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    Insert,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from api_queue.drivers.sqlite_faults import name_disk_faults

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
#: By the name of the dialect. In PostgreSQL each statement of a writer sees what others have committed before it.
_WRITING: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {"sqlite": {"sqlite_begin": "BEGIN IMMEDIATE"}, "postgresql": {"isolation_level": "READ COMMITTED"}}
)
#: By the name in a URL.
_DRIVERS: Final = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}

#: Numbers of rows, with 64 bits. SQLite makes new ones for an INTEGER only, which has as many.
RowNumber: Final = BigInteger().with_variant(Integer(), "sqlite")
#: Text in the order of its bytes, which is SQLite's; a PostgreSQL may know another.
ByteOrder: Final = Text().with_variant(Text(collation="C"), "postgresql")


class _Connection(sqlite3.Connection):
    def close(self) -> None:
        """SQLite closes for good, and lets go of its lock, once Python has forgotten each statement that was cancelled
        between its first row and its last. Nobody waits for that.
        """
        self.rollback()
        super().close()


def url_of(sql_url: str, data: Path) -> str:
    """The operator's own, else a file in the data folder; with the driver that does not block."""
    url = sql_url or f"sqlite:///{data.resolve() / 'api_queue.sqlite'}"
    scheme, colon, rest = url.partition(":")
    return f"{_DRIVERS.get(scheme, scheme)}{colon}{rest}"


def connect(url: str) -> AsyncEngine:
    """Lazy. `await engine.dispose()` before the process ends: each SQLite connection is a thread."""
    if url.startswith("postgresql"):
        from api_queue.drivers import postgres  # noqa: PLC0415 - a driver that only those need who name one

        return postgres.engine_of(url)
    engine = create_async_engine(url, connect_args=_options(url))
    _prepare(engine.sync_engine)
    return engine


def connect_here(url: str) -> Engine:
    """Blocks: it is for a thread, which saves two hand-overs for each statement."""
    engine = create_engine(url, connect_args=_options(url))
    _prepare(engine)
    return engine


@asynccontextmanager
async def writing(engine: AsyncEngine, *alone_in: str) -> AsyncIterator[AsyncConnection]:
    """A transaction that may write, and commits at the end.

    `alone_in` names, in the order of the alphabet, what it reads and then changes by what it read: of all that name the
    same one runs at a time. Without it each statement has to be right by itself. SQLite has one writer at a time in any
    case. It holds the lock from its start, since a reader does not become a writer when another one has written in
    between, however long it waits.
    """
    async with engine.execution_options(**_WRITING[engine.dialect.name]).begin() as connection:
        if engine.dialect.name == "postgresql":
            for name in alone_in:
                await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
        yield connection


def writing_here(engine: Engine) -> AbstractContextManager[Connection]:
    """As `writing`."""
    return engine.execution_options(**_WRITING[engine.dialect.name]).begin()


def insert_missing(connection: AsyncConnection, table: Table) -> Insert:
    """Rows that are there already stay as they are."""
    return _insert(connection, table).on_conflict_do_nothing()


def upsert(connection: AsyncConnection, table: Table, key: str, *changed: str) -> Insert:
    """Of rows whose `key` is there already the columns `changed` are put, or all."""
    statement = _insert(connection, table)
    names = changed or tuple(column.name for column in table.columns if column.name != key)
    return statement.on_conflict_do_update(
        index_elements=[key], set_={name: statement.excluded[name] for name in names}
    )


def _insert(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


async def insert_rows(connection: AsyncConnection, statement: Insert, rows: Sequence[tuple[object, ...]]) -> None:
    """With values as the driver takes them, in the order of the table's columns.

    For thousands of rows: SQLAlchemy takes longer to convert them than the database to write them.
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
        name_disk_faults(engine)


def _set_up(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver would begin late, and not at all before DDL; _begin does
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))

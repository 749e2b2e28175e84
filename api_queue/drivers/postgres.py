"""How PostgreSQL is reached (docs/decisions/0021-postgresql.md); what is said to it is `sql.py`'s and the stores'."""

from typing import Any, Final

import asyncpg
from sqlalchemy import ExceptionContext, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from api_queue.errors import DatabaseAway, DiskFull

_SESSION: Final = {
    "application_name": "api_queue",
    "jit": "off",  # compiling takes longer than any statement of ours
    "random_page_cost": "1.1",  # a library is in memory: else a search reads all of it rather than an index
    "lock_timeout": "10s",  # as long as a writer of SQLite waits for another one
    "idle_in_transaction_session_timeout": "60s",  # a machine that is gone lets go of its locks
}
_OPEN_S: Final = 10
#: Seconds after which asking again is worth it.
_AGAIN_S: Final = 2
#: What passes, by what its SQLSTATE begins with: connections, restarts, too many clients, a standby, locks of others.
_AWAY: Final = ("08", "57P", "53300", "25006", "55P03", "40")
_DISK_FULL: Final = "53100"
#: Of one process: so many connections stay open, and so many more are opened when these are busy.
_POOL: Final = {"pool_size": 5, "max_overflow": 5, "pool_timeout": 10, "pool_pre_ping": True}


def engine_of(url: str) -> AsyncEngine:
    """`url` is libpq's, with all of its parameters: `sslmode`, several hosts, `target_session_attrs`. Who uses it gets
    DatabaseAway, caused by what asyncpg says, while it is.
    """
    dsn = url.replace("+asyncpg", "", 1)

    async def connection() -> Any:
        try:
            return await asyncpg.connect(dsn, timeout=_OPEN_S, server_settings=_SESSION)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError) as error:
            raise DatabaseAway(retry_after=_AGAIN_S) from error

    # One transaction that reads sees one state of the database, as in SQLite.
    options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", **_POOL}
    engine = create_async_engine("postgresql+asyncpg://", async_creator=connection, **options)
    event.listen(engine.sync_engine, "before_cursor_execute", _without_nul, retval=True)
    event.listen(engine.sync_engine, "handle_error", _raise_ours)
    return engine


def _raise_ours(context: ExceptionContext) -> None:
    state: str = getattr(context.original_exception, "sqlstate", None) or ""
    if state == _DISK_FULL:
        raise DiskFull(retry_after=_AGAIN_S) from context.original_exception
    is_fault = isinstance(context.original_exception, Exception)  # a statement that is cancelled is none
    if (is_fault and context.is_disconnect) or state.startswith(_AWAY):
        raise DatabaseAway(retry_after=_AGAIN_S) from context.original_exception


def _without_nul(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> tuple[str, Any]:
    """PostgreSQL has no text with a NUL: U+FFFD stands there, and what is looked for is not found."""
    return statement, [_clean(row) for row in values] if isinstance(values, list) else _clean(values)


def _clean(row: Any) -> Any:
    if not any(type(value) is str and "\0" in value for value in row):
        return row
    return tuple(value.replace("\0", "\ufffd") if isinstance(value, str) else value for value in row)

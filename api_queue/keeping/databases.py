"""The databases as files: SQLite by its own online backup, PostgreSQL by its own programs."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine

from api_queue.drivers.sql import url_of, writing
from api_queue.errors import StartRefused
from api_queue.settings import Settings

SQLITE: Final = "api_queue.sqlite"
POSTGRES: Final = "api_queue.pgdump"
MESSAGES: Final = "messages.sqlite"
_BUSY_S: Final = 10
_OUR_TABLES: Final = text(
    "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema AND tableowner = current_user"
)
_PASSWORD_IS: Final = "password="  # noqa: S105 - the name of an option
_NAMES: Final = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def dialect(settings: Settings) -> str:
    """As SQLAlchemy calls it. A URL of several hosts is none that it can read."""
    return url_of(settings.sql_url, settings.data).partition(":")[0].partition("+")[0]


def sqlite_file(settings: Settings) -> Path:
    return Path(make_url(url_of(settings.sql_url, settings.data)).database or "")


def messages_file(settings: Settings) -> Path:
    own = settings.messages_sqlite_file
    return Path(own) if own else settings.data / MESSAGES


def save(settings: Settings, folder: Path) -> list[str]:
    """The names of the files in `folder`. Blocks. Raises StartRefused, with what is missing or damaged."""
    files = [(messages_file(settings), MESSAGES)]
    if dialect(settings) == "sqlite":
        files.insert(0, (sqlite_file(settings), SQLITE))
    names = [name for file, name in files if file.exists() and _save_sqlite(file, folder / name)]
    if dialect(settings) == "postgresql":
        _postgres("pg_dump", settings, "--format=custom", f"--file={_private(folder / POSTGRES)}")
        names.append(POSTGRES)
    return names


def check_kind(settings: Settings, saved_as: str) -> None:
    """Raises StartRefused where the backup is of another kind of database."""
    if dialect(settings) != saved_as:
        here, there = (_NAMES.get(kind, kind) for kind in (dialect(settings), saved_as))
        raise StartRefused(reason=f"The backup has a database of {there}, and sql_url names one of {here}.")


async def drop_tables(engine: AsyncEngine) -> None:
    """PostgreSQL's, for which a backup has others: `pg_restore` leaves a table that it does not know, which the next
    upgrade could not make then. A file of SQLite is replaced whole.
    """
    if engine.dialect.name == "postgresql":
        async with writing(engine) as connection:
            for name in (await connection.scalars(_OUR_TABLES)).all():
                await connection.execute(text(f"DROP TABLE {name} CASCADE"))


def put_back(settings: Settings, folder: Path, saved_as: str) -> None:
    """Blocks. Raises StartRefused."""
    if saved_as == "sqlite":
        _put_sqlite(folder / SQLITE, sqlite_file(settings))
    else:
        once = ("--clean", "--if-exists", "--no-owner", "--no-acl", "--single-transaction")
        _postgres("pg_restore", settings, *once, str(folder / POSTGRES))
    if (folder / MESSAGES).exists():
        _put_sqlite(folder / MESSAGES, messages_file(settings))


# -- SQLite ----------------------------------------------------------------------------------------------------


def _save_sqlite(file: Path, target: Path) -> bool:
    """In one step, so that it is one state; who writes meanwhile does not wait."""
    try:
        with (
            closing(sqlite3.connect(file, timeout=_BUSY_S)) as source,
            closing(sqlite3.connect(_private(target))) as to,
        ):
            source.backup(to, pages=-1)
            to.execute("PRAGMA journal_mode = DELETE")  # one file, and none beside it
            damage = [line for (line,) in to.execute("PRAGMA quick_check(1)") if line != "ok"]
    except sqlite3.OperationalError as error:
        raise StartRefused(reason=f"The database {file} cannot be copied: {error}.") from None
    except sqlite3.DatabaseError as error:
        damage = [str(error)]
    if damage:
        reason = f"The database {file} is damaged ({damage[0]}): nothing was saved. `check` says more."
        raise StartRefused(reason=reason)
    _sync(target)
    return True


def _put_sqlite(source: Path, file: Path) -> None:
    """Whole under its name or not there; what SQLite had beside the one before would be taken for its own."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.draft")
    draft.unlink(missing_ok=True)
    shutil.copyfile(source, _private(draft))
    _sync(draft)
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    draft.replace(file)


def _private(path: Path) -> Path:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return path


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


# -- PostgreSQL ------------------------------------------------------------------------------------------------


def _postgres(program: str, settings: Settings, *options: str) -> None:
    """The password goes by the environment: arguments are for everybody to see."""
    binary = shutil.which(program)
    if binary is None:
        raise StartRefused(
            reason=f"{program} is missing: install the package postgresql-client, in PostgreSQL's version."
        )
    url, password = _without_password(settings.sql_url)
    command = (binary, f"--dbname={url}", "--no-password", *options)
    _run(command, {**os.environ, **({"PGPASSWORD": password} if password else {})})


def _run(command: Sequence[str], environment: dict[str, str]) -> None:
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if ended.returncode:
        said = ended.stderr.strip().splitlines() or [f"exit code {ended.returncode}"]
        raise StartRefused(reason=f"{Path(command[0]).name} failed: {said[0]}")


def _without_password(sql_url: str) -> tuple[str, str]:
    """As libpq takes it, and the password apart, whether it stands before the host or among the options."""
    _, _, rest = sql_url.partition("://")
    place, mark, query = rest.partition("?")
    authority, slash, database = place.partition("/")
    login, at, hosts = authority.rpartition("@")
    user, _, password = login.partition(":")
    options = query.split("&")
    for option in options:
        password = option.removeprefix(_PASSWORD_IS) if option.startswith(_PASSWORD_IS) else password
    query = "&".join(option for option in options if not option.startswith(_PASSWORD_IS))
    return f"postgresql://{user}{at}{hosts}{slash}{database}{mark}{query}", unquote(password)

"""The tables of CUE files: as the migrations make them, and what becomes of files of an earlier version."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import AsyncEngine

from api_queue.drivers.sql import connect, metadata, url_of, writing
from api_queue.migrations import upgrade_database
from api_queue.tracklists.cue_files import CueFilter
from api_queue.tracklists.cue_store import SqlCueFiles, cue_files

#: As it was written before the text stood beside it.
RECORD = {
    "cue_id": "c",
    "tracklist_id": "t",
    "format": "kodi",
    "content": "REM ♫\r\n",
    "created_at": 5,
    "making": {"track_count": 1, "tracklist_rev": 2},
    "version": 3,
    "is_active": True,
    "created_by": "somebody",
}
_COLUMNS = (
    *("cue_id", "tracklist_id", "format", "version", "tracklist_rev", "is_active"),
    *("created_at", "size_bytes", "record"),
)
_BEFORE = text(f"INSERT INTO cue_files ({', '.join(_COLUMNS)}) VALUES (:{', :'.join(_COLUMNS)})")


def _to_0003(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "api_queue:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "tracklists_0003")


def _differences(connection: Connection) -> object:
    ours = MetaData(naming_convention=metadata.naming_convention)
    cue_files.to_metadata(ours)
    options = {"include_name": lambda name, kind, _: kind != "table" or name in ours.tables}
    return compare_metadata(MigrationContext.configure(connection, opts=options), ours)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = connect(url_of("", tmp_path))
    yield engine
    await engine.dispose()


async def test_files_of_before_keep_their_text_and_whose_they_are(engine: AsyncEngine) -> None:
    # Given a database with a file, its text within the record
    async with writing(engine) as connection:
        await connection.run_sync(_to_0003)
        row = RECORD | {"tracklist_rev": 2, "size_bytes": 9, "record": json.dumps(RECORD).encode()}
        await connection.execute(_BEFORE, {name: row[name] for name in _COLUMNS})
    # When it is upgraded
    await upgrade_database(f"{engine.url}")
    # Then all of it is still there
    store = SqlCueFiles(engine)
    file = await store.get("c")
    assert file is not None
    assert (file.content, file.size_bytes, file.version, file.created_by) == ("REM ♫\r\n", 9, 3, "somebody")
    assert file.checksum.startswith("sha256:")
    assert await store.find(CueFilter()) == (1, [file.brief])


async def test_the_migrations_make_the_table_that_the_store_uses(engine: AsyncEngine) -> None:
    await upgrade_database(f"{engine.url}")
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []

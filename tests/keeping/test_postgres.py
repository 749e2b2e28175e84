"""A server whose database is PostgreSQL: saved and put back by PostgreSQL's own programs."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from api_queue.drivers.redis import Redis
from api_queue.drivers.sql import writing
from api_queue.errors import StartRefused
from api_queue.keeping import databases
from api_queue.keeping.backup import Backup
from api_queue.migrations import upgrade_database
from api_queue.parts import Parts
from api_queue.serving.restoring import restore
from tests.engines.postgres import databases as postgres_databases
from tests.house import house_settings
from tests.tools import needs


def nothing(*_: object) -> None:
    pass


async def test_its_rows_are_in_another_database_afterwards(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    for program in ("pg_dump", "pg_restore"):
        needs(program, "postgresql-client")
    server = postgres_databases()
    here, there = server.url(server.copy()), server.url(server.copy())
    settings = house_settings(redis_url, tmp_path / "data", sql_url=here)
    settings.data.mkdir()
    await upgrade_database(here)
    parts = Parts(settings)
    token, _ = await parts.tokens.create("admin", label="Nina's laptop")
    where, manifest = await Backup(parts, tmp_path / "saved", nothing).take()
    await parts.close()
    assert manifest.sql == "postgresql"

    elsewhere = replace(settings, redis_url="", sql_url=there, data=tmp_path / "new")
    restored = await asyncio.to_thread(restore, elsewhere, where, nothing, over=False)
    assert restored.report.standing == []
    parts = Parts(replace(elsewhere, redis_url=redis_url))
    assert [each.label for each in await parts.tokens.tokens()] == ["Nina's laptop"]
    await parts.close()
    assert token
    # What is there now is not replaced unasked, nor by a file of SQLite
    with pytest.raises(StartRefused, match="This database holds a server's tables"):
        await asyncio.to_thread(restore, replace(elsewhere, data=tmp_path / "third"), where, nothing, over=False)
    with pytest.raises(StartRefused, match="a database of PostgreSQL, and sql_url names one of SQLite"):
        await asyncio.to_thread(
            restore, replace(elsewhere, sql_url="", data=tmp_path / "4"), where, nothing, over=False
        )


async def test_what_an_older_backup_does_not_know_is_made_by_the_upgrade_again(
    redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    needs("pg_restore", "postgresql-client")
    server = postgres_databases()
    older, newer = server.url(server.copy()), server.url(server.copy())
    settings = house_settings(redis_url, tmp_path / "data", sql_url=older)
    settings.data.mkdir()
    await upgrade_database(older)
    await upgrade_database(newer)
    parts = Parts(settings)
    async with writing(parts.engine) as connection:
        await connection.execute(text("DROP TABLE track_likes"))
        await connection.execute(text("DELETE FROM alembic_version WHERE version_num LIKE 'likes%'"))
    where, _ = await Backup(parts, tmp_path / "saved", nothing).take()
    await parts.close()

    elsewhere = replace(settings, redis_url="", sql_url=newer, data=tmp_path / "new")
    restored = await asyncio.to_thread(restore, elsewhere, where, nothing, over=True)
    assert restored.report.standing == []


async def test_without_its_programs_a_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    settings = house_settings("", tmp_path, sql_url="postgresql://ann:secret@127.0.0.1:1/party")
    with pytest.raises(StartRefused, match="pg_dump is missing: install the package postgresql-client"):
        databases.save(settings, tmp_path)


@pytest.mark.parametrize(
    ("sql_url", "wanted"),
    [
        (
            "postgresql+asyncpg://ann:se%40cret@db/party?sslmode=require",
            ("postgresql://ann@db/party?sslmode=require", "se@cret"),
        ),
        ("postgresql://ann@a:1,b:2/party", ("postgresql://ann@a:1,b:2/party", "")),
        ("postgresql:///party", ("postgresql:///party", "")),
        (
            "postgresql://db/party?user=ann&password=se%40cret&sslmode=require",
            ("postgresql://db/party?user=ann&sslmode=require", "se@cret"),
        ),
    ],
)
def test_the_password_is_no_argument(sql_url: str, wanted: tuple[str, str]) -> None:
    assert databases._without_password(sql_url) == wanted

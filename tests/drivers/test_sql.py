import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from api_queue.drivers.sql import connect, url_of, writing

numbers = Table("numbers", MetaData(), Column("number", Integer, primary_key=True))


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = connect(url_of("", tmp_path))
    async with writing(engine) as connection:
        await connection.run_sync(numbers.metadata.create_all)
    yield engine
    await engine.dispose()


async def count(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return await connection.scalar(select(func.count()).select_from(numbers)) or 0


async def test_an_operators_database_wins_over_the_file(tmp_path: Path) -> None:
    assert url_of("postgresql+asyncpg://db/party", tmp_path) == "postgresql+asyncpg://db/party"


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("busy_timeout", 10000), ("foreign_keys", 1)],
)
async def test_each_connection_is_set_up(engine: AsyncEngine, pragma: str, value: object) -> None:
    async with engine.connect() as connection:
        assert await connection.scalar(text(f"PRAGMA {pragma}")) == value


async def test_writers_that_read_first_wait_for_each_other(engine: AsyncEngine) -> None:
    async def add_the_next() -> None:
        async with writing(engine) as connection:
            last = await connection.scalar(select(func.coalesce(func.max(numbers.c.number), 0)))
            await connection.execute(insert(numbers).values(number=(last or 0) + 1))

    # When five do it at once
    await asyncio.gather(*(add_the_next() for _ in range(5)))
    # Then none was refused and none read what another was about to change
    assert await count(engine) == 5


async def test_a_failed_transaction_leaves_nothing(engine: AsyncEngine) -> None:
    # Given a transaction that makes a table and writes, when its last statement fails
    async def fail() -> None:
        async with writing(engine) as connection:
            await connection.execute(text("CREATE TABLE extra (id INTEGER)"))
            await connection.execute(insert(numbers), [{"number": 1}])
            await connection.execute(insert(numbers), [{"number": 1}])

    with pytest.raises(IntegrityError):
        await fail()
    # Then all of it is gone, the table too
    assert await count(engine) == 0
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'extra'")) == 0


async def test_a_reader_does_not_wait_for_a_writer(engine: AsyncEngine) -> None:
    async with writing(engine) as connection:
        await connection.execute(insert(numbers).values(number=1))
        assert await count(engine) == 0
    assert await count(engine) == 1

"""What `drivers/sql.py` promises of PostgreSQL; `tests/drivers/test_sql.py` has it of SQLite."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from api_queue.drivers.sql import connect, insert_missing, ping, upsert, url_of, writing
from api_queue.errors import DatabaseAway
from tests.engines.conftest import address
from tests.engines.postgres import Databases, Postgres

numbers = Table("numbers", MetaData(), Column("number", Integer, primary_key=True), Column("said", Text))


@pytest.fixture
def url(postgres: Databases) -> str:
    """Of a database that no other test has tables in."""
    return address(postgres, "postgres")


@pytest.fixture(autouse=True)
async def _table(engine: AsyncEngine) -> AsyncIterator[None]:
    async with writing(engine) as connection:
        await connection.run_sync(numbers.metadata.create_all)
    yield
    async with writing(engine) as connection:
        await connection.run_sync(numbers.metadata.drop_all)


async def add_the_next(engine: AsyncEngine, *alone_in: str) -> None:
    async with writing(engine, *alone_in) as connection:
        last = await connection.scalar(select(func.coalesce(func.max(numbers.c.number), 0)))
        await asyncio.sleep(0)
        await connection.execute(insert(numbers).values(number=(last or 0) + 1))


async def said(engine: AsyncEngine) -> dict[int, str]:
    async with engine.connect() as connection:
        return dict((await connection.execute(select(numbers.c.number, numbers.c.said))).all())


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_any_of_its_names_gets_the_driver_that_does_not_block(scheme: str, tmp_path: Path) -> None:
    assert url_of(f"{scheme}://ann:secret@db/party?sslmode=require", tmp_path) == (
        "postgresql+asyncpg://ann:secret@db/party?sslmode=require"
    )


async def test_who_names_the_same_is_alone(engine: AsyncEngine, other_engine: AsyncEngine) -> None:
    # When two servers read and then write, ten times each
    await asyncio.gather(*(add_the_next(each, "numbers") for each in (engine, other_engine) for _ in range(10)))
    # Then none read what another was about to change
    assert set(await said(engine)) == set(range(1, 21))


async def test_who_names_something_else_does_not_wait(engine: AsyncEngine, other_engine: AsyncEngine) -> None:
    async with writing(engine, "numbers"):
        await add_the_next(other_engine, "letters")
        await add_the_next(other_engine)
    assert set(await said(engine)) == {1, 2}


async def test_a_writer_that_is_cancelled_leaves_nothing_and_lets_the_next_one_in(
    engine: AsyncEngine, other_engine: AsyncEngine
) -> None:
    inside = asyncio.Event()

    async def write_and_wait() -> None:
        async with writing(engine, "numbers") as connection:
            await connection.execute(insert(numbers).values(number=7))
            inside.set()
            await asyncio.Event().wait()

    writer = asyncio.create_task(write_and_wait())
    await inside.wait()
    writer.cancel()
    await asyncio.wait([writer])
    await add_the_next(other_engine, "numbers")
    assert set(await said(engine)) == {1}


async def test_one_that_is_cancelled_in_a_statement_is_cancelled(
    engine: AsyncEngine, other_engine: AsyncEngine
) -> None:
    async def wait_for_the_lock() -> None:
        async with writing(other_engine, "numbers"):
            raise AssertionError

    # Given a writer that waits for another one
    async with writing(engine, "numbers") as connection:
        waiting = asyncio.create_task(wait_for_the_lock())
        is_there = select(func.count()).select_from(text("pg_locks")).where(text("NOT granted"))
        while not await connection.scalar(is_there):
            pass
        # When it is cancelled, then that is what it hears, and no fault
        waiting.cancel()
        await asyncio.wait([waiting])
    assert waiting.cancelled()


async def test_a_reader_keeps_what_it_began_with(engine: AsyncEngine, other_engine: AsyncEngine) -> None:
    count = select(func.count()).select_from(numbers)
    async with engine.connect() as reader:
        assert await reader.scalar(count) == 0
        await add_the_next(other_engine)
        assert await reader.scalar(count) == 0


async def test_a_writer_sees_what_others_wrote_before_each_of_its_statements(
    engine: AsyncEngine, other_engine: AsyncEngine
) -> None:
    count = select(func.count()).select_from(numbers)
    async with writing(engine) as writer:
        assert await writer.scalar(count) == 0
        await add_the_next(other_engine)
        assert await writer.scalar(count) == 1


async def test_rows_that_are_there_are_put_or_left(engine: AsyncEngine) -> None:
    async with writing(engine) as connection:
        await connection.execute(insert(numbers), [{"number": 1, "said": "one"}])
        await connection.execute(insert_missing(connection, numbers), [{"number": 1, "said": "left"}])
        await connection.execute(upsert(connection, numbers, "number"), [{"number": 1, "said": "put"}])
    assert await said(engine) == {1: "put"}


async def test_a_nul_is_no_letter_that_it_knows(engine: AsyncEngine) -> None:
    async with writing(engine) as connection:
        await connection.execute(insert(numbers), [{"number": 1, "said": "a\0b"}, {"number": 2, "said": "c"}])
        assert await connection.scalar(select(numbers.c.number).where(numbers.c.said == "c\0")) is None
    assert await said(engine) == {1: "a\ufffdb", 2: "c"}


async def test_a_failed_transaction_leaves_nothing(engine: AsyncEngine) -> None:
    async def fail() -> None:
        async with writing(engine) as connection:
            await connection.execute(text("CREATE TABLE extra (id INTEGER)"))
            await connection.execute(insert(numbers), [{"number": 1}])
            await connection.execute(insert(numbers), [{"number": 1}])

    with pytest.raises(IntegrityError):
        await fail()
    assert await said(engine) == {}
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT to_regclass('extra')")) is None


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("postgresql://ann:secret@127.0.0.1:1/party", "Connect call failed"),
        ("postgresql://ann:secret@127.0.0.1/party?sslmode=bogus", "sslmode"),
    ],
)
async def test_one_that_is_not_there_is_away_and_no_password_is_said(address: str, reason: str) -> None:
    engine = connect(url_of(address, Path()))
    with pytest.raises(DatabaseAway) as away:
        await ping(engine)
    assert reason in f"{away.value.__cause__}"
    assert "secret" not in f"{away.value}{away.value.__cause__}"


async def test_it_is_taken_up_again_when_it_is_back() -> None:
    # Given a server that we know
    server = await asyncio.to_thread(Postgres)
    engine = connect(url_of(f"postgresql://party@127.0.0.1:{server.port}/postgres", Path()))
    try:
        await ping(engine)
        # When it ends, then it is away
        await asyncio.to_thread(server.end)
        with pytest.raises(DatabaseAway):
            await ping(engine)
        # And when it is back, nobody feels that our connections were those of the old one
        await asyncio.to_thread(server.start)
        await ping(engine)
    finally:
        await engine.dispose()
        await asyncio.to_thread(server.remove)

"""Writers of one SQLite file: they wait for each other, and one that breaks off leaves nothing."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from api_queue.drivers.sql import connect, ping, url_of, writing
from api_queue.errors import DiskFailing

metadata = MetaData()
owners = Table("owners", metadata, Column("number", Integer, primary_key=True))
things = Table("things", metadata, Column("owner", ForeignKey(owners.c.number, ondelete="CASCADE")))


@pytest.fixture
async def engines(tmp_path: Path) -> AsyncIterator[tuple[AsyncEngine, AsyncEngine]]:
    """Of two processes on one file."""
    both = connect(url_of("", tmp_path)), connect(url_of("", tmp_path))
    async with writing(both[0]) as connection:
        await connection.run_sync(metadata.create_all)
    yield both
    for engine in both:
        await engine.dispose()


async def numbers(engine: AsyncEngine) -> list[int]:
    async with engine.connect() as connection:
        return list(await connection.scalars(select(owners.c.number).order_by(owners.c.number)))


async def test_a_second_writer_waits_until_the_first_is_done(engines: tuple[AsyncEngine, AsyncEngine]) -> None:
    order: list[str] = []
    inside, go = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with writing(engines[0]) as connection:
            inside.set()
            await go.wait()
            await connection.execute(insert(owners).values(number=1))
            order.append("first")

    async def second() -> None:
        async with writing(engines[1]) as connection:
            order.append("second")
            assert list(await connection.scalars(select(owners.c.number))) == [1]

    # Given a writer in the middle of its work, when another process wants to write
    tasks = [asyncio.create_task(first())]
    await inside.wait()
    tasks.append(asyncio.create_task(second()))
    go.set()
    # Then it begins after the first has ended, and sees what that one wrote
    await asyncio.gather(*tasks)
    assert order == ["first", "second"]


async def test_a_writer_that_is_cancelled_leaves_nothing_and_lets_the_next_one_in(
    engines: tuple[AsyncEngine, AsyncEngine],
) -> None:
    inside = asyncio.Event()

    async def write_and_wait() -> None:
        async with writing(engines[0]) as connection:
            await connection.execute(insert(owners).values(number=1))
            inside.set()
            await asyncio.Event().wait()

    writer = asyncio.create_task(write_and_wait())
    await inside.wait()
    writer.cancel()
    await asyncio.wait([writer])
    async with writing(engines[1]) as connection:
        await connection.execute(insert(owners).values(number=2))
    assert await numbers(engines[0]) == [2]


async def test_one_that_is_cancelled_between_the_rows_of_an_answer_lets_the_next_one_in(
    engines: tuple[AsyncEngine, AsyncEngine],
) -> None:
    begun, cancelled = threading.Event(), threading.Event()

    def first_row() -> bool:
        begun.set()
        return cancelled.wait(10)

    async def write() -> None:
        async with writing(engines[0]) as connection:
            sqlite = (await connection.get_raw_connection()).driver_connection
            assert sqlite
            await sqlite.create_function("first_row", 0, first_row)
            await connection.execute(text("SELECT first_row() UNION ALL SELECT 2"))

    # Given a writer that is cancelled while SQLite is about to answer with the first of two rows
    writer = asyncio.create_task(write())
    await asyncio.to_thread(begun.wait)
    writer.cancel()
    cancelled.set()
    with pytest.raises(asyncio.CancelledError) as _remembers_the_statement:
        await writer
    # Then it keeps nobody else out
    async with writing(engines[1]) as connection:
        await connection.execute(insert(owners).values(number=1))


async def test_a_reader_keeps_what_it_began_with(engines: tuple[AsyncEngine, AsyncEngine]) -> None:
    async with engines[0].connect() as reader:
        assert list(await reader.scalars(select(owners.c.number))) == []
        async with writing(engines[1]) as connection:
            await connection.execute(insert(owners).values(number=1))
        assert list(await reader.scalars(select(owners.c.number))) == []
    assert await numbers(engines[0]) == [1]


async def test_a_row_that_points_nowhere_is_refused_and_takes_the_rest_with_it(
    engines: tuple[AsyncEngine, AsyncEngine],
) -> None:
    async def write() -> None:
        async with writing(engines[0]) as connection:
            await connection.execute(insert(owners).values(number=1))
            await connection.execute(insert(things).values(owner=7))

    with pytest.raises(IntegrityError):
        await write()
    assert await numbers(engines[1]) == []


async def test_what_belongs_to_a_row_goes_with_it(engines: tuple[AsyncEngine, AsyncEngine]) -> None:
    async with writing(engines[0]) as connection:
        await connection.execute(insert(owners).values(number=1))
        await connection.execute(insert(things).values(owner=1))
        await connection.execute(owners.delete())
        assert list(await connection.scalars(select(things.c.owner))) == []


async def test_a_database_that_answers_is_well(engines: tuple[AsyncEngine, AsyncEngine]) -> None:
    await ping(engines[0])


async def test_one_whose_folder_is_missing_is_not(tmp_path: Path) -> None:
    engine = connect(url_of("", tmp_path / "nowhere"))
    with pytest.raises(DiskFailing):
        await ping(engine)
    await engine.dispose()
    await last_words()


async def last_words() -> None:
    """The thread of a connection that never stood still speaks to the loop, which must not be closed before."""
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join, 5)


def test_the_file_is_named_wherever_the_server_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert url_of("", Path("data")) == f"sqlite+aiosqlite:///{tmp_path.resolve()}/data/api_queue.sqlite"

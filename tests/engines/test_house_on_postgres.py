"""A server on a PostgreSQL that goes away and comes back."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api_queue.drivers.redis import Redis
from api_queue.migrations import upgrade_database
from tests.engines.postgres import Postgres
from tests.house import House, a_house


@pytest.fixture
async def server() -> AsyncIterator[Postgres]:
    """To be ended."""
    server = await asyncio.to_thread(Postgres)
    yield server
    await asyncio.to_thread(server.remove)


@pytest.fixture
async def house(redis: Redis, redis_url: str, server: Postgres, tmp_path: Path) -> AsyncIterator[House]:
    url = f"postgresql+asyncpg://party:secret@127.0.0.1:{server.port}/postgres"
    await upgrade_database(url)
    empty = tmp_path / "empty"
    empty.mkdir()
    async with a_house(redis_url, empty, tmp_path / "data", sql_url=url) as house:
        yield house


async def test_what_needs_no_database_goes_on_without_it(house: House, server: Postgres) -> None:
    async with house.guest() as guest:
        # Given a server whose database ends
        assert (await guest.get("/ready")).status_code == 200
        await asyncio.to_thread(server.end)
        # Then it says so, without the password, and when to come again
        ready, library = await guest.get("/ready"), await guest.get("/tracks?q=love")
        assert (ready.status_code, ready.json()["parts"]) == (503, ["sql"])
        assert (library.status_code, library.json()["code"], library.headers["Retry-After"]) == (
            503,
            "database_away",
            "2",
        )
        assert "secret" not in ready.text + library.text
        # And a queue is still there
        assert (await guest.get("/queue/party/")).status_code == 200
        # When the database is back, then so is all that needs it
        await asyncio.to_thread(server.start)
        assert (await guest.get("/tracks?q=love")).json()["total"] == 0
        assert (await guest.get("/ready")).status_code == 200

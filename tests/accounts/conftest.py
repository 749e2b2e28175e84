from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from api_queue.drivers.redis import Redis
from api_queue.drivers.sql import connect, url_of
from api_queue.migrations import upgrade_database
from tests.accounts.house import House


@pytest.fixture
async def house(redis: Redis, tmp_path: Path) -> AsyncIterator[House]:
    url = url_of("", tmp_path)
    await upgrade_database(url)
    engine = connect(url)
    yield House(redis, engine, tmp_path)
    await engine.dispose()


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """Of a server with the standard settings."""
    async with house.open() as client:
        yield client

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from api_queue.drivers.redis import Redis
from api_queue.drivers.sql import connect, url_of
from api_queue.migrations import upgrade
from tests.accounts.house import House


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with all tables, to be copied: migrating takes longer than most tests."""
    folder = tmp_path_factory.mktemp("migrated")
    upgrade(url_of("", folder))
    return folder


@pytest.fixture
async def house(redis: Redis, tmp_path: Path, migrated: Path) -> AsyncIterator[House]:
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    engine = connect(url_of("", tmp_path))
    yield House(redis, engine, tmp_path)
    await engine.dispose()


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """Of a server with the standard settings."""
    async with house.open() as client:
        yield client

"""PostgreSQL in `make test`: one server, a migrated database, and a copy of it for each test."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api_queue.drivers.sql import connect, url_of
from api_queue.migrations import upgrade
from tests.engines.postgres import Databases, databases


@pytest.fixture(scope="session")
def postgres() -> Databases:
    return databases()


@pytest.fixture(scope="session")
def migrated_name(postgres: Databases) -> str:
    name = postgres.copy()
    upgrade(address(postgres, name))
    return name


@pytest.fixture
def url(postgres: Databases, migrated_name: str) -> Iterator[str]:
    """Of a database with all tables and nothing in them."""
    name = postgres.copy(migrated_name)
    yield address(postgres, name)
    postgres.drop(name)


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    engine = connect(url)
    yield engine
    await engine.dispose()


@pytest.fixture
async def other_engine(url: str) -> AsyncIterator[AsyncEngine]:
    """Of another server on the same database."""
    engine = connect(url)
    yield engine
    await engine.dispose()


def address(postgres: Databases, name: str) -> str:
    return url_of(postgres.url(name), Path())

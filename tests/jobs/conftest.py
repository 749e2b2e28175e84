"""Tasks on a real Redis and a real database, and a worker in the test's own event loop."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from api_queue.drivers.redis import Redis
from api_queue.drivers.sql import url_of
from api_queue.jobs import worker
from api_queue.messages import service
from api_queue.migrations import upgrade
from api_queue.parts import Parts
from tests.house import House
from tests.jobs.house import Jobs
from tests.jobs.types import Stage


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with all tables, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    upgrade(url_of("", folder))
    return folder


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who cancels, ends a worker or moves its clock need not wait for the next look."""
    monkeypatch.setattr(service, "LOOK_AGAIN_S", 0.05)
    monkeypatch.setattr(worker, "LOOK_S", 0.05)


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.fixture
async def jobs(redis: Redis, redis_url: str, tmp_path: Path, migrated: Path, stage: Stage) -> AsyncIterator[Jobs]:
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    jobs = Jobs(redis_url, tmp_path, stage)
    yield jobs
    await jobs.close()


@pytest.fixture
def served_types(monkeypatch: pytest.MonkeyPatch, stage: Stage) -> None:
    """The server knows the types of tests. To be used before there is one."""
    monkeypatch.setattr(Parts, "task_types", property(lambda _: stage.types()))


@pytest.fixture
async def admin(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.admin() as client:
        yield client


@pytest.fixture
async def served_jobs(house: House, stage: Stage) -> AsyncIterator[Jobs]:
    """Beside a server, on its Redis and its database."""
    jobs = Jobs(house.parts.settings.redis_url, house.parts.settings.data, stage)
    yield jobs
    await jobs.close()

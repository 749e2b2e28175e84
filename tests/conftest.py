"""Real parts for every test: nothing here is a stand-in."""

import asyncio
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import hypothesis
import pytest
import pytest_asyncio
import structlog

from api_queue.drivers.redis import Redis, connect
from api_queue.foreign_settings import FIXED, HONOURED, IGNORED
from tests.engines.redis import a_redis
from tests.house import House, a_house, furnish
from tests.live import WRITTEN

pytest_plugins = ("tests.order", "tests.watched", "tests.engines.left_out", "tests.engines.one_slot")

#: Where files are memory. What is killed in a test is a process, never the machine, so that no test needs a disk to
#: be written to; waiting for one is a quarter of the time that all of them take.
MEMORY = Path("/dev/shm")
MEMORY_BYTES = 2 << 30

#: Of each program, when a test fails.
LAST_CHARACTERS = 4_000


def pytest_configure() -> None:
    """Also for the processes that tests start. Who sets TMPDIR knows better."""
    hypothesis.settings.register_profile("unhurried", hypothesis.settings(), deadline=None)  # of a busy machine
    hypothesis.settings.load_profile("unhurried")
    if "TMPDIR" not in os.environ and MEMORY.is_mount() and shutil.disk_usage(MEMORY).free > MEMORY_BYTES:
        os.environ["TMPDIR"] = tempfile.tempdir = f"{MEMORY}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What programs wrote meanwhile says why a test failed."""
    report = yield
    if report.failed:
        news = [path for path in WRITTEN if path.exists() and path.stat().st_mtime >= call.start]
        report.sections += [(f"{path.parent.name}/{path.name}", _end_of(path)) for path in news]
    return report


def _end_of(path: Path) -> str:
    return path.read_text(errors="replace")[-LAST_CHARACTERS:]


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_this_machine() -> Iterator[None]:
    """HOST, PORT and DEBUG are set in many shells, for other programs."""
    with pytest.MonkeyPatch.context() as environment:
        for name in (*HONOURED, *IGNORED, *FIXED):
            environment.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of this run's own."""
    with a_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of an empty Redis."""
    client = connect(redis_url)
    await client.call("FLUSHALL")
    yield client
    await client.close()


@pytest.fixture(scope="session")
def furnished(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo library in it, to be copied."""
    folder = tmp_path_factory.mktemp("furnished")
    asyncio.run(furnish(redis_url, folder))
    return folder


@pytest.fixture
async def house(redis: Redis, redis_url: str, furnished: Path, tmp_path: Path) -> AsyncIterator[House]:
    """A whole server with an empty queue `party`."""
    async with a_house(redis_url, furnished, tmp_path) as house:
        yield house


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def emptied_redis_url(redis_url: str) -> str:
    """For all tests of a file: what the files before left there is none of its tasks."""
    client = connect(redis_url)
    await client.call("FLUSHALL")
    await client.close()
    return redis_url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_house(
    emptied_redis_url: str, furnished: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """One for all tests of a file, which runs in one loop: each leaves it as it was, or has a part of its own."""
    async with a_house(emptied_redis_url, furnished, tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture(autouse=True)
def _own_logs() -> Iterator[None]:
    """What a test configures ends with it: its stderr is closed then."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    root.setLevel(level)
    root.handlers = handlers

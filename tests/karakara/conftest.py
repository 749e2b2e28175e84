"""On uvloop, where the server runs; and one house for all tests of a file, whose clock stands still unless moved."""

from asyncio import AbstractEventLoop
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

import pytest
import pytest_asyncio
import uvloop

from tests.house import House, a_house
from tests.karakara.a_room import Room, a_room
from tests.queues.builders import FakeClock


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], AbstractEventLoop]]:
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="module")
def shared_clock() -> FakeClock:
    return FakeClock()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clocked_house(
    emptied_redis_url: str, furnished: Path, tmp_path_factory: pytest.TempPathFactory, shared_clock: FakeClock
) -> AsyncIterator[House]:
    async with a_house(emptied_redis_url, furnished, tmp_path_factory.mktemp("house"), shared_clock) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def room(clocked_house: House, shared_clock: FakeClock) -> Room:
    return await a_room(clocked_house, shared_clock)

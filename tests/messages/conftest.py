"""A service over each of the stores."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from api_queue.drivers.redis import Redis
from api_queue.messages.bell import RedisBell
from api_queue.messages.service import MessageService
from tests.house import House
from tests.messages.post import LIMITS, Post
from tests.messages.programs import a_program
from tests.messages.stores import KINDS, open_store
from tests.queues.builders import FakeClock


@pytest.fixture(params=KINDS)
async def post(request: pytest.FixtureRequest, redis: Redis, tmp_path: Path) -> AsyncIterator[Post]:
    """The bell is the one for stores that do not ring: to ring twice does no harm."""
    clock, bell = FakeClock(), RedisBell(redis)
    async with open_store(request.param, redis, tmp_path) as store:
        yield Post(MessageService(store, bell, clock, LIMITS), store, clock)
    await bell.close()


@pytest.fixture
async def program(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """With all rights everywhere."""
    async with await a_program(house) as client:
        yield client

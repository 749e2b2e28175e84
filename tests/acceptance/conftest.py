from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api_queue.drivers.redis import Redis
from tests.house import House, a_house
from tests.queues.builders import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def clocked_house(
    redis: Redis, redis_url: str, furnished: Path, tmp_path: Path, clock: FakeClock
) -> AsyncIterator[House]:
    """At a time that the test says."""
    async with a_house(redis_url, furnished, tmp_path, clock) as house:
        yield house

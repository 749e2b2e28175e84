"""A party at a standing clock."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api_queue.drivers.redis import Redis
from tests.queues.party import Party, a_party


@pytest.fixture
async def party(redis: Redis, redis_url: str, furnished: Path, tmp_path: Path) -> AsyncIterator[Party]:
    async with a_party(redis, redis_url, furnished, tmp_path) as party:
        yield party

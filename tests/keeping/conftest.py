"""A party whose data folder is saved, and what is saved of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api_queue.drivers.redis import Redis
from api_queue.keeping.backup import Backup
from tests.queues.party import Party, a_party


@pytest.fixture
async def party(redis: Redis, redis_url: str, furnished: Path, tmp_path: Path) -> AsyncIterator[Party]:
    """All of it is in the folder `data`."""
    async with a_party(redis, redis_url, furnished, tmp_path / "data") as party:
        (tmp_path / "data").chmod(0o700)
        yield party


@pytest.fixture
def backup(party: Party, tmp_path: Path) -> Backup:
    return Backup(party.parts, tmp_path / "saved", lambda _what, _done, _of: None)

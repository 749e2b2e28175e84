"""A party whose data folder is saved, and what is saved of it."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from api_queue.app import WebParts
from api_queue.drivers.redis import Redis
from api_queue.keeping.backup import Backup
from api_queue.tracks.models import Search
from tests.house import house_settings
from tests.queues.builders import FakeClock
from tests.queues.party import Party, X


@pytest.fixture
async def party(redis: Redis, redis_url: str, furnished: Path, tmp_path: Path) -> AsyncIterator[Party]:
    """The queue `x`, empty, over the demo library; all of it in the folder `data`."""
    shutil.copytree(furnished, tmp_path / "data", dirs_exist_ok=True)
    (tmp_path / "data").chmod(0o700)
    clock = FakeClock()
    parts = WebParts(house_settings(redis_url, tmp_path / "data"), clock)
    parts.chance = Random(1)
    try:
        await redis.call("INCR", "tracks:version")
        await parts.queues.ensure(X, "X")
        found = await parts.tracks.search(Search())
        yield Party(parts, clock, [track.track_id for track in found.tracks])
    finally:
        await parts.close()


@pytest.fixture
def backup(party: Party, tmp_path: Path) -> Backup:
    return Backup(party.parts, tmp_path / "saved", lambda _what, _done, _of: None)

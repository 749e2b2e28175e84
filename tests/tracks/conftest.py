from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api_queue.drivers.sql import connect, url_of
from api_queue.migrations import upgrade_database
from api_queue.tracks.store import SqlStore


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    """An empty library."""
    url = url_of("", tmp_path)
    await upgrade_database(url)
    engine = connect(url)
    yield SqlStore(engine)
    await engine.dispose()


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """A folder of the librarian's."""
    folder = tmp_path / "music"
    folder.mkdir()
    return folder.resolve()

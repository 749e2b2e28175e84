"""The web layer is tested on uvloop, where it runs: its transports differ from asyncio's."""

from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import uvloop


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], AbstractEventLoop]]:
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
def on_disk() -> Iterator[Path]:
    """A folder on a disk, of which pages are cached; files in memory cannot tell whether a read would wait."""
    with TemporaryDirectory(dir="/var/tmp") as folder:
        yield Path(folder)

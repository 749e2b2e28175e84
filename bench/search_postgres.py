"""Figure 5: the same questions about the same tracks in PostgreSQL, which runs on the same two cores.

It has the packages' own settings but for `fsync`, which no question feels.
"""

import asyncio
from pathlib import Path

from api_queue.drivers.sql import url_of
from api_queue.migrations import upgrade
from bench.made_up_library import made_up_library
from bench.measure import Row
from bench.search import TRACKS, measure
from tests.engines.postgres import databases


def run() -> list[Row]:
    url = url_of(databases().url(databases().copy()), Path())
    upgrade(url)
    return asyncio.run(measure(url, made_up_library(TRACKS)))

"""What a process takes of its machine, as the kernel tells it, and of its database."""

import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sqlalchemy import QueuePool
from sqlalchemy.ext.asyncio import AsyncEngine

from api_queue.formats.figures import Figure

_PAGE_BYTES: Final = resource.getpagesize()


def process_figures() -> Iterator[Figure]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    yield Figure("process_cpu_seconds_total", used.ru_utime + used.ru_stime)
    yield Figure("process_resident_memory_bytes", int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES)
    yield Figure("process_open_fds", sum(1 for _ in Path("/proc/self/fd").iterdir()))
    yield Figure("process_max_fds", resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def pool_figures(engine: AsyncEngine) -> Iterator[Figure]:
    pool = engine.pool
    if isinstance(pool, QueuePool):
        yield Figure("sql_connections", pool.checkedout(), {"state": "in_use"})
        yield Figure("sql_connections", pool.checkedin(), {"state": "idle"})

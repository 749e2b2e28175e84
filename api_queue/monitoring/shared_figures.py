"""The figures of the whole server, which no process has for itself: worked out when somebody asks."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from api_queue.drivers.clock import steady_ms
from api_queue.formats.figures import Figure
from api_queue.jobs.models import Store as TaskStore
from api_queue.queues.census import Counted, RedisCensus
from api_queue.tracklists.site_upkeep import SiteUpkeep

#: Queues that have a figure of their own; guests can make as many queues as they like.
MOST_QUEUES: Final = 50
OTHERS: Final = "others"
#: Asked again sooner, it is the same answer.
FRESH_MS: Final = 5_000


class SharedFigures:
    def __init__(self, census: RedisCensus, tasks: TaskStore, upkeep: SiteUpkeep) -> None:
        self._census = census
        self._tasks = tasks
        self._upkeep = upkeep
        self._kept: list[Figure] = []
        self._stale_at_ms = 0
        self._asking = asyncio.Lock()

    async def all(self) -> Sequence[Figure]:
        """Those that can be had: what is away has none."""
        async with self._asking:
            now_ms = steady_ms()
            if now_ms >= self._stale_at_ms:
                parts = await asyncio.gather(self._queues(), self._of_tasks(), self._site(), return_exceptions=True)
                self._kept = [figure for part in parts if not isinstance(part, BaseException) for figure in part]
                self._stale_at_ms = now_ms + FRESH_MS
        return self._kept

    async def _queues(self) -> Iterable[Figure]:
        counted = await self._census.take()
        kinds = Counter(each.kind for each in counted)
        return [*(Figure("queues", times, {"kind": kind}) for kind, times in kinds.items()), *waiting(counted)]

    async def _of_tasks(self) -> Iterable[Figure]:
        counts = await self._tasks.counts()
        return [Figure("tasks", times, {"status": status}) for status, times in counts.items()]

    async def _site(self) -> Iterable[Figure]:
        counts, _ = await self._upkeep.counts()
        state = await self._upkeep.state()
        return [
            Figure("cache_hits_total", counts.hits),
            Figure("cache_misses_total", counts.misses),
            Figure("site_open_seconds", state.breaker.open_ms / 1000),
        ]


def waiting(counted: Sequence[Counted]) -> Iterator[Figure]:
    """Of the longest queues that last, and the rest together: names that guests made up would be figures for ever."""
    lasting = [each for each in counted if each.kind == "named"]
    longest = sorted(lasting, key=lambda each: (-each.waiting, each.name))[:MOST_QUEUES]
    for each in longest:
        yield Figure("waiting_items", each.waiting, {"queue": each.name})
    rest = sum(each.waiting for each in counted) - sum(each.waiting for each in longest)
    yield Figure("waiting_items", rest, {"queue": OTHERS})

"""How much there is of everything, for whoever runs the server."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api_queue.drivers.clock import Clock
from api_queue.jobs.models import Status
from api_queue.jobs.models import Store as TaskStore
from api_queue.messages.models import Info
from api_queue.messages.service import MessageService
from api_queue.monitoring.models import Snapshot
from api_queue.monitoring.monitor import Monitor
from api_queue.queues.census import Counted, RedisCensus
from api_queue.queues.service import QueueService
from api_queue.tracklists.fetching import Counts
from api_queue.tracklists.site_upkeep import SiteState, SiteUpkeep
from api_queue.tracks.models import Store as TrackStore
from api_queue.types import QueueKind, QueueName

#: What counts as lately, for plays.
DAY_MS: Final = 86_400_000
#: Queues whose plays and messages are counted: the longest, or the first by name. A party has a handful.
MOST_QUEUES: Final = 200
_MOST_PLAYS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Stats:
    queues: Mapping[QueueKind, int]
    waiting: int
    guests: int
    plays: int  #: Within DAY_MS.
    tracks: int
    tasks: Mapping[Status, int]
    message_queues: int
    messages: Info
    tracklists: int
    cache: Counts
    site: SiteState
    snapshots: Sequence[Snapshot]


class StatsService:
    def __init__(
        self,
        census: RedisCensus,
        queues: QueueService,
        tracks: TrackStore,
        tasks: TaskStore,
        messages: MessageService,
        upkeep: SiteUpkeep,
        monitor: Monitor,
        clock: Clock,
    ) -> None:
        self._census = census
        self._queues = queues
        self._tracks = tracks
        self._tasks = tasks
        self._messages = messages
        self._upkeep = upkeep
        self._monitor = monitor
        self._clock = clock

    async def count(self) -> Stats:
        counted = await self._census.take()
        cache, stored = await self._upkeep.counts()
        message_queues = await self._messages.queues()
        return Stats(
            queues=Counter(each.kind for each in counted),
            waiting=sum(each.waiting for each in counted),
            guests=sum(each.guests for each in counted),
            plays=await self._plays(counted),
            tracks=await self._tracks.count(),
            tasks=await self._tasks.counts(),
            message_queues=len(message_queues),
            messages=_sum([await self._messages.info(queue) for queue in message_queues[:MOST_QUEUES]]),
            tracklists=stored,
            cache=cache,
            site=await self._upkeep.state(),
            snapshots=await self._monitor.snapshots(),
        )

    async def _plays(self, counted: Sequence[Counted]) -> int:
        """One queue after the other: whoever asks can wait, guests cannot."""
        since_ms = self._clock.now_ms() - DAY_MS
        most = sorted(counted, key=lambda each: (-each.guests, -each.waiting))[:MOST_QUEUES]
        return sum([await self._plays_of(each.name, since_ms) for each in most])

    async def _plays_of(self, name: QueueName, since_ms: int) -> int:
        items = await self._queues.history(name, _MOST_PLAYS)
        await asyncio.sleep(0)
        return sum(item.status == "played" and (item.timestamp_play or 0) >= since_ms for item in items)


def _sum(infos: Sequence[Info]) -> Info:
    return Info(
        available=sum(info.available for info in infos),
        in_flight=sum(info.in_flight for info in infos),
        size_bytes=sum(info.size_bytes for info in infos),
        dead_letters=sum(info.dead_letters for info in infos),
    )

"""One question to each part of the server; `levels.py` judges what it answers."""

import asyncio
import shutil
from collections.abc import Awaitable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from api_queue.drivers import sql
from api_queue.drivers.clock import Clock
from api_queue.drivers.disk import Disk
from api_queue.drivers.redis import Redis
from api_queue.errors import Unavailable, UnknownQueue
from api_queue.jobs.service import JobService
from api_queue.monitoring import levels
from api_queue.monitoring.health import Check, Finding
from api_queue.monitoring.monitor import Monitor
from api_queue.playback.presence_store import RedisPresence
from api_queue.queues.models import Queue
from api_queue.queues.storage import Store as QueueStore
from api_queue.tracklists.site_upkeep import SiteUpkeep
from api_queue.types import QueueName

#: Queues whose speakers are looked at: more than that are never on at once where one may look by hand.
MOST_QUEUES: Final = 200
#: A device that was heard of within this time is there.
HEARD_MS: Final = 60_000
#: Left by a backup that is whole, in ms since 1970.
BACKED_UP: Final = "keeping:backed_up_at_ms"


class EngineProbes:
    """Of what the server stands on."""

    def __init__(self, redis: Redis, engine: AsyncEngine, data: Path, clock: Clock) -> None:
        self._redis = redis
        self._engine = engine
        self._data = data
        self._clock = clock

    def checks(self) -> dict[str, Check]:
        return {
            "redis": self._of_redis,
            "sql": self._of_sql,
            "disk": self._of_disk,
            "clock": self._of_clock,
            "backup": self._of_backup,
        }

    async def _of_redis(self) -> Finding:
        return await _timed(self._redis.call("PING"))

    async def _of_sql(self) -> Finding:
        return await _timed(sql.ping(self._engine))

    async def _of_disk(self) -> Finding:
        usage = await asyncio.to_thread(shutil.disk_usage, self._data)
        writable = await asyncio.to_thread(Disk(self._data, 0).is_writable)
        return levels.disk(usage.free, usage.total, writable=writable)

    async def _of_clock(self) -> Finding:
        """Against the middle of the time that the question took."""
        began_ms = self._clock.now_ms()
        seconds, microseconds = await self._redis.call("TIME")
        ours_ms = (began_ms + self._clock.now_ms()) // 2
        return levels.clock(ours_ms - (int(seconds) * 1000 + int(microseconds) // 1000))

    async def _of_backup(self) -> Finding:
        made = await self._redis.call("GET", BACKED_UP)
        return levels.backup(int(made) if made else None, self._clock.now_ms())


async def _timed(asked: Awaitable[object]) -> Finding:
    began_s = perf_counter()
    try:
        await asked
    except Unavailable as error:
        return levels.away(error.detail)
    return levels.answers((perf_counter() - began_s) * 1000)


class RoleProbes:
    """Of who does what in it, by what each process says of itself."""

    def __init__(self, monitor: Monitor, jobs: JobService, upkeep: SiteUpkeep) -> None:
        self._monitor = monitor
        self._jobs = jobs
        self._upkeep = upkeep

    def checks(self) -> dict[str, Check]:
        return {
            "relay": self._of_relay,
            "broker": self._of_broker,
            "conductor": self._of_conductor,
            "workers": self._of_workers,
            "site": self._of_site,
        }

    async def _of_relay(self) -> Finding:
        return levels.relay(await self._monitor.snapshots(), self._monitor.up_ms)

    async def _of_broker(self) -> Finding:
        return levels.broker(await self._monitor.snapshots(), self._monitor.up_ms)

    async def _of_conductor(self) -> Finding:
        return levels.leader("conductor", await self._monitor.snapshots(), self._monitor.up_ms)

    async def _of_workers(self) -> Finding:
        return levels.workers([worker.worker for worker in await self._jobs.workers()])

    async def _of_site(self) -> Finding:
        breaker = (await self._upkeep.state()).breaker
        return levels.site(breaker.state, breaker.reason, -(-breaker.open_ms // 1000))


class SpeakerProbes:
    """Of the rooms: whether it sounds where it should."""

    def __init__(self, store: QueueStore, presence: RedisPresence, clock: Clock) -> None:
        self._store = store
        self._presence = presence
        self._clock = clock

    def checks(self) -> dict[str, Check]:
        return {"speakers": self._of_speakers}

    async def _of_speakers(self) -> Finding:
        now_ms = self._clock.now_ms()
        there = await self._presence.heard(now_ms - HEARD_MS)
        names = (await self._store.names())[:MOST_QUEUES]
        queues = await asyncio.gather(*map(self._queue, names))
        return levels.speakers(there, _silent([queue for queue in queues if queue], now_ms))

    async def _queue(self, name: QueueName) -> Queue | None:
        try:
            return await self._store.queue(name)
        except UnknownQueue:
            return None


def _silent(queues: Sequence[Queue], now_ms: int) -> list[QueueName]:
    """Where music is on and nobody holds the turn to play it, or it is paused since the speaker was lost."""
    lost = (queue for queue in queues if queue.session.paused_because == "speaker_lost")
    mute = (queue for queue in queues if queue.session.state == "playing" and queue.session.lease_until_ms < now_ms)
    return sorted({queue.name for queue in (*lost, *mute)})

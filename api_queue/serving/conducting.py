"""The conductor: what is due in every queue happens."""

import asyncio
from functools import partial
from typing import Final

import structlog

from api_queue.drivers.redis import end_task
from api_queue.events import Event
from api_queue.parts import Parts
from api_queue.queues.sources import QueueSources
from api_queue.settings import Settings
from api_queue.stream.follower import Follower
from api_queue.stream.models import NO_QUEUES
from api_queue.stream.store import RedisEventLog
from api_queue.types import EventId, QueueName

#: How long after its death another conductor takes over.
CONDUCTOR_LEASE_MS: Final = 3_000
_log = structlog.get_logger()


async def run_conductor(settings: Settings) -> None:
    parts = Parts(settings)
    lease = parts.lease("conductor", CONDUCTOR_LEASE_MS)
    telling = asyncio.create_task(parts.reporter(lease.figures).run(), name="reporter")
    try:
        while not await lease.lead(partial(_conduct, parts)):
            _log.warning("the conductor's lease was lost")
    finally:
        await end_task(telling)
        await parts.close()


async def _conduct(parts: Parts) -> None:
    """Follows all queues from now on; what was due before is found by its own first look."""

    async def heard(queue: QueueName, events: list[Event]) -> None:
        await parts.conductor.heard(queue)
        await parts.device_watch.heard(queue, events)

    follower = Follower(RedisEventLog(parts.redis), heard, all_queues=_FromNow(parts.sources))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(follower.run(), name="conductor-follower")
        tasks.create_task(parts.conductor.run(), name="conductor")
        tasks.create_task(parts.device_watch.run(), name="device-watch")


class _FromNow:
    """`stream.models.AllQueues`: a queue is read from its last event on."""

    def __init__(self, sources: QueueSources) -> None:
        self._sources = sources

    async def names(self) -> list[QueueName]:
        return await self._sources.names()

    async def begin(self, queue: QueueName) -> EventId | None:
        """Tasks and tracklists have no music to conduct."""
        return None if queue in NO_QUEUES else await self._sources.last_event(queue)

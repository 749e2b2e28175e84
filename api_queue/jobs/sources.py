"""What a reader of the stream of tasks starts from."""

from typing import Final

from api_queue.drivers.clock import Clock
from api_queue.jobs import wire
from api_queue.jobs.models import TaskFilter
from api_queue.jobs.redis_store import RedisTaskEvents
from api_queue.jobs.store import SqlTasks
from api_queue.stream.models import Snapshot
from api_queue.types import QueueName

#: Tasks of a snapshot: the newest.
SHOWN: Final = 100


class TaskSource:
    """The part of `stream.models.SnapshotSource` that is for tasks."""

    def __init__(self, store: SqlTasks, events: RedisTaskEvents, clock: Clock) -> None:
        self._store = store
        self._events = events
        self._clock = clock

    async def snapshot(self, queue: QueueName) -> Snapshot:
        """The position first: what changes in between is in the state, and comes once more as an event."""
        rev, event_id = await self._events.position()
        _, tasks = await self._store.tasks(TaskFilter(limit=SHOWN))
        return Snapshot(queue, event_id, rev, wire.snapshot(rev, tasks, self._clock.now_ms()))

"""Where the state behind each stream comes from: queues, and the tasks beside them."""

from typing import Protocol

from api_queue.stream.models import TASKS, BeaconSource, Snapshot, SnapshotSource
from api_queue.types import QueueName


class QueueSource(SnapshotSource, BeaconSource, Protocol):
    """Of every queue."""


class TaskSource(Protocol):
    async def snapshot(self, queue: QueueName) -> Snapshot:
        """Of `TASKS`."""


class Sources:
    """`SnapshotSource` and `BeaconSource` for whoever listens, be it to a queue or to tasks."""

    def __init__(self, queues: QueueSource, tasks: TaskSource) -> None:
        self._queues = queues
        self._tasks = tasks

    async def snapshot(self, queue: QueueName) -> Snapshot:
        return await (self._tasks if queue == TASKS else self._queues).snapshot(queue)

    async def names(self) -> list[QueueName]:
        return await self._queues.names()

    async def retained(self, queue: QueueName) -> dict[str, str]:
        return await self._queues.retained(queue)

    async def beacon(self, queue: QueueName) -> str | None:
        return None if queue == TASKS else await self._queues.beacon(queue)

"""The whole feature for a test: parts of the server with the tests' own types, workers when they are wanted."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from api_queue.drivers.clock import SystemClock
from api_queue.jobs.ledger import SqlLedger
from api_queue.jobs.models import Delivery, Task, TaskFilter, TaskId, TaskItem, TaskItemId
from api_queue.jobs.redis_store import RedisWorkers
from api_queue.jobs.service import JobService
from api_queue.jobs.task_types import TaskTypes
from api_queue.jobs.upkeep import Sweep
from api_queue.parts import Parts
from api_queue.serving.working import publisher_of, worker_of
from api_queue.stream.models import TASKS
from api_queue.stream.store import RedisEventLog
from api_queue.types import EventId
from tests.house import house_settings
from tests.jobs.types import Stage, Step

PATIENCE_S = 40.0


class JobParts(Parts):
    """With types that a test brings along."""

    types: TaskTypes = TaskTypes(())

    @property
    def task_types(self) -> TaskTypes:
        return self.types


class MovedClock:
    """The real time, and what the test adds to it."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def now_ms(self) -> int:
        return SystemClock().now_ms() + self.ahead_ms

    def forward_s(self, seconds: float) -> None:
        self.ahead_ms += round(seconds * 1000)


class Jobs:
    everything = TaskFilter(limit=None)

    def __init__(self, redis_url: str, data: Path, stage: Stage, **changes: Any) -> None:
        self.settings = house_settings(redis_url, data, **changes)
        self.clock = MovedClock()
        self.parts = JobParts(self.settings, self.clock)
        self.parts.types = stage.types()
        self.ledger = SqlLedger(self.parts.engine)
        self.publisher = publisher_of(self.parts)
        workers = RedisWorkers(self.parts.redis)
        self.sweep = Sweep(self.parts.task_store, self.ledger, self.parts.courier, workers, self.clock)
        self._more: list[Parts] = []

    @property
    def service(self) -> JobService:
        return self.parts.jobs

    async def close(self) -> None:
        for parts in (self.parts, *self._more):
            await parts.close()

    async def create(self, *steps: Step, type_name: str = "steps", **facts: Any) -> Task:
        task, _ = await self.service.create(type_name, steps, **facts)
        return task

    @asynccontextmanager
    async def worker(self, keep_s: float = 10) -> AsyncIterator["asyncio.Task[None]"]:
        """One with connections of its own, as another process has them; ended as by SIGTERM."""
        parts = JobParts(self.settings, self.clock)
        parts.types = self.parts.types
        self._more.append(parts)
        running = asyncio.create_task(worker_of(parts, keep_s).run(), name="worker")
        try:
            yield running
        finally:
            running.cancel()
            await asyncio.wait([running])

    async def until(self, task_id: TaskId, holds: Callable[[Task], bool]) -> Task:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                if holds(task := await self.service.task(task_id)):
                    return task
                await asyncio.sleep(0.01)

    async def end(self, task: Task) -> Task:
        return await self.until(task.task_id, lambda task: task.status not in {"queued", "running"})

    async def queued_again(self, task: Task, attempts: int) -> None:
        """The one item of the task has been tried so often, and its next message is on the way."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                (item,) = await self.items(task)
                sent = await self.ledger.sent(TaskItemId(item.item_id - 1), 1)
                if (item.attempts, item.status) == (attempts, "queued") and not await self.parts.courier.missing(sent):
                    return
                await asyncio.sleep(0.005)

    async def items(self, task: Task) -> list[TaskItem]:
        return list((await self.service.detail(task.task_id, 1000)).items)

    async def statuses(self, task: Task) -> list[str]:
        return [item.status for item in await self.items(task)]

    async def deliveries(self, type_name: str = "steps") -> list[tuple[Delivery, Any]]:
        """Takes all messages that are to be had, as a worker would that then does nothing."""
        taken = []
        while received := await self.parts.courier.receive(type_name, 0):
            taken.append(received)
        return taken

    async def told(self, after: str = "0-0") -> list[Any]:
        """Publishes what is to be told, and answers all events."""
        while await self.publisher.publish():
            pass
        return (await RedisEventLog(self.parts.redis).read(TASKS, EventId(after), 1000)).events


async def eventually(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if holds():
                return
            await asyncio.sleep(0.005)

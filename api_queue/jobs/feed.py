"""The events of tasks for one reader at a time, where the hub's form does not fit."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Final

from api_queue.drivers.redis import end_task
from api_queue.events import Event
from api_queue.jobs.sources import TaskSource
from api_queue.stream.follower import Follower
from api_queue.stream.models import TASKS, EventLog, Snapshot
from api_queue.types import QueueName

#: Events that wait for a slow reader; it gets a snapshot instead of more.
MOST_WAITING: Final = 50


class TaskFeed:
    def __init__(self, log: EventLog, source: TaskSource) -> None:
        self._log = log
        self._source = source
        self._readers: set[_Reader] = set()

    async def follow(self, quiet_s: float) -> AsyncGenerator[Snapshot | Event | None, None]:
        """A snapshot, and each event after it; another snapshot where events were lost, or the reader was slow.

        None when there was nothing for so long. Ends when the process does.
        """
        reader = _Reader(self._log, self._source)
        await reader.begin()
        following = asyncio.create_task(reader.follower.run(), name="task-feed")
        self._readers.add(reader)
        try:
            while not reader.ended:
                yield await reader.next(quiet_s)
        finally:
            self._readers.discard(reader)
            await end_task(following)

    def close(self) -> None:
        for reader in self._readers:
            reader.end()


class _Reader:
    def __init__(self, log: EventLog, source: TaskSource) -> None:
        self.follower = Follower(log, self._deliver, self._anew)
        self.ended = False
        self._source = source
        self._waiting: asyncio.Queue[Snapshot | Event | None] = asyncio.Queue()

    async def begin(self) -> None:
        snapshot = await self._source.snapshot(TASKS)
        self._waiting.put_nowait(snapshot)
        self.follower.follow(TASKS, snapshot.event_id)

    async def next(self, quiet_s: float) -> Snapshot | Event | None:
        with suppress(TimeoutError):
            async with asyncio.timeout(quiet_s):
                return await self._waiting.get()
        return None

    def end(self) -> None:
        self.ended = True
        self._waiting.put_nowait(None)

    async def _deliver(self, queue: QueueName, events: list[Event]) -> None:
        if self._waiting.qsize() + len(events) > MOST_WAITING:
            await self._anew(queue)
        else:
            for event in events:
                self._waiting.put_nowait(event)

    async def _anew(self, queue: QueueName) -> None:
        snapshot = await self._source.snapshot(queue)
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(snapshot)

"""What one worker keeps of one queue while somebody listens: the newest events and one snapshot for all who come."""

import asyncio
from typing import Any, Final

from api_queue.errors import Unavailable, UnknownQueue
from api_queue.stream.follower import PAGE, Follower
from api_queue.stream.models import START, EventLog, Snapshot, SnapshotSource, Subscription, is_deletion
from api_queue.stream.ring import Ring
from api_queue.types import QueueName

#: A snapshot holds expected times, which move on while nothing changes.
FRESH_S: Final = 1.0


class Room:
    def __init__(self, queue: QueueName, log: EventLog, source: SnapshotSource, follower: Follower, kept: int) -> None:
        self.queue = queue
        self.ring = Ring(kept)
        self.subscriptions: set[Subscription] = set()
        self._log = log
        self._source = source
        self._follower = follower
        self._opening: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[Snapshot] | None = None
        self._fresh_until_s = 0.0

    @property
    def deleted(self) -> bool:
        return self.ring.newest is not None and is_deletion(self.ring.newest)

    async def open(self) -> None:
        """Fills the ring and follows from there; once, however many wait for it."""
        if self._opening is None or _failed(self._opening):
            self._opening = asyncio.create_task(self._fill(), name=f"open-{self.queue}")
        await asyncio.shield(self._opening)
        if self.deleted:
            raise UnknownQueue(queue=self.queue)

    def close(self) -> None:
        self._follower.leave(self.queue)
        for task in (self._opening, self._reading):
            if task is not None:
                task.cancel()

    async def snapshot(self) -> Snapshot:
        """One that the ring goes on from; a thousand who come at once cost one read."""
        if not self._is_fresh():
            self._reading = asyncio.create_task(self._read(), name=f"snapshot-{self.queue}")
        assert self._reading is not None
        return await asyncio.shield(self._reading)

    def _is_fresh(self) -> bool:
        if self._reading is None or _failed(self._reading):
            return False
        if not self._reading.done():
            return True
        recent = asyncio.get_running_loop().time() < self._fresh_until_s
        return recent and self._reading.result().event_id == self.ring.position

    async def _fill(self) -> None:
        position, more = START, True
        while more:
            page = await self._log.read(self.queue, position, PAGE)
            for event in page.events:
                self.ring.append(event)
            position, more = page.position, len(page.events) == PAGE
        self._follower.follow(self.queue, position)

    async def _read(self) -> Snapshot:
        snapshot = await self._source.snapshot(self.queue)
        await self._follower.catch_up(self.queue)
        self.ring.begin_at(snapshot.event_id)
        if self.ring.after(snapshot.event_id) is None:
            raise Unavailable(retry_after=1)
        self._fresh_until_s = asyncio.get_running_loop().time() + FRESH_S
        return snapshot


def _failed(task: "asyncio.Task[Any]") -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)

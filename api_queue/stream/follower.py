"""Hears the bell and reads on: new events in order, each once, whatever the bell loses."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import aclosing
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from api_queue.errors import ApiQueueError
from api_queue.events import Event
from api_queue.stream.models import AllQueues, EventLog
from api_queue.types import EventId, QueueName

#: The bell is silent for 10 ms after it rang; a read this much later finds what was written then.
READ_AGAIN_S: Final = 0.015
#: How late an event can be when its bell was lost without our noticing.
SWEEP_S: Final = 2.0
PAGE: Final = 100

Deliver = Callable[[QueueName, list[Event]], Awaitable[None]]
Broken = Callable[[QueueName], Awaitable[None]]

_log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class _Followed:
    """`missed_sweeps`: how often in a row there was no such queue; its name may be written after its first event."""

    queue: QueueName
    position: EventId
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    task: asyncio.Task[None] | None = None
    missed_sweeps: int = 0


class Follower:
    """Keeps a position for each queue; one read of a queue at a time, different queues at once.

    `deliver` gets the events of one queue; when it raises they come again. `broken` is told when the stream no longer
    holds the position (trimmed, or Redis lost its end): what came in between is unknown, so the state must be read
    anew; then the events that are left are delivered. With `all_queues` every queue is followed while it exists.
    """

    def __init__(
        self, log: EventLog, deliver: Deliver, broken: Broken | None = None, all_queues: AllQueues | None = None
    ) -> None:
        self._log = log
        self._deliver = deliver
        self._broken = broken
        self._all_queues = all_queues
        self._followed: dict[QueueName, _Followed] = {}
        self._group: asyncio.TaskGroup | None = None

    def follow(self, queue: QueueName, after: EventId) -> None:
        self._followed[queue] = _Followed(queue, after)
        self._wake(self._followed[queue], rang=True)

    def leave(self, queue: QueueName) -> None:
        self._followed.pop(queue, None)

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as self._group:
                self._group.create_task(self._listen(), name="follower-bell")
                self._group.create_task(self._sweep(), name="follower-sweep")
        finally:
            self._group = None

    async def catch_up(self, queue: QueueName) -> None:
        """Delivers everything that was written before this call."""
        followed = self._followed.get(queue)
        if followed is not None:
            await self._read_on(followed)

    async def catch_up_all(self) -> None:
        await asyncio.gather(*(self.catch_up(queue) for queue in list(self._followed)))

    async def _listen(self) -> None:
        async with aclosing(self._log.bells()) as bells:
            async for queue in bells:
                if queue is None:
                    self._wake_all()
                elif queue in self._followed:
                    self._wake(self._followed[queue], rang=True)
                elif self._all_queues is not None:
                    self._spawn(self._begin(self._all_queues, queue), "follower-begin")

    async def _sweep(self) -> None:
        while True:
            if self._all_queues is not None:
                await _quietly(self._compare(self._all_queues))
            self._wake_all()
            await asyncio.sleep(SWEEP_S)

    async def _compare(self, all_queues: AllQueues) -> None:
        before = list(self._followed.values())
        names = set(await all_queues.names())
        for followed in before:
            followed.missed_sweeps = 0 if followed.queue in names else followed.missed_sweeps + 1
        await asyncio.gather(*(self._begin(all_queues, queue) for queue in names - self._followed.keys()))

    async def _begin(self, all_queues: AllQueues, queue: QueueName) -> None:
        after = await all_queues.begin(queue)
        if after is not None and queue not in self._followed:
            self.follow(queue, after)

    def _wake_all(self) -> None:
        for followed in list(self._followed.values()):
            self._wake(followed, rang=False)

    def _wake(self, followed: _Followed, *, rang: bool) -> None:
        if rang:
            followed.bell.set()
        if followed.task is None or followed.task.done():
            followed.task = self._spawn(self._read_until_silent(followed), f"follow-{followed.queue}")

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None] | None:
        if self._group is None:  # not running yet: the first sweep reads everything that is followed
            work.close()
            return None
        # Whose request woke us does not matter: we read for all, and for longer (`logs.request_id`).
        return self._group.create_task(_quietly(work), name=name, context=Context())

    async def _read_until_silent(self, followed: _Followed) -> None:
        """Reads when the bell rings, and until a read that began long enough after it finds nothing."""
        silent = not followed.bell.is_set()
        while True:
            followed.bell.clear()
            found = await self._read_on(followed)
            if silent and not found and not followed.bell.is_set():
                break
            silent = not await _rings(followed.bell, READ_AGAIN_S)
        if followed.missed_sweeps > 1:
            self.leave(followed.queue)

    async def _read_on(self, followed: _Followed) -> bool:
        """Page after page to the end. True: there was something."""
        async with followed.reading:
            found = await self._read_page(followed)
            more = found
            while more == PAGE:
                more = await self._read_page(followed)
        return found > 0

    async def _read_page(self, followed: _Followed) -> int:
        page = await self._log.read(followed.queue, followed.position, PAGE)
        if self._followed.get(followed.queue) is not followed:
            return 0
        if not page.known and self._broken is not None:
            await self._broken(followed.queue)
        if page.events:
            await self._deliver(followed.queue, page.events)
        followed.position = page.position
        return len(page.events)


async def _rings(bell: asyncio.Event, within_s: float) -> bool:
    try:
        async with asyncio.timeout(within_s):
            await bell.wait()
    except TimeoutError:
        return False
    return True


async def _quietly(work: Coroutine[Any, Any, None]) -> None:
    """An error of ours passes (Redis is away, a lease was lost): the next bell or sweep reads on from there."""
    try:
        await work
    except ApiQueueError as error:
        _log.debug("following paused", reason=error.detail)
    except Exception:
        _log.exception("following failed")

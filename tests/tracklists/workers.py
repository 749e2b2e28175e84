"""Workers beside a server, in the test's own loop: one that works, and one that dies of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NoReturn, TypeVar

from api_queue.drivers.clock import Clock
from api_queue.parts import Parts
from api_queue.serving.working import worker_of

T = TypeVar("T")
PATIENCE_S = 20.0


@asynccontextmanager
async def a_worker(beside: Parts, clock: Clock | None = None) -> AsyncIterator[None]:
    """With connections of its own, as another process has them; ended as by SIGTERM."""
    parts = Parts(beside.settings, clock)
    running = asyncio.create_task(worker_of(parts, 10).run(), name="worker")
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait([running])
        await parts.close()


@asynccontextmanager
async def a_worker_that_dies(beside: Parts) -> AsyncIterator[None]:
    """At the end, and gives nothing back."""
    parts = Parts(beside.settings)
    worker: Any = worker_of(parts, 10)
    worker._ledger.give_back = worker._courier.hand_back = _dead
    running = asyncio.create_task(worker.run(), name="worker")
    try:
        yield
    finally:
        running.cancel()
        await asyncio.wait([running])
        await parts.close()


async def _dead(*_: object, **__: object) -> NoReturn:
    raise ConnectionError("the process is gone")


async def until(look: Callable[[], Awaitable[T]], holds: Callable[[T], object]) -> T:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if holds(found := await look()):
                return found
            await asyncio.sleep(0.02)

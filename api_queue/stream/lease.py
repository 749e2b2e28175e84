"""One leader among many processes, elected in Redis."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress

from api_queue.drivers.redis import Redis
from api_queue.errors import LeaseLost, Unavailable
from api_queue.formats.figures import Figure


class Lease:
    """`fence` grows with each new holder, so that a store can refuse one that was too slow to notice its end."""

    def __init__(self, redis: Redis, name: str, holder: str, ttl_ms: int) -> None:
        """`holder` must differ for every process and every start of it."""
        self._redis = redis
        self._name = name
        self._keys = (f"lease:{{{name}}}", f"lease:{{{name}}}:fence")
        self._holder = holder
        self._ttl_ms = ttl_ms
        self._held_until_s = 0.0
        self.fence = 0

    @property
    def ttl_s(self) -> float:
        return self._ttl_ms / 1000

    @property
    def held(self) -> bool:
        """By this process's own monotonic clock, counted from before Redis was asked: never longer than Redis says."""
        return asyncio.get_running_loop().time() < self._held_until_s

    def figures(self) -> Iterator[Figure]:
        yield Figure("leads", float(self.held), {"role": self._name})

    def check(self) -> None:
        if not self.held:
            raise LeaseLost

    async def lead(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Waits for the lease, then works under it. True: the work is done. False: the lease was lost before."""
        await self._wait()
        done = False
        try:
            async with asyncio.TaskGroup() as group:
                keeping = group.create_task(self._keep(), name="lease")
                await work()
                done = keeping.cancel()
        except* LeaseLost:
            pass
        finally:
            await self.release()
        _end_if_cancelled()
        return done

    async def _wait(self) -> None:
        while True:
            if await self.acquire():
                return
            await asyncio.sleep(self.ttl_s / 8)

    async def acquire(self) -> bool:
        with suppress(Unavailable):
            self.fence = await self._take()
        return self.held

    async def release(self) -> None:
        self._held_until_s = 0.0
        with suppress(Unavailable):
            await self._redis.script("stream/release", self._keys[:1], [self._holder])

    async def _keep(self) -> None:
        """Three chances to renew in each term. Raises LeaseLost when none was enough, or another holds it."""
        while True:
            await asyncio.sleep(self.ttl_s / 3)
            with suppress(Unavailable, TimeoutError):
                async with asyncio.timeout(self.ttl_s / 3):
                    if await self._take() != self.fence:
                        self._held_until_s = 0.0
            self.check()

    async def _take(self) -> int:
        asked_at_s = asyncio.get_running_loop().time()
        fence = int(await self._redis.script("stream/lease", self._keys, [self._holder, self._ttl_ms]))
        if fence:
            self._held_until_s = asked_at_s + self.ttl_s
        return fence


def _end_if_cancelled() -> None:
    """A task group forgets that it was cancelled when one of its tasks failed at the same time."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError

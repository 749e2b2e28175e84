"""The bell on Redis: one subscription for a process, from the first time that somebody there waits."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from redis.exceptions import RedisError

from api_queue.drivers.redis import Redis, end_task
from api_queue.errors import Unavailable
from api_queue.messages.models import MOST_WAIT_S
from api_queue.messages.redis_store import key
from api_queue.types import MessageQueueName

#: As lua/parts.lua has it.
CHANNEL: Final = "messages:bell"
#: Nobody waits for longer; who does sets the mark again.
_MARK_MS: Final = (MOST_WAIT_S + 5) * 1000
_RECONNECT_S: Final = 0.2


class RedisWaiter:
    """`models.Waiter`."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def wake(self) -> None:
        self._rung.set()

    async def wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        self._rung.clear()


class RedisBell:
    """`models.Bell`. What is published costs nothing while nobody has set the mark of the queue."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._waiting: defaultdict[MessageQueueName, set[RedisWaiter]] = defaultdict(set)
        self._listening: asyncio.Task[None] | None = None

    async def ring(self, queue: MessageQueueName) -> None:
        with suppress(Unavailable):  # the message is there, and whoever waits looks now and then
            await self._redis.script("messages/ring", (key(queue, "waiting"),), (queue,))

    @asynccontextmanager
    async def listen(self, queue: MessageQueueName) -> AsyncIterator[RedisWaiter]:
        waiter = RedisWaiter()
        self._waiting[queue].add(waiter)
        try:
            if self._listening is None:
                self._listening = asyncio.create_task(self._listen(), name="messages-bell")
            with suppress(Unavailable):
                await self._redis.call("SET", key(queue, "waiting"), 1, "PX", _MARK_MS)
            yield waiter
        finally:
            self._waiting[queue].discard(waiter)
            if not self._waiting[queue]:
                del self._waiting[queue]

    async def close(self) -> None:
        if self._listening is not None:
            await end_task(self._listening)

    async def _listen(self) -> None:
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    async for heard in pubsub.listen():
                        self.wake(MessageQueueName(heard["data"]) if heard["type"] == "message" else None)
            except (RedisError, OSError):
                await asyncio.sleep(_RECONNECT_S)

    def wake(self, queue: MessageQueueName | None = None) -> None:
        """None: all, as when the line is new, and may have missed any."""
        heard = self._waiting.values() if queue is None else [self._waiting.get(queue, set())]
        for waiter in (waiter for waiters in heard for waiter in waiters):
            waiter.wake()


class BellOfScripts(RedisBell):
    """For the store in Redis, whose scripts ring by themselves."""

    async def ring(self, queue: MessageQueueName) -> None:
        """It has rung."""

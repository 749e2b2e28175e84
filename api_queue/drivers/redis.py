"""Redis for everybody who uses it: one server, one that Sentinel watches over, or a Cluster, as its address says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator, Sequence
from time import perf_counter
from typing import Any, Protocol

from redis.asyncio.client import PubSub
from redis.exceptions import NoScriptError

from api_queue.drivers.lua import load
from api_queue.drivers.redis_server import Argument, Command
from api_queue.drivers.redis_url import engine_of
from api_queue.formats.figures import Figure, Histogram

__all__ = ["Argument", "Redis", "connect", "end_task"]


class Engine(Protocol):
    def ask(self, command: Command) -> Awaitable[Any]: ...
    def keys(self, pattern: str) -> AsyncIterator[list[str]]: ...
    def pubsub(self) -> PubSub: ...
    async def close(self) -> None: ...


def connect(url: str, replicas: int = 0) -> "Redis":
    """Lazy: the first call connects. `url` has one of the forms in `redis_url.py`; BadSetting when it has none. So many
    replicas have what was written before anybody has an answer.
    """
    return Redis(engine_of(url, replicas))


class Redis:
    """Replies are text. A lost connection raises `Unavailable`, never a library's own error."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._seconds = Histogram()

    def figures(self) -> Iterator[Figure]:
        yield self._seconds.figure("redis_seconds")

    async def call(self, *command: Argument) -> Any:
        """The reply of one command, e.g. `await redis.call("HGET", key, field)`."""
        began_s = perf_counter()
        try:
            return await self.engine.ask(command)
        finally:
            self._seconds.observe(perf_counter() - began_s)

    async def script(self, name: str, keys: Sequence[str], args: Sequence[Argument]) -> Any:
        """Run `name` ("queues/add") by its hash; a Redis that forgot it (restart, SCRIPT FLUSH) is taught again.

        `keys` share a hash tag, so that they are on one node of a Cluster.
        """
        script = load(name)
        try:
            return await self.call("EVALSHA", script.sha, len(keys), *keys, *args)
        except NoScriptError:
            return await self.call("EVAL", script.text, len(keys), *keys, *args)

    def keys(self, pattern: str) -> AsyncIterator[list[str]]:
        """Names of keys everywhere, some at a time; one may come twice."""
        return self.engine.keys(pattern)

    def pubsub(self) -> PubSub:
        """Hears what is published anywhere. When it is lost, another one may reach a node that is there."""
        return self.engine.pubsub()

    async def close(self) -> None:
        """After the replies to all that was called before."""
        await self.engine.close()


async def end_task(task: "asyncio.Task[None]") -> None:
    """For who holds a subscription: the library can swallow a cancellation while it connects, so once is not enough."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=0.05)

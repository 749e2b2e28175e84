"""Redis, with all calls of one turn of the event loop sent as one pipeline.

redis-py sends each call on its own: a third of a bare handler's rate is left. Joined per tick it is more than half,
and TLS, Sentinel and Cluster stay the library's business (`docs/decisions/0002-coalesced-redis.md` has the figures).
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis as Client
from redis.asyncio.client import PubSub
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from api_queue.drivers.lua import Script, load
from api_queue.errors import Unavailable

Argument = str | bytes | int | float
_Call = tuple[tuple[Argument, ...], "asyncio.Future[Any]"]

#: A pipeline longer than this is cut, so that one burst cannot hold Redis for more than a few milliseconds.
BATCH = 256


def connect(url: str) -> "Redis":
    """Lazy: the first call connects. `url` is redis://, rediss:// or unix://.

    Nothing is sent twice on its own: a script whose answer was lost may have run, and only its caller can tell.
    """
    client = Client.from_url(url, decode_responses=True, socket_timeout=10, retry=Retry(NoBackoff(), 0))
    return Redis(client)


class Redis:
    """Replies are text. A lost connection raises `Unavailable`, never a library's own error."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._waiting: list[_Call] = []
        self._sending: set[asyncio.Task[None]] = set()

    async def call(self, *command: Argument) -> Any:
        """The reply of one command, e.g. `await redis.call("HGET", key, field)`."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._send_waiting)
        self._waiting.append((command, future))
        return await future

    async def script(self, name: str, keys: Sequence[str], args: Sequence[Argument]) -> Any:
        """Run `name` ("queues/add") by its hash; a Redis that forgot it (restart, SCRIPT FLUSH) is taught again."""
        script = load(name)
        try:
            return await self.call("EVALSHA", script.sha, len(keys), *keys, *args)
        except NoScriptError:
            await self._teach(script)
            return await self.call("EVALSHA", script.sha, len(keys), *keys, *args)

    async def _teach(self, script: Script) -> None:
        await self.call("SCRIPT", "LOAD", script.text)

    def _send_waiting(self) -> None:
        batch, self._waiting = self._waiting, []
        for start in range(0, len(batch), BATCH):
            task = asyncio.create_task(self._send(batch[start : start + BATCH]), name="redis-batch")
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send(self, batch: list[_Call]) -> None:
        pipeline = self.client.pipeline(transaction=False)
        for command, _ in batch:
            pipeline.execute_command(*command)
        try:
            replies = await pipeline.execute(raise_on_error=False)
        except (RedisConnectionError, RedisTimeoutError, OSError) as error:
            self._fail(batch, error)
        else:
            for (_, future), reply in zip(batch, replies, strict=True):
                _settle(future, reply)

    @staticmethod
    def _fail(batch: list[_Call], error: Exception) -> None:
        for _, future in batch:
            _settle(future, error)

    def pubsub(self) -> PubSub:
        return self.client.pubsub()

    async def close(self) -> None:
        await asyncio.gather(*self._sending, return_exceptions=True)
        await self.client.aclose()


def _settle(future: "asyncio.Future[Any]", reply: object) -> None:
    if future.done():  # the caller went away
        return
    if isinstance(reply, RedisConnectionError | RedisTimeoutError | OSError):
        future.set_exception(Unavailable(retry_after=1))
    elif isinstance(reply, Exception):
        future.set_exception(reply)
    else:
        future.set_result(reply)

"""Redis, with all calls of one turn of the event loop sent as one pipeline.

redis-py sends each call on its own and packs it in Python, which leaves a third of a bare handler's rate. Joined per
tick and packed by hiredis it is more than half, and connecting, TLS and Sentinel stay the library's business
(`docs/decisions/0002-coalesced-redis.md` has the figures).
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from hiredis import pack_command
from redis.asyncio import Connection
from redis.asyncio import Redis as Client
from redis.asyncio.client import PubSub
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, OutOfMemoryError, ReadOnlyError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

from api_queue.drivers.lua import Script, load
from api_queue.errors import Unavailable

Argument = str | bytes | int | float
_Call = tuple[str, bytes, "asyncio.Future[Any]"]
"""The command's name, the command as it is sent, and who waits for its reply."""

#: A pipeline longer than this is cut, so that one burst cannot hold Redis for more than a few milliseconds.
BATCH = 256
#: Pipelines on their way at once. What is called meanwhile waits and goes together: a Redis that is slow for a moment
#: (an fsync on an SD card) gets longer pipelines then, not more connections.
IN_FLIGHT = 4
TIMEOUT_S = 10
#: What passes by itself, or by an operator: the disk is full, memory is, a failover or a start is under way.
_PASSING = (RedisConnectionError, RedisTimeoutError, OSError, OutOfMemoryError, ReadOnlyError)


def connect(url: str) -> "Redis":
    """Lazy: the first call connects. `url` is redis://, rediss:// or unix://.

    Nothing is sent twice on its own: a script whose answer was lost may have run, and only its caller can tell.
    """
    # `_send` bounds a batch as a whole: by the library's own timeout each write is a task, each read a timer.
    client = Client.from_url(
        url,
        decode_responses=True,
        socket_timeout=None,
        socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        driver_info=None,  # else each connection looks for the library's version on disk, and sends it
    )
    return Redis(client)


class Redis:
    """Replies are text. A lost connection raises `Unavailable`, never a library's own error."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._waiting: list[_Call] = []
        self._sending: set[asyncio.Task[None]] = set()
        #: Ours alone: to borrow from the library's pool for each batch costs half as much as the sending.
        self._idle: list[Connection] = []

    async def call(self, *command: Argument) -> Any:
        """The reply of one command, e.g. `await redis.call("HGET", key, field)`."""
        return await self._reply(command)

    async def script(self, name: str, keys: Sequence[str], args: Sequence[Argument]) -> Any:
        """Run `name` ("queues/add") by its hash; a Redis that forgot it (restart, SCRIPT FLUSH) is taught again."""
        script = load(name)
        command = ("EVALSHA", script.sha, len(keys), *keys, *args)
        try:
            return await self._reply(command)
        except NoScriptError:
            await self._teach(script)
            return await self._reply(command)

    async def _teach(self, script: Script) -> None:
        await self.call("SCRIPT", "LOAD", script.text)

    def _reply(self, command: tuple[Argument, ...]) -> "asyncio.Future[Any]":
        # Packed here: an argument that cannot be sent is its caller's error, and nobody else's.
        packed = pack_command(command)  # type: ignore[arg-type]  # the stub's tuple has one word
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        if not self._waiting and len(self._sending) < IN_FLIGHT:
            self._begin_batch()
        self._waiting.append((str(command[0]), packed, future))
        return future

    def _begin_batch(self) -> None:
        """It takes what waits when the loop comes to it: all that this turn asks for."""
        task = asyncio.create_task(self._send_batch(), name="redis-batch")
        self._sending.add(task)
        task.add_done_callback(self._sent)

    def _sent(self, task: "asyncio.Task[None]") -> None:
        self._sending.discard(task)
        if self._waiting:
            self._begin_batch()

    async def _send_batch(self) -> None:
        batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
        if self._waiting and len(self._sending) < IN_FLIGHT:
            self._begin_batch()
        if batch:
            await self._send(batch)

    async def _send(self, batch: list[_Call]) -> None:
        pool = self.client.connection_pool
        connection = self._idle.pop() if self._idle else pool.make_connection()  # type: ignore[no-untyped-call]
        try:
            async with asyncio.timeout(TIMEOUT_S):
                await pool.ensure_connection(connection)
                await self._exchange(connection, batch)
        except Exception as error:  # whatever it is: nobody waits for ever
            self._fail(batch, error)
        finally:
            self._idle.append(connection)

    async def _exchange(self, connection: Connection, batch: list[_Call]) -> None:
        """One write, then a reply for each. An answer that does not come takes the connection with it."""
        await connection.send_packed_command([packed for _, packed, _ in batch])
        for name, _, future in batch:
            try:
                reply = await connection.read_response()
            except ResponseError as error:
                reply = error
            else:
                reply = self._as_python(name, reply)
            _settle(future, reply)

    def _as_python(self, name: str, reply: Any) -> Any:
        """As redis-py's own calls answer: a set for SMEMBERS, a dict for HGETALL."""
        translate = self.client.response_callbacks.get(name)
        return reply if translate is None else translate(reply)

    @staticmethod
    def _fail(batch: list[_Call], error: Exception) -> None:
        for _, _, future in batch:
            _settle(future, error)

    def pubsub(self) -> PubSub:
        return self.client.pubsub()

    async def close(self) -> None:
        """After the replies to all that was called before."""
        while self._sending:
            await asyncio.wait(self._sending)
        for connection in self._idle:
            await connection.disconnect()
        await self.client.aclose()


async def end_task(task: "asyncio.Task[None]") -> None:
    """For who holds a subscription: the library can swallow a cancellation while it connects, so once is not enough."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=0.05)


def _settle(future: "asyncio.Future[Any]", reply: object) -> None:
    if future.done():  # the caller went away
        return
    if isinstance(reply, _PASSING) or (isinstance(reply, ResponseError) and str(reply).startswith("MISCONF")):
        future.set_exception(Unavailable(retry_after=1))
    elif isinstance(reply, Exception):
        future.set_exception(reply)
    else:
        future.set_result(reply)

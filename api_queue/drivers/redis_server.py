"""One Redis, with all calls of one turn of the event loop sent as one pipeline.

redis-py sends each call on its own and packs it in Python, which leaves a third of a bare handler's rate. Joined per
tick and packed by hiredis it is more than half, and connecting, TLS and Sentinel stay the library's business
(`docs/decisions/0002-coalesced-redis.md` has the figures).
"""

import asyncio
import errno
import os
import re
from collections.abc import AsyncIterator
from typing import Any, Final

from hiredis import pack_command
from redis.asyncio import Connection
from redis.asyncio import Redis as Client
from redis.asyncio.client import PubSub
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import MasterDownError, OutOfMemoryError, ReadOnlyError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from api_queue.drivers.disk import AGAIN_S
from api_queue.errors import DiskFailing, DiskFull, Unavailable

Argument = str | bytes | int | float
Command = tuple[Argument, ...]
_Call = tuple[str, bytes, "asyncio.Future[Any]"]
"""The command's name, the command as it is sent, and who waits for its reply."""

#: A pipeline longer than this is cut, so that one burst cannot hold Redis for more than a few milliseconds.
BATCH = 256
#: Pipelines on their way at once. What is called meanwhile waits and goes together: a Redis that is slow for a moment
#: (an fsync on an SD card) gets longer pipelines then, not more connections.
IN_FLIGHT = 4
TIMEOUT_S = 10
#: What replicas may take, where they are waited for.
_REPLICAS_MS: Final = 1000
#: Keys that one step of a scan looks at.
_SCANNED: Final = "1000"
#: What passes by itself, or by an operator: the disk is full, memory is, a failover or a start is under way.
_PASSING = (RedisConnectionError, RedisTimeoutError, OSError, OutOfMemoryError, ReadOnlyError, MasterDownError)
#: The same where the library has no class for it, BUSY while one script takes seconds and nothing else is run, and as
#: Redis 6.2 words what stops a script at its first write.
_PASSING_WORDS = re.compile(r"(?:^BUSY|^MISCONF|^NOREPLICAS|: -(?:MISCONF|NOREPLICAS|READONLY|OOM)) ")


class RedisServer:
    """`client`: its pool makes our connections. Nothing is sent twice. Nobody is answered before `replicas` others have
    what was written, too.
    """

    def __init__(self, client: Client, replicas: int = 0) -> None:
        self.client = client
        self._replicas = replicas
        self._wait = [pack_command(("WAIT", replicas, _REPLICAS_MS))] if replicas else []  # type: ignore[arg-type]
        self._waiting: list[_Call] = []
        self._sending: set[asyncio.Task[None]] = set()
        #: Ours alone: to borrow from the library's pool for each batch costs half as much as the sending.
        self._idle: list[Connection] = []

    def ask(self, command: Command) -> "asyncio.Future[Any]":
        # Packed here: an argument that cannot be sent is its caller's error, and nobody else's.
        packed = pack_command(command)  # type: ignore[arg-type]  # the stub's tuple has one word
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        if not self._waiting and len(self._sending) < IN_FLIGHT:
            self._begin_batch()
        self._waiting.append((str(command[0]), packed, future))
        return future

    async def keys(self, pattern: str) -> AsyncIterator[list[str]]:
        """Names of keys, some at a time; one may come twice."""
        cursor = "0"
        while True:
            cursor, keys = await self.ask(("SCAN", cursor, "MATCH", pattern, "COUNT", _SCANNED))
            if keys:
                yield keys
            if not int(cursor):
                return

    def pubsub(self) -> PubSub:
        return self.client.pubsub()

    async def close(self) -> None:
        """After the replies to all that was called before."""
        while self._sending:
            await asyncio.wait(self._sending)
        for connection in self._idle:
            await connection.disconnect()
        await self.client.aclose()

    # -- one pipeline ------------------------------------------------------------------------------------------

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
        await connection.send_packed_command([packed for _, packed, _ in batch] + self._wait)
        kept: list[tuple[asyncio.Future[Any], object]] = []
        for name, _, future in batch:
            try:
                reply = await connection.read_response()
            except ResponseError as error:
                reply = error
            else:
                reply = self._as_python(name, reply)
            if self._wait:
                kept.append((future, reply))
            else:
                _settle(future, reply)
        if self._wait and await connection.read_response() < self._replicas:
            raise RedisConnectionError("too few replicas have it")
        for future, reply in kept:
            _settle(future, reply)

    def _as_python(self, name: str, reply: Any) -> Any:
        """As redis-py's own calls answer: a set for SMEMBERS, a dict for HGETALL."""
        translate = self.client.response_callbacks.get(name)
        return reply if translate is None else translate(reply)

    @staticmethod
    def _fail(batch: list[_Call], error: Exception) -> None:
        for _, _, future in batch:
            _settle(future, error)


def _settle(future: "asyncio.Future[Any]", reply: object) -> None:
    if future.done():  # the caller went away
        return
    if _passes(reply):
        future.set_exception(_disk_fault(f"{reply}") or Unavailable(retry_after=1))
    elif isinstance(reply, Exception):
        future.set_exception(reply)
    else:
        future.set_result(reply)


def _disk_fault(said: str) -> Unavailable | None:
    if "MISCONF" not in said:
        return None
    return (DiskFull if os.strerror(errno.ENOSPC) in said else DiskFailing)(retry_after=AGAIN_S)


def _passes(reply: object) -> bool:
    if isinstance(reply, ResponseError) and _PASSING_WORDS.search(str(reply)):
        return True
    return isinstance(reply, _PASSING)

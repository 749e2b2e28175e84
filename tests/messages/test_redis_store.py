"""What only the store in Redis has to show: many processes, and a Redis that is killed in the middle of every verb."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from api_queue.drivers.clock import SystemClock
from api_queue.drivers.embedded_redis import EmbeddedRedis
from api_queue.drivers.redis import Redis, connect
from api_queue.errors import ReceiptVoid, Unavailable
from api_queue.messages.bell import BellOfScripts
from api_queue.messages.models import Limits, Wish
from api_queue.messages.redis_store import RedisMessages, key, keys_of
from api_queue.messages.service import MessageService
from tests.messages.post import Q, draft
from tests.processes import PROCESSES
from tests.stream.waiting import eventually

RECEIVERS, MESSAGES = 8, 240
#: Everything that is deleted stays deleted for longer than the tests take.
HELD_S = 600


def a_service(redis: Redis) -> MessageService:
    return MessageService(RedisMessages(redis), BellOfScripts(redis), SystemClock(), Limits())


def haul(redis_url: str, out: Connection) -> None:
    """Once all others are there too, receives until there is nothing more; tells the ids that it holds."""

    async def work() -> None:
        redis = connect(redis_url)
        await redis.call("INCR", "gate")
        while int(await redis.call("GET", "gate")) < RECEIVERS:
            pass
        held: list[str] = []
        while got := await a_service(redis).receive(Q, Wish(3, HELD_S)):
            held += (message.id for message in got)
        out.send(held)
        await redis.close()

    asyncio.run(work())


async def test_eight_processes_never_hold_the_same_message(redis: Redis, redis_url: str) -> None:
    sent = [f"m{number}" for number in range(MESSAGES)]
    for start in range(0, MESSAGES, 60):
        await a_service(redis).send(Q, *map(draft, sent[start : start + 60]))
    ends = [PROCESSES.Pipe(duplex=False) for _ in range(RECEIVERS)]
    workers = [PROCESSES.Process(target=haul, args=(redis_url, out)) for _, out in ends]
    for worker in workers:
        worker.start()
    hauls = [await asyncio.to_thread(end.recv) for end, _ in ends]
    for worker in workers:
        await asyncio.to_thread(worker.join)
    assert sorted(name for held in hauls for name in held) == sorted(sent)


async def test_what_is_deleted_leaves_no_trace(redis: Redis) -> None:
    service = a_service(redis)
    await service.send(Q, *map(draft, "abc"))
    for message in await service.receive(Q, Wish(2, consumer_id="ana")):
        assert message.receipt
        await service.delete(Q, message.receipt)
    await service.delete_by_id(Q, (await service.look(Q, 0, 1)).messages[0].id)
    assert [each for each in keys_of(Q) if await redis.call("EXISTS", each)] == [key(Q, "meta")]


# -- kill -9 of Redis ------------------------------------------------------------------------------------------


@dataclass
class Answered:
    """What is not among it may have happened, too. `deleting` is what somebody wanted to delete."""

    sent: set[str] = field(default_factory=set)
    deleting: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)

    def many_deleted(self, many: int) -> bool:
        return len(self.deleted) >= many


class Program:
    """Sends, receives, holds, deletes for ever."""

    def __init__(self, service: MessageService, name: str, answered: Answered) -> None:
        self._service = service
        self._name = name
        self._answered = answered

    async def work(self) -> None:
        for number in count():
            try:
                await self._turn(f"{self._name}{number}")
            except Unavailable:
                await asyncio.sleep(0.01)

    async def _turn(self, name: str) -> None:
        self._answered.sent.update(await self._service.send(Q, draft(f"{name}-a"), draft(f"{name}-b")))
        for message in await self._service.receive(Q, Wish(1, HELD_S)):
            assert message.receipt
            await self._service.extend(Q, message.receipt, HELD_S)
            self._answered.deleting.add(message.id)
            try:
                await self._service.delete(Q, message.receipt)
            except ReceiptVoid:
                continue
            self._answered.deleted.add(message.id)


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    """A Redis of this test's own, started again when it dies."""
    server = EmbeddedRedis(tmp_path / "redis", "always")
    server.start()
    yield server
    server.stop()


@asynccontextmanager
async def at_work(url: str) -> AsyncIterator[Answered]:
    """Four programs."""
    redis, answered = connect(url), Answered()
    programs = [Program(a_service(redis), name, answered) for name in "abcd"]
    tasks = [asyncio.create_task(program.work(), name="program") for program in programs]
    yield answered
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await redis.close()


async def test_a_redis_that_is_killed_loses_nothing_answered_and_revives_nothing_deleted(mortal: EmbeddedRedis) -> None:
    async with at_work(mortal.url) as answered:
        for deleted in (40, 80, 120):
            await eventually(partial(answered.many_deleted, deleted), within_s=30)
            assert mortal.program.pid
            os.kill(mortal.program.pid, signal.SIGKILL)
        await eventually(partial(answered.many_deleted, 160), within_s=30)
    redis = connect(mortal.url)
    there = set(await redis.call("HKEYS", key(Q, "bodies")))
    await redis.close()
    assert answered.sent - answered.deleting <= there
    assert not answered.deleted & there

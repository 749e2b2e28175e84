"""The follower: every event once and in order, whatever happens to the bell."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from api_queue import logs
from api_queue.drivers.redis import Redis
from api_queue.errors import BrokerAway
from api_queue.events import Event
from api_queue.stream import follower as follower_module
from api_queue.stream.follower import Follower
from api_queue.stream.models import START, AllQueues
from api_queue.stream.store import RedisEventLog
from api_queue.types import EventId, QueueName
from tests.stream.queues import Queues
from tests.stream.waiting import eventually

PARTY = QueueName("party")


class Reader:
    """Notes what it is given; `fails` times it refuses first."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.broken: list[QueueName] = []
        self.fails = 0

    async def deliver(self, _queue: QueueName, events: list[Event]) -> None:
        if self.fails:
            self.fails -= 1
            raise BrokerAway(retry_after=1)
        self.events += events

    async def note_broken(self, queue: QueueName) -> None:
        self.broken.append(queue)

    def revs(self, queue: str = PARTY) -> list[int]:
        return [event.rev for event in self.events if event.queue == queue]

    async def until(self, rev: int, queue: str = PARTY) -> list[int]:
        await eventually(lambda: rev in self.revs(queue))
        return self.revs(queue)


class EveryQueue:
    def __init__(self, queues: Queues) -> None:
        self._queues = queues

    async def names(self) -> list[QueueName]:
        return await self._queues.names()

    async def begin(self, _queue: QueueName) -> EventId:
        return START


@asynccontextmanager
async def following(
    log: RedisEventLog, reader: Reader, *names: QueueName, all_queues: AllQueues | None = None
) -> AsyncIterator[Follower]:
    follower = Follower(log, reader.deliver, reader.note_broken, all_queues)
    for name in names:
        follower.follow(name, START)
    task = asyncio.create_task(follower.run())
    try:
        yield follower
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def no_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower_module, "SWEEP_S", 3600.0)


@pytest.fixture
def quick_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower_module, "SWEEP_S", 0.05)


async def test_events_arrive_in_order_and_once(log: RedisEventLog, queues: Queues, reader: Reader) -> None:
    # Given someone who follows a queue
    async with following(log, reader, PARTY):
        # When three hundred changes come as fast as they can
        for _ in range(3):
            await asyncio.gather(*(queues.change(PARTY) for _ in range(100)))
        # Then each is delivered once, in order
        assert await reader.until(300) == list(range(1, 301))


async def test_a_burst_behind_one_bell_is_read_without_a_sweep(
    log: RedisEventLog, queues: Queues, reader: Reader, no_sweep: None
) -> None:
    # Given a follower that has been quiet for a while
    async with following(log, reader, PARTY):
        await queues.change(PARTY)
        await reader.until(1)
        await asyncio.sleep(follower_module.READ_AGAIN_S * 3)
        # When many changes share one ring of the bell
        for _ in range(50):
            await queues.change(PARTY)
        # Then the last one is there too
        assert await reader.until(51) == list(range(1, 52))


async def test_a_lost_bell_costs_only_time(
    log: RedisEventLog, queues: Queues, reader: Reader, quick_sweep: None
) -> None:
    async with following(log, reader, PARTY):
        # When a change is written and nobody rings
        await queues.change(PARTY, ring=False)
        # Then the sweep finds it
        assert await reader.until(1) == [1]


async def test_what_came_while_the_subscription_was_down_is_read_when_it_stands_again(
    log: RedisEventLog, queues: Queues, reader: Reader, redis: Redis, no_sweep: None
) -> None:
    async with following(log, reader, PARTY):
        await queues.change(PARTY)
        await reader.until(1)
        # When the bell's connection is cut and a change comes before it is back
        await redis.call("CLIENT", "KILL", "TYPE", "pubsub")
        await queues.change(PARTY)
        # Then it is delivered
        assert await reader.until(2) == [1, 2]


async def test_a_refused_delivery_comes_again(
    log: RedisEventLog, queues: Queues, reader: Reader, quick_sweep: None
) -> None:
    # Given a reader that refuses twice
    reader.fails = 2
    async with following(log, reader, PARTY):
        await queues.change(PARTY)
        # Then it gets the event with the third try, once
        assert await reader.until(1) == [1]


async def test_all_queues_are_followed_as_they_come(
    log: RedisEventLog, queues: Queues, reader: Reader, no_sweep: None
) -> None:
    await queues.create("party")
    async with following(log, reader, all_queues=EveryQueue(queues)):
        await reader.until(1)
        # When a queue is made later
        await queues.create("garden")
        await queues.change("garden")
        # Then its events come from the first one on
        assert await reader.until(2, "garden") == [1, 2]


async def test_a_queue_that_is_gone_is_left(
    log: RedisEventLog, queues: Queues, reader: Reader, redis: Redis, quick_sweep: None
) -> None:
    await queues.create("party")
    async with following(log, reader, all_queues=EveryQueue(queues)) as follower:
        await reader.until(1)
        # When it is deleted
        await queues.delete("party")
        await reader.until(2)
        # Then its last event was delivered, and it is not read any more
        await eventually(lambda: not follower._followed)
        assert reader.revs() == [1, 2]


async def test_a_trimmed_position_is_told_and_the_rest_delivered(
    log: RedisEventLog, queues: Queues, reader: Reader, redis: Redis, quick_sweep: None
) -> None:
    async with following(log, reader, PARTY):
        await queues.change(PARTY)
        await reader.until(1)
        # When the stream drops more than was read
        await redis.call(
            "EVAL",
            "for rev = 2, 5 do redis.call('XADD', KEYS[1], '*', 'name', 'like', 'rev', rev, 'data', '{}') end"
            " redis.call('XTRIM', KEYS[1], 'MAXLEN', 2)",
            1,
            "q:{party}:events",
        )
        # Then the reader hears that something is missing, and gets what is left
        assert await reader.until(5) == [1, 4, 5]
        assert reader.broken == [PARTY]


async def test_a_stream_that_was_lost_is_told_once(
    log: RedisEventLog, queues: Queues, reader: Reader, redis: Redis, quick_sweep: None
) -> None:
    async with following(log, reader, PARTY) as follower:
        await queues.change(PARTY)
        await reader.until(1)
        # When Redis comes back empty
        await redis.call("FLUSHALL")
        await follower.catch_up(PARTY)
        await follower.catch_up(PARTY)
        # Then the reader heard it, and new events are delivered again
        assert reader.broken == [PARTY]
        await queues.change(PARTY)
        await eventually(lambda: reader.revs() == [1, 1])


async def test_catch_up_needs_no_bell(log: RedisEventLog, queues: Queues, reader: Reader) -> None:
    # Given a follower that does not run
    follower = Follower(log, reader.deliver)
    follower.follow(PARTY, START)
    for _ in range(250):
        await queues.change(PARTY)
    # When it is asked to catch up
    await follower.catch_up(PARTY)
    # Then everything is there
    assert reader.revs() == list(range(1, 251))


async def test_what_is_read_for_all_is_of_no_request(redis: Redis, queues: Queues) -> None:
    # Given somebody whose request begins to follow a queue
    await queues.create(PARTY)
    seen: list[str] = []

    async def deliver(_queue: QueueName, _events: list[Event]) -> None:
        seen.append(logs.request_id.get())

    follower = Follower(RedisEventLog(redis), deliver)
    running = asyncio.create_task(follower.run())
    try:
        logs.request_id.set("somebody-1")
        await asyncio.sleep(0)
        follower.follow(PARTY, START)
        # When events come, then no line of the log says that they are that request's
        await eventually(lambda: bool(seen))
        assert set(seen) == {""}
    finally:
        running.cancel()
        await asyncio.wait([running])

"""One leader at a time, and each with a higher number than the one before."""

import asyncio
from pathlib import Path

import pytest

from api_queue.drivers.embedded_redis import EmbeddedRedis
from api_queue.drivers.redis import Redis, connect
from api_queue.errors import LeaseLost
from api_queue.stream.lease import Lease
from api_queue.stream.store import RedisRelayStore
from api_queue.types import EventId, QueueName
from tests.stream.waiting import eventually

TTL_MS = 200
PARTY = QueueName("party")


def lease_of(redis: Redis, holder: str) -> Lease:
    return Lease(redis, "test", holder, TTL_MS)


async def test_one_holds_it_until_it_is_given_back(redis: Redis) -> None:
    first, second = lease_of(redis, "first"), lease_of(redis, "second")
    assert await first.acquire()
    assert not await second.acquire()
    await first.release()
    assert not first.held
    assert await second.acquire()
    assert second.fence == first.fence + 1


async def test_a_lease_that_nobody_renews_ends_for_both_sides(redis: Redis) -> None:
    first, second = lease_of(redis, "first"), lease_of(redis, "second")
    await first.acquire()
    # When its time has passed, its holder knew it before anybody else can have it
    await eventually(lambda: not first.held)
    with pytest.raises(LeaseLost):
        first.check()
    async with asyncio.timeout(30):
        await second.lead(done)


async def test_who_works_keeps_the_lease(redis: Redis) -> None:
    first, second = lease_of(redis, "first"), lease_of(redis, "second")

    async def work() -> None:
        await asyncio.sleep(2.5 * TTL_MS / 1000)
        assert first.held
        assert not await second.acquire()

    assert await first.lead(work)
    assert await second.acquire()


async def test_work_ends_when_the_lease_goes_to_somebody_else(redis: Redis) -> None:
    lease = lease_of(redis, "first")

    async def work() -> None:
        await redis.call("SET", "lease:{test}", "somebody else")
        await asyncio.Event().wait()

    async with asyncio.timeout(30):
        assert not await lease.lead(work)
    # And what is somebody else's is not given back
    assert await redis.call("GET", "lease:{test}") == "somebody else"


async def test_work_ends_when_redis_is_away_for_longer_than_the_lease(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path, "everysec")
    await asyncio.to_thread(server.start)
    redis = connect(server.url)

    async def work() -> None:
        await asyncio.to_thread(server.stop)
        await asyncio.Event().wait()

    async with asyncio.timeout(15):
        assert not await lease_of(redis, "first").lead(work)
    await redis.close()


async def test_who_is_cancelled_while_the_lease_is_lost_still_ends(redis: Redis) -> None:
    lease = lease_of(redis, "first")
    started = asyncio.Event()

    async def work() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            raise LeaseLost

    leading = asyncio.create_task(lease.lead(work))
    await started.wait()
    leading.cancel()
    await asyncio.wait([leading])
    assert leading.cancelled()


async def test_an_older_leader_cannot_acknowledge(redis: Redis) -> None:
    store = RedisRelayStore(redis)
    assert await store.acknowledge(PARTY, EventId("5-0"), fence=2)
    # When one that was late comes with a lower number
    assert not await store.acknowledge(PARTY, EventId("3-0"), fence=1)
    # Then the position stays
    assert await store.acknowledged(PARTY) == "5-0"
    assert await store.acknowledge(PARTY, EventId("6-0"), fence=2)


async def done() -> None:
    pass

"""Who waits for a message has it as soon as there is one, in whatever process it was sent."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api_queue.drivers.clock import SystemClock
from api_queue.drivers.redis import Redis, connect
from api_queue.messages import service as service_module
from api_queue.messages.bell import CHANNEL, BellOfScripts, RedisBell
from api_queue.messages.models import Limits, Message, Wish
from api_queue.messages.redis_store import RedisMessages, key
from api_queue.messages.service import MessageService
from api_queue.types import MessageQueueName
from tests.messages.post import OTHER, RECEIVE_MAX, Q, draft
from tests.messages.stores import KINDS, open_store

Two = tuple[MessageService, MessageService]

#: Longer than anything here takes, and shorter than anybody would wait for.
LONG_S = 15


@pytest.fixture(autouse=True)
def no_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """What wakes these receivers is the bell, or the clock of a hidden message."""
    monkeypatch.setattr(service_module, "LOOK_AGAIN_S", LONG_S)


@pytest.fixture(params=KINDS)
async def two(request: pytest.FixtureRequest, redis: Redis, redis_url: str, tmp_path: Path) -> AsyncIterator[Two]:
    """As two processes have them: each with its own bell, over one store."""
    others = connect(redis_url)
    kind = BellOfScripts if request.param == "redis" else RedisBell
    bells = [kind(redis), kind(others)]
    async with open_store(request.param, redis, tmp_path) as store:
        first, second = (MessageService(store, bell, SystemClock(), Limits(receive_max=RECEIVE_MAX)) for bell in bells)
        yield first, second
    for bell in bells:
        await bell.close()
    await others.close()


async def waits(service: MessageService, redis: Redis, most: int = 10) -> "asyncio.Task[tuple[Message, ...]]":
    """A receiver who has looked, found nothing, and waits."""
    receiver = asyncio.create_task(service.receive(Q, Wish(most), LONG_S))
    async with asyncio.timeout(LONG_S):
        while True:
            mark, lines = await redis.call("EXISTS", key(Q, "waiting")), await redis.call("PUBSUB", "NUMSUB", CHANNEL)
            if mark and lines[1]:
                return receiver
            await asyncio.sleep(0.002)


async def test_a_message_of_another_process_wakes_who_waits(two: Two, redis: Redis) -> None:
    here, there = two
    receiver = await waits(here, redis)
    began_s = time.monotonic()
    await there.send(Q, draft("a"))
    assert [message.id for message in await receiver] == ["a"]
    assert time.monotonic() - began_s < LONG_S / 2


async def test_each_of_several_who_wait_gets_one(two: Two, redis: Redis) -> None:
    here, there = two
    receivers = [await waits(service, redis, most=1) for service in (here, here, there)]
    await there.send(Q, draft("a"), draft("b"), draft("c"))
    assert sorted([message.id for got in await asyncio.gather(*receivers) for message in got]) == ["a", "b", "c"]


async def test_a_hidden_message_comes_to_who_waits_when_its_time_is_over(two: Two, redis: Redis) -> None:
    here, _ = two
    await here.send(Q, draft("a"))
    (held,) = await here.receive(Q, Wish(visibility_s=1))
    (again,) = await here.receive(Q, Wish(), LONG_S)
    assert again.receive_count == 2
    assert again.visible_at_ms - held.visible_at_ms < 30_000 + LONG_S * 500


async def test_a_delayed_message_that_is_sent_meanwhile_comes_in_its_time(two: Two, redis: Redis) -> None:
    here, there = two
    receiver = await waits(here, redis)
    await there.send(Q, draft("late", delay_s=1))
    assert [message.id for message in await receiver] == ["late"]


async def test_a_message_that_is_given_back_wakes_who_waits(two: Two, redis: Redis) -> None:
    here, there = two
    await here.send(Q, draft("a"))
    (held,) = await there.receive(Q, Wish())
    receiver = await waits(here, redis)
    assert held.receipt
    await there.extend(Q, held.receipt, 0)
    assert [message.receive_count for message in await receiver] == [2]


async def test_dead_letters_that_come_back_wake_who_waits(two: Two, redis: Redis) -> None:
    here, there = two
    await there.send(MessageQueueName(f"{Q}.dead"), draft("a"))
    receiver = await waits(here, redis)
    assert await there.redrive(Q) == 1
    assert [message.id for message in await receiver] == ["a"]


async def test_a_message_of_another_queue_wakes_nobody(two: Two, redis: Redis) -> None:
    here, there = two
    receiver = await waits(here, redis)
    await there.send(OTHER, draft("b"))
    assert await here.receive(OTHER, Wish(), LONG_S)
    assert not receiver.done()
    receiver.cancel()


async def test_who_waits_for_nothing_hears_so_in_time(two: Two) -> None:
    began_s = time.monotonic()
    assert await two[0].receive(Q, Wish(), 0.2) == ()
    assert 0.2 <= time.monotonic() - began_s < LONG_S / 2


async def test_where_the_bell_goes_unheard_a_second_look_finds_it(
    two: Two, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_module, "LOOK_AGAIN_S", 0.05)
    here, there = two
    receiver = await waits(here, redis)
    await redis.call("DEL", key(Q, "waiting"))
    await there.send(Q, draft("a"))
    assert await receiver


async def test_a_process_that_ends_keeps_nobody_waiting(two: Two, redis: Redis) -> None:
    receiver = await waits(two[0], redis)
    two[0].close()
    assert await asyncio.wait_for(receiver, LONG_S / 2) == ()


async def test_a_bell_whose_line_broke_is_heard_again(redis: Redis) -> None:
    bell = RedisBell(redis)
    async with bell.listen(Q) as waiter:
        await waiter.wait(LONG_S)  # the line is new: it may have missed a ring
        await redis.call("CLIENT", "KILL", "TYPE", "pubsub")
        began_s = time.monotonic()
        await waiter.wait(LONG_S)
        assert time.monotonic() - began_s < LONG_S / 2
    await bell.close()


async def test_nothing_is_published_while_nobody_waits(redis: Redis) -> None:
    service = MessageService(RedisMessages(redis), BellOfScripts(redis), SystemClock(), Limits())
    async with redis.pubsub() as line:
        await line.subscribe(CHANNEL)
        assert (await line.get_message(timeout=LONG_S) or {})["type"] == "subscribe"
        await service.send(Q, draft("a"))
        await redis.call("PUBLISH", CHANNEL, "the next")
        assert (await line.get_message(timeout=LONG_S) or {})["data"] == "the next"

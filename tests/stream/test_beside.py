"""Retained topics beside ours, over a real broker: as ours are, and once more a little later."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import cast

import pytest

from api_queue.drivers.mqtt import Publisher
from api_queue.drivers.mqtt_broker import EmbeddedBroker
from api_queue.drivers.redis import Redis
from api_queue.stream import beside, retained
from api_queue.stream.fenced import FencedPublisher
from api_queue.stream.relay import RelayParts
from api_queue.types import QueueName
from tests.drivers.conftest import running
from tests.stream.queues import Queues
from tests.stream.subscribers import Subscriber, subscribed
from tests.stream.test_relay import merged_in, new_lease, parts_of, relaying
from tests.stream.waiting import eventually

ROOM = "room/kara/queue"


class Others:
    """Of rooms that hold nothing but a revision, like the queues; `kara` is one."""

    def __init__(self, queues: Queues) -> None:
        self._queues = queues
        self.library: dict[str, str] = {}
        self.faulty = False

    async def of_queue(self, queue: QueueName) -> dict[str, str]:
        if self.faulty:
            raise ValueError(queue)
        rev = await self._queues.rev(queue)
        return {ROOM: f'["at {rev}"]' if rev else ""} if queue == "kara" else {}

    async def of_library(self) -> dict[str, str]:
        return self.library


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    with running("mosquitto", tmp_path_factory.mktemp("broker")) as broker:
        yield broker


@pytest.fixture
async def subscriber(broker: EmbeddedBroker) -> AsyncIterator[Subscriber]:
    async with subscribed(broker.process) as subscriber:
        yield subscriber
    async with Publisher(broker.url, "status") as publisher:  # the next test must not take it for its own
        await publisher.connected.wait()
        await publisher.publish(ROOM, "", retain=True)


@pytest.fixture
def others(queues: Queues) -> Others:
    return Others(queues)


@pytest.fixture
def parts(redis: Redis, queues: Queues, broker: EmbeddedBroker, others: Others) -> RelayParts:
    return replace(parts_of(redis, queues, broker.url), others=others, lease=new_lease(redis, 30_000))


async def test_a_queue_is_told_on_the_topics_of_others_too(
    parts: RelayParts, queues: Queues, subscriber: Subscriber
) -> None:
    for name in ("kara", "party"):
        await queues.create(name)
    async with relaying(parts):
        # When it changes
        await queues.change("kara")
        await eventually(lambda: subscriber.retained.get(ROOM) == b'["at 2"]')
        await eventually(lambda: subscriber.retained_rev("party", "session") == 1)
    # Then what is said of it has no prefix of ours, and of a queue that is none of theirs nothing is
    assert [topic for topic in subscriber.retained if not topic.startswith("api_queue/")] == [ROOM]


async def test_a_burst_is_merged(parts: RelayParts, queues: Queues, subscriber: Subscriber) -> None:
    await queues.create("kara")
    async with relaying(parts):
        await eventually(lambda: ROOM in subscriber.retained)
        before, began_s = len(subscriber.payloads(ROOM)), asyncio.get_running_loop().time()
        await asyncio.gather(*(queues.change("kara") for _ in range(60)))
        await eventually(lambda: subscriber.retained[ROOM] == b'["at 61"]')
        took_s = asyncio.get_running_loop().time() - began_s
        assert len(subscriber.payloads(ROOM)) - before <= merged_in(took_s)


async def test_the_topics_go_with_their_queue(
    parts: RelayParts, queues: Queues, subscriber: Subscriber, redis: Redis
) -> None:
    await queues.create("kara")
    async with relaying(parts):
        await eventually(lambda: ROOM in subscriber.retained)
        await queues.delete("kara")
        await eventually(lambda: ROOM not in subscriber.retained)
    # And where no relay ran when it went, the next one clears them
    await queues.create("kara")
    async with relaying(replace(parts, lease=new_lease(redis))):
        await eventually(lambda: ROOM in subscriber.retained)
    await queues.delete("kara")
    async with relaying(replace(parts, lease=new_lease(redis))):
        await eventually(lambda: ROOM not in subscriber.retained)


async def test_each_state_is_said_once_more(
    parts: RelayParts, queues: Queues, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "AGAIN_S", 0.5)
    await queues.create("kara")
    async with relaying(parts):
        await eventually(lambda: ROOM in subscriber.retained)
        # When it changes twice at once, and then no more
        await queues.change("kara")
        await eventually(lambda: b'["at 2"]' in subscriber.payloads(ROOM))
        await queues.change("kara")
        await eventually(lambda: subscriber.payloads(ROOM).count(b'["at 3"]') == 2)
        # Then the last state is said once more, a little later, and that is all
        await asyncio.sleep(2 * beside.AGAIN_S)
        assert subscriber.payloads(ROOM).count(b'["at 3"]') == 2
        assert subscriber.payloads(ROOM)[-1] == b'["at 3"]'


async def test_what_went_is_not_said_once_more(
    parts: RelayParts, queues: Queues, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "AGAIN_S", 0.3)
    await queues.create("kara")
    async with relaying(parts):
        await eventually(lambda: ROOM in subscriber.retained)
        await queues.delete("kara")
        await eventually(lambda: ROOM not in subscriber.retained)
        said = len(subscriber.payloads(ROOM))
        await asyncio.sleep(2 * beside.AGAIN_S)
        assert subscriber.payloads(ROOM)[said:] == []


async def test_the_library_is_told_when_it_changes_and_to_a_broker_that_is_new(
    parts: RelayParts, others: Others, subscriber: Subscriber, redis: Redis
) -> None:
    others.library = {"global/tracks-updated": '{"tracks_json_mtime":1.5}'}
    for _ in range(2):
        async with relaying(replace(parts, lease=new_lease(redis))):
            await eventually(lambda: "global/tracks-updated" in subscriber.retained)
        subscriber.retained.clear()


async def test_a_fault_in_what_others_are_told_delays_nothing_of_ours(
    parts: RelayParts, queues: Queues, others: Others, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retained, "RETRY_S", 0.2)
    others.faulty = True
    await queues.create("kara")
    async with relaying(parts):
        await eventually(lambda: subscriber.retained_rev("kara", "session") == 1)
        others.faulty = False
        await eventually(lambda: subscriber.retained.get(ROOM) == b'["at 1"]')


class Slow:
    """`FencedPublisher`, of which a publish takes as long as the test says."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def retain_beside(self, topic: str, payload: str) -> None:  # noqa: ARG002 - as the publisher has it
        await self.goes_on.wait()
        self.said.append(payload)


async def test_what_is_old_is_not_said_once_more_while_the_new_is_on_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "AGAIN_S", 0.02)
    publisher = Slow()
    one = beside.Beside(cast("FencedPublisher", publisher))
    running = asyncio.create_task(one.run())
    await one.publish(ROOM, "[]")
    # When it is cleared, and that takes longer than until the state is due
    publisher.goes_on.clear()
    clearing = asyncio.create_task(one.publish(ROOM, ""))
    await asyncio.sleep(3 * beside.AGAIN_S)
    publisher.goes_on.set()
    await clearing
    # Then it stays cleared
    await asyncio.sleep(3 * beside.AGAIN_S)
    assert publisher.said == ["[]", ""]
    running.cancel()

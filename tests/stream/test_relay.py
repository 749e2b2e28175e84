"""The relay over a real broker: everything arrives, whoever dies and whatever is away."""

import asyncio
import itertools
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from api_queue.drivers.clock import SystemClock
from api_queue.drivers.embedded_redis import EmbeddedRedis
from api_queue.drivers.mqtt import Publisher
from api_queue.drivers.mqtt_broker import BrokerProcess, EmbeddedBroker
from api_queue.drivers.redis import Redis, connect
from api_queue.errors import BrokerAway, Unavailable
from api_queue.settings import Settings
from api_queue.stream import models, relay
from api_queue.stream.hub import Hub
from api_queue.stream.lag import Lag
from api_queue.stream.lease import Lease
from api_queue.stream.relay import RelayParts
from api_queue.stream.store import RedisEventLog, RedisRelayStore
from api_queue.types import EventId, QueueName
from tests.drivers.conftest import running
from tests.stream.conftest import Beacons
from tests.stream.queues import Queues
from tests.stream.screens import Screen
from tests.stream.subscribers import Subscriber, subscribed
from tests.stream.waiting import eventually

#: Short, so that a new leader does not keep the tests waiting.
LEASE_MS: Final = 300

_holders = itertools.count()


class Library:
    def __init__(self) -> None:
        self.told: str | None = None

    async def library(self) -> str | None:
        return self.told


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    with running("mosquitto", tmp_path_factory.mktemp("broker")) as broker:
        yield broker


@pytest.fixture
async def subscriber(broker: EmbeddedBroker) -> AsyncIterator[Subscriber]:
    async with subscribed(broker.process) as subscriber:
        yield subscriber


@pytest.fixture
def parts(redis: Redis, queues: Queues, broker: EmbeddedBroker) -> RelayParts:
    return parts_of(redis, queues, broker.url)


def parts_of(redis: Redis, queues: Queues, url: str) -> RelayParts:
    return RelayParts(
        lease=new_lease(redis),
        log=RedisEventLog(redis),
        store=RedisRelayStore(redis),
        source=queues,
        library=Library(),
        connect=connecting(url),
        clock=SystemClock(),
        settings=Settings(),
        lag=Lag(SystemClock()),
    )


def connecting(url: str) -> models.Connect:
    return lambda on_connect: Publisher(url, "api_queue/status", on_connect=on_connect)


def new_lease(redis: Redis, lease_ms: int = LEASE_MS) -> Lease:
    return Lease(redis, "relay", f"relay-{next(_holders)}", lease_ms)


@asynccontextmanager
async def relaying(parts: RelayParts) -> AsyncIterator["asyncio.Task[None]"]:
    """Ends as SIGTERM does."""
    task = asyncio.create_task(relay.run(parts))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


def is_at_least_once_in_order(revs: list[int], last: int) -> bool:
    return list(dict.fromkeys(revs)) == list(range(1, last + 1))


def merged_in(seconds: float) -> float:
    """How many states of a queue at most: ten a second, the first and the last. A busy machine takes its time."""
    return 10 * seconds + 3


async def test_every_event_and_the_newest_state_arrive(
    parts: RelayParts, queues: Queues, subscriber: Subscriber, redis: Redis
) -> None:
    # Given a queue with a past, and a lease that also a busy machine keeps: who begins again may say a thing again
    parts = replace(parts, lease=new_lease(redis, 30_000))
    await queues.create("first")
    async with relaying(parts):
        # When a burst comes
        began_s = time.monotonic()
        await asyncio.gather(*(queues.change("first") for _ in range(120)))
        # Then each event was published once and in order
        await eventually(lambda: len(subscriber.revs("first")) == 121)
        assert subscriber.revs("first") == list(range(1, 122))
        # And the retained topics hold the end of it, of all the states in between only a few
        last = "api_queue/queue/first/session"
        await eventually(lambda: last in subscriber.retained and subscriber.retained_rev("first", "session") == 121)
        assert subscriber.retained_rev("first") == 121
        assert subscriber.retained["api_queue/queue/first/items.csv"] == b"121\r\n"
        assert len(subscriber.payloads("api_queue/queue/first/items")) <= merged_in(time.monotonic() - began_s)


async def test_states_of_a_queue_are_merged_to_ten_a_second(
    parts: RelayParts, queues: Queues, subscriber: Subscriber
) -> None:
    await queues.create("busy")
    async with relaying(parts):
        await eventually(lambda: subscriber.retained_rev("busy") == 1)
        before, began_s = len(subscriber.payloads("api_queue/queue/busy/items")), time.monotonic()
        # When a queue changes for half a second, every 10 ms
        for _ in range(50):
            await queues.change("busy")
            await asyncio.sleep(0.01)
        await eventually(lambda: subscriber.retained_rev("busy") == 51)
        # Then about five states were published, and the settings, which stayed the same, not once
        states = len(subscriber.payloads("api_queue/queue/busy/items")) - before
        assert states <= merged_in(time.monotonic() - began_s)


async def test_a_command_has_a_topic_of_its_own(parts: RelayParts, queues: Queues, subscriber: Subscriber) -> None:
    await queues.create("ordered")
    async with relaying(parts):
        await queues.change("ordered", "command", "queue", '"command":"seek","by":"host","args":{"position_ms":5}')
        await eventually(lambda: bool(subscriber.payloads("api_queue/queue/ordered/command")))
    payload = subscriber.payloads("api_queue/queue/ordered/command")[0]
    assert subscriber.decode(payload) == {"command": "seek", "by": "host", "args": {"position_ms": 5}}


async def test_a_deleted_queue_leaves_nothing_retained(
    parts: RelayParts, queues: Queues, subscriber: Subscriber, broker: EmbeddedBroker, redis: Redis
) -> None:
    await queues.create("short")
    async with relaying(parts):
        await eventually(lambda: subscriber.retained_rev("short", "session") == 1)
        # When it goes
        await queues.delete("short")
        # Then its readers are told, and its topics cleared
        await eventually(lambda: 2 in subscriber.revs("short"))
        await eventually(lambda: not [t for t in subscriber.retained if "/short/" in t and not t.endswith("events")])
        async with asyncio.timeout(30):
            while await redis.call("SISMEMBER", "relay:announced", "short"):  # noqa: ASYNC110 - Redis rings no bell here
                await asyncio.sleep(0.01)


async def test_a_queue_deleted_while_no_relay_ran_is_cleared_too(
    parts: RelayParts, queues: Queues, subscriber: Subscriber, redis: Redis
) -> None:
    await queues.create("gone")
    async with relaying(parts):
        await eventually(lambda: subscriber.retained_rev("gone", "session") == 1)
    await queues.delete("gone")
    async with relaying(replace(parts, lease=new_lease(redis))):
        await eventually(lambda: "api_queue/queue/gone/items" not in subscriber.retained)


async def test_nothing_of_a_members_own_queue_is_published(
    parts: RelayParts, queues: Queues, subscriber: Subscriber, redis: Redis
) -> None:
    # Given one from before the relay, and one that is made beside it
    await queues.create("u_0123456789ab")
    async with relaying(parts):
        await queues.create("u_ba9876543210")
        for name in ("u_0123456789ab", "u_ba9876543210"):
            await queues.change(name)
        # When the whole state was published, and what came later too
        await queues.create("loud")
        await eventually(lambda: subscriber.retained_rev("loud", "session") == 1)
    # Then a guest who subscribes to everything has heard of neither
    assert not [topic for topic, _ in subscriber.heard if "u_" in topic]
    assert await redis.call("SMEMBERS", "relay:announced") == {"loud"}


async def test_the_library_is_told_when_it_changes(parts: RelayParts, subscriber: Subscriber) -> None:
    library = Library()
    library.told = '{"hash":"abc","count":3,"updated":1}'
    async with relaying(replace(parts, library=library)):
        await eventually(lambda: "api_queue/tracks" in subscriber.retained)
    assert subscriber.retained["api_queue/tracks"] == library.told.encode()


async def test_what_was_written_before_the_end_is_published(
    parts: RelayParts, queues: Queues, subscriber: Subscriber
) -> None:
    await queues.create("last")
    async with relaying(parts):
        await eventually(lambda: subscriber.retained_rev("last") == 1)
        # When a change comes and the relay is told to end at once
        await queues.change("last", ring=False)
    # Then it is there, event and state
    await eventually(lambda: subscriber.revs("last")[-1] == 2 and subscriber.retained_rev("last") == 2)
    assert subscriber.retained["api_queue/status"] == b"offline"


async def test_the_next_relay_goes_on_where_the_last_one_was(
    parts: RelayParts, queues: Queues, subscriber: Subscriber, redis: Redis
) -> None:
    await queues.create("handed")
    async with relaying(parts):
        await eventually(lambda: subscriber.retained_rev("handed") == 1)
    await queues.change("handed")
    async with relaying(replace(parts, lease=new_lease(redis))):
        await eventually(lambda: subscriber.retained_rev("handed") == 2)
    assert is_at_least_once_in_order(subscriber.revs("handed"), 2)


async def test_of_two_relays_one_publishes_and_the_other_takes_over(
    parts: RelayParts, queues: Queues, subscriber: Subscriber, redis: Redis
) -> None:
    await queues.create("pair")
    spare = replace(parts, lease=new_lease(redis))
    # Given two relays, started one after the other
    async with relaying(spare):
        async with relaying(parts):
            await queues.change("pair")
            await eventually(lambda: len(subscriber.revs("pair")) == 2)
        # When one ends while changes come, the other goes on
        for _ in range(3):
            await queues.change("pair")
        await eventually(lambda: subscriber.retained_rev("pair") == 5 and 5 in subscriber.revs("pair"))
    assert is_at_least_once_in_order(subscriber.revs("pair"), 5)


async def test_a_relay_that_lost_its_lease_publishes_nothing_more(
    parts: RelayParts, queues: Queues, subscriber: Subscriber, redis: Redis
) -> None:
    await queues.create("lost")
    async with relaying(parts):
        await eventually(lambda: subscriber.retained_rev("lost") == 1)
        # When somebody else holds the lease
        await redis.call("SET", "lease:{relay}", "somebody else")
        await eventually(lambda: not parts.lease.held)
        await queues.change("lost")
        await asyncio.sleep(0.1)
        # Then this one is silent
        assert 2 not in subscriber.revs("lost")
        # And leads again when the other is gone
        await redis.call("DEL", "lease:{relay}")
        await eventually(lambda: subscriber.retained_rev("lost") == 2)


class Cable:
    """Between the publisher and the broker; can be cut."""

    def __init__(self, broker: BrokerProcess) -> None:
        self._broker = broker
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def plug(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self._broker.host, self._broker.port)
        self._writers |= {writer, far_writer}
        await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
    writer.close()


async def test_a_broker_that_is_away_delays_and_loses_nothing(
    parts: RelayParts, queues: Queues, broker: EmbeddedBroker, subscriber: Subscriber
) -> None:
    await queues.create("patient")
    cable = Cable(broker.process)
    await cable.plug()
    parts = replace(parts, connect=connecting(broker.url.replace(f":{broker.process.port}", f":{cable.port}")))
    async with relaying(parts):
        await eventually(lambda: subscriber.retained_rev("patient") == 1 and 1 in subscriber.revs("patient"))
        # When the broker cannot be reached while changes come, longer than a lease
        await cable.cut()
        for _ in range(250):
            await queues.change("patient")
        await asyncio.sleep(2 * LEASE_MS / 1000)
        assert set(subscriber.revs("patient")) == {1}
        # Then its readers have the state soon after its return, and every event, in order
        await cable.plug()
        await eventually(lambda: subscriber.retained_rev("patient") == 251)
        await eventually(lambda: 251 in subscriber.revs("patient"))
        assert is_at_least_once_in_order(subscriber.revs("patient"), 251)
    await cable.cut()


async def test_a_broker_that_forgot_everything_is_told_again(parts: RelayParts, queues: Queues, tmp_path: Path) -> None:
    with running("announcer", tmp_path) as broker:
        await queues.create("told")
        async with relaying(replace(parts, connect=connecting(broker.url))):
            async with subscribed(broker.process) as subscriber:
                await eventually(lambda: subscriber.retained_rev("told", "session") == 1)
            # When the broker is killed, and comes back with nothing retained
            killed = broker.program.pid or 0
            os.kill(killed, signal.SIGKILL)
            await eventually(lambda: broker.program.pid not in (killed, None) and reachable(broker))
            # Then a reader that comes now has the full picture again
            async with subscribed(broker.process) as subscriber:
                await eventually(lambda: subscriber.retained_rev("told", "session") == 1)
                assert subscriber.retained["api_queue/status"] == b"online"


def reachable(broker: EmbeddedBroker) -> bool:
    with suppress(OSError):
        socket.create_connection((broker.process.host, broker.process.port), timeout=0.1).close()
        return True
    return False


async def test_a_redis_that_restarts_loses_no_event_on_either_way(
    broker: EmbeddedBroker, subscriber: Subscriber, tmp_path: Path
) -> None:
    server = EmbeddedRedis(tmp_path, "always")
    await asyncio.to_thread(server.start)
    redis = connect(server.url)
    queues = Queues(redis)
    hub = Hub(RedisEventLog(redis), queues, Beacons(), buffer=50, kept=200)
    hearing = asyncio.create_task(hub.run())
    async with relaying(parts_of(redis, queues, broker.url)):
        await queues.create("durable")
        screen = await Screen("durable").join(hub)
        await eventually(lambda: subscriber.retained_rev("durable") == 1)
        # When Redis is killed and comes back with its log
        os.kill(server.program.pid or 0, signal.SIGKILL)
        async with asyncio.timeout(30):
            await change_when_it_is_back(queues, "durable")
        await queues.change("durable")
        # Then the screen has every change once, and the broker too
        await eventually(lambda: screen.revs() == [1, 2, 3])
        await eventually(lambda: subscriber.retained_rev("durable") == 3 and 3 in subscriber.revs("durable"))
        assert is_at_least_once_in_order(subscriber.revs("durable"), 3)
    hearing.cancel()
    await asyncio.wait([hearing])
    await redis.close()
    await asyncio.to_thread(server.stop)


async def change_when_it_is_back(queues: Queues, queue: str) -> None:
    while True:
        with suppress(Unavailable):
            await queues.change(queue)
            return
        await asyncio.sleep(0.01)


# -- killed between any two steps ------------------------------------------------------------------------------


class Fate:
    """Lets so many steps pass, and nothing any more from then on."""

    def __init__(self, steps: int) -> None:
        self.left = steps
        self.met = asyncio.Event()

    def step(self) -> None:
        self.left -= 1
        if self.left < 0:
            self.met.set()
            raise BrokerAway(retry_after=1)


class MortalPublisher(Publisher):
    fate: Fate

    async def publish(self, topic: str, payload: str | bytes, *, retain: bool = False, qos: int = 1) -> None:
        self.fate.step()
        await super().publish(topic, payload, retain=retain, qos=qos)
        self.fate.step()


class MortalStore(RedisRelayStore):
    fate: Fate

    async def acknowledge(self, queue: QueueName, event_id: EventId, fence: int) -> bool:
        self.fate.step()
        acknowledged = await super().acknowledge(queue, event_id, fence)
        self.fate.step()
        return acknowledged

    async def announce(self, queue: QueueName) -> None:
        self.fate.step()
        await super().announce(queue)
        self.fate.step()


class MortalLease(Lease):
    """Who is killed gives nothing back."""

    fate: Fate

    async def release(self) -> None:
        if not self.fate.met.is_set():
            await super().release()


def mortal(parts: RelayParts, fate: Fate, redis: Redis, url: str) -> RelayParts:
    lease = MortalLease(redis, "relay", f"relay-{next(_holders)}", LEASE_MS)
    store = MortalStore(redis)
    lease.fate = store.fate = fate

    def connect(on_connect: Callable[[], None]) -> AbstractAsyncContextManager[models.Publisher]:
        publisher = MortalPublisher(url, "api_queue/status", on_connect=on_connect)
        publisher.fate = fate
        return publisher

    return replace(parts, lease=lease, store=store, connect=connect)


@pytest.mark.parametrize("steps", range(24))
async def test_a_relay_killed_between_any_two_steps_loses_nothing(
    parts: RelayParts,
    queues: Queues,
    subscriber: Subscriber,
    redis: Redis,
    broker: EmbeddedBroker,
    monkeypatch: pytest.MonkeyPatch,
    steps: int,
) -> None:
    monkeypatch.setattr(relay, "FLUSH_S", 0.05)
    queue = f"killed{steps}"
    await queues.create(queue)
    for _ in range(2):
        await queues.change(queue)
    # Given a relay that dies after so many steps of its work
    fate = Fate(steps)
    async with relaying(mortal(parts, fate, redis, broker.url)):
        for _ in range(2):
            await queues.change(queue)
        async with asyncio.timeout(30):
            await fate.met.wait()
    # When another one leads
    async with relaying(parts):
        await queues.change(queue)
        # Then every event arrived, in order, and the state is that of the queue
        await eventually(lambda: subscriber.retained_rev(queue) == 6 and 6 in subscriber.revs(queue))
        await eventually(lambda: subscriber.retained_rev(queue, "session") == 6)
    assert is_at_least_once_in_order(subscriber.revs(queue), 6)

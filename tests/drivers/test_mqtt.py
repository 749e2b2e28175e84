"""The publisher against both embedded brokers."""

import asyncio
import os
import signal
import socket
import ssl
import sys
import time

import pytest

from api_queue.drivers import mqtt
from api_queue.drivers.mqtt import Publisher
from api_queue.drivers.mqtt_broker import EmbeddedBroker
from api_queue.errors import BrokerAway
from tests.drivers.mqtt_client import PATIENCE_S, Client, Heard


async def ready(publisher: Publisher, connections: int = 1) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while publisher.connections < connections:
            publisher.connected.clear()
            await publisher.connected.wait()


async def state(broker: EmbeddedBroker, topic: str) -> Heard:
    """What a reader that comes now is told."""

    def read() -> Heard:
        with Client(broker.process) as reader:
            reader.subscribe(topic, 1)
            return reader.hear()

    return await asyncio.to_thread(read)


async def test_what_was_published_with_qos_1_is_there(embedded: EmbeddedBroker, topic: str) -> None:
    async with Publisher(embedded.url, f"{topic}/status") as publisher:
        await ready(publisher)
        await publisher.publish(topic, "naïve".encode(), retain=True)
        assert await state(embedded, topic) == Heard(topic, "naïve".encode(), 1, retain=True)


async def test_a_list_of_300_kb_and_a_burst_arrive(embedded: EmbeddedBroker, topic: str) -> None:
    payload = os.urandom(300_000)
    async with Publisher(embedded.url, f"{topic}/status") as publisher:
        await ready(publisher)
        await publisher.publish(topic, payload, retain=True)
        await asyncio.gather(*(publisher.publish(f"{topic}/{n}", b"x", retain=True) for n in range(300)))
        assert (await state(embedded, topic)).payload == payload
        assert (await state(embedded, f"{topic}/299")).payload == b"x"


async def test_the_status_follows_the_publisher(embedded: EmbeddedBroker, topic: str) -> None:
    status = f"{topic}/status"
    async with Publisher(embedded.url, status) as publisher:
        await ready(publisher)
        assert await state(embedded, status) == Heard(status, b"online", 1, retain=True)
    assert await state(embedded, status) == Heard(status, b"offline", 1, retain=True)


DIES = """
import asyncio, sys
from api_queue.drivers.mqtt import Publisher
async def main():
    async with Publisher(*sys.argv[1:]) as publisher:
        await publisher.connected.wait()
        print("connected", flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_the_status_of_a_killed_publisher_is_offline(embedded: EmbeddedBroker, topic: str) -> None:
    status = f"{topic}/status"
    arguments = [sys.executable, "-c", DIES, embedded.url, status]
    child = await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE)
    assert child.stdout
    while (await child.stdout.readline()).strip() != b"connected":
        pass
    with Client(embedded.process) as reader:
        reader.subscribe(status, 1)
        assert (await asyncio.to_thread(reader.hear)).payload == b"online"
        child.kill()
        await child.communicate()
        assert await asyncio.to_thread(reader.hear) == Heard(status, b"offline", 1)


async def test_a_second_publisher_takes_over_and_the_status_stays_online(embedded: EmbeddedBroker, topic: str) -> None:
    status = f"{topic}/status"
    with Client(embedded.process) as reader:
        reader.subscribe(status, 1)
        async with Publisher(embedded.url, status) as older:
            await ready(older)
            older._closing = True  # it would come back, as a hung leader does until it sees that its lease is lost
            async with Publisher(embedded.url, status) as newer:
                await ready(newer)
                heard = [(await asyncio.to_thread(reader.hear)).payload for _ in range(3)]
                assert heard == [b"online", b"offline", b"online"]
                with pytest.raises(BrokerAway):
                    await older.publish(topic, b"of the older one")


async def test_before_there_is_a_broker_publishing_is_refused(topic: str) -> None:
    async with Publisher("mqtt://127.0.0.1:1", f"{topic}/status") as publisher:
        with pytest.raises(BrokerAway) as raised:
            await publisher.publish(topic, b"x")
        assert raised.value.facts == {"retry_after": 1}
        assert not publisher.connected.is_set()


async def test_a_wrong_password_is_no_connection(embedded: EmbeddedBroker, topic: str) -> None:
    url = embedded.url.replace("api_queue:", "api_queue:not")
    async with Publisher(url, f"{topic}/status") as publisher:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(publisher.connected.wait(), 0.5)


async def test_a_killed_broker_is_noticed_at_once_and_found_again(fresh: EmbeddedBroker, topic: str) -> None:
    calls: list[int] = []
    async with Publisher(fresh.url, f"{topic}/status", on_connect=lambda: calls.append(1)) as publisher:
        await ready(publisher)
        assert fresh.program.pid
        os.kill(fresh.program.pid, signal.SIGSTOP)
        waiting = asyncio.create_task(publisher.publish(topic, b"lost"))
        await asyncio.sleep(0)
        started = time.monotonic()
        os.kill(fresh.program.pid, signal.SIGKILL)
        with pytest.raises(BrokerAway):
            await waiting
        assert time.monotonic() - started < 1.0
        await ready(publisher, connections=2)
        assert len(calls) == publisher.connections == 2
        await publisher.publish(topic, b"again", retain=True)
        assert (await state(fresh, topic)).payload == b"again"
        assert (await state(fresh, f"{topic}/status")).payload == b"online"


async def test_a_broker_that_hangs_is_given_up_on(
    fresh: EmbeddedBroker, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Publisher(fresh.url, f"{topic}/status") as publisher:
        await ready(publisher)
        monkeypatch.setattr(mqtt, "ACK_TIMEOUT_S", 0.2)
        assert fresh.program.pid
        os.kill(fresh.program.pid, signal.SIGSTOP)
        try:
            with pytest.raises(BrokerAway):
                await publisher.publish(topic, b"x")
        finally:
            os.kill(fresh.program.pid, signal.SIGCONT)
        monkeypatch.undo()
        await publisher.publish(topic, b"y", retain=True)


def test_a_url_says_all() -> None:
    options = mqtt.connection_options("mqtts://us%40er:p%3Aw@broker.example")
    assert (options["hostname"], options["port"]) == ("broker.example", 8883)
    assert (options["username"], options["password"]) == ("us@er", "p:w")
    assert isinstance(options["tls_context"], ssl.SSLContext)
    assert (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1) in options["socket_options"]
    plain = mqtt.connection_options("mqtt://broker.example")
    assert (plain["port"], plain["username"], plain["tls_context"]) == (1883, None, None)

"""`/api/mqtt` of a real server before both real brokers, and before one that misbehaves."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from api_queue.drivers import mqtt
from api_queue.drivers.mqtt import Publisher
from api_queue.drivers.mqtt_broker import EmbeddedBroker
from api_queue.drivers.redis import Redis
from api_queue.karakara import broker_inlet, broker_lines
from tests.drivers import mqtt_wire
from tests.drivers.conftest import running
from tests.house import House, a_house
from tests.karakara.broker_road import TEXT, Road, road
from tests.stream.waiting import eventually

CONNACK, CONNACK_PRESENT = b"\x20\2\0\0", b"\x20\2\1\0"
ROOM = ("global/tracks-updated", "room/kara/queue", "room/kara/settings")


@pytest.fixture(scope="module", params=["mosquitto", "announcer"])
def broker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    with running(request.param, tmp_path_factory.mktemp("broker")) as broker:
        yield broker


@pytest.fixture
async def house(
    redis: Redis, redis_url: str, furnished: Path, tmp_path: Path, broker: EmbeddedBroker
) -> AsyncIterator[House]:
    async with a_house(redis_url, furnished, tmp_path, host="127.0.0.1", mqtt_port=broker.process.port) as house:
        yield house


@asynccontextmanager
async def publishing(broker: EmbeddedBroker) -> AsyncIterator[Publisher]:
    async with Publisher(broker.url, "api_queue/status") as publisher:
        async with asyncio.timeout(20):
            await publisher.connected.wait()
        yield publisher


def client(house: House, **options: Any) -> aiomqtt.Client:
    host, port = house.url.removeprefix("http://").split(":")
    return aiomqtt.Client(host, int(port), transport="websockets", websocket_path="/api/mqtt", **options)


def lines(house: House) -> broker_lines.BrokerLines:
    found: broker_lines.BrokerLines = house.app.ctx.broker_lines
    return found


def published(topic: str, payload: bytes, *, retain: bool = False) -> bytes:
    return mqtt_wire.publish(topic, payload, retain=retain)


# -- what the clients do ---------------------------------------------------------------------------------------


async def test_a_client_gets_what_is_retained_and_then_each_change(house: House, broker: EmbeddedBroker) -> None:
    async with publishing(broker) as publisher, client(house) as reader:
        await publisher.publish("room/kara/queue", b"[]", retain=True, qos=1)
        await reader.subscribe("room/kara/queue")
        messages = aiter(reader.messages)
        assert (await anext(messages)).payload == b"[]"
        await publisher.publish("room/kara/queue", b"[1]" * 50_000, retain=True, qos=0)
        assert (await anext(messages)).payload == b"[1]" * 50_000


async def test_packets_may_be_cut_anywhere(house: House, broker: EmbeddedBroker) -> None:
    said = mqtt_wire.connect("u8-mqtt--cut", clean=False) + mqtt_wire.subscribe(*((topic, 0) for topic in ROOM))
    async with road(house.url, *(bytes([byte]) for byte in said)) as one:
        assert await one.read(4) == CONNACK
        assert await one.read(7) == b"\x90\x05\0\1\0\0\0"


async def test_who_comes_back_hears_without_subscribing_again(house: House, broker: EmbeddedBroker) -> None:
    # Given a client as KaraKara's are: 3.1.1, no clean session, three topics at QoS 0
    hello = mqtt_wire.connect("u8-mqtt--back", clean=False)
    async with road(house.url, hello, mqtt_wire.subscribe(*((topic, 0) for topic in ROOM))) as one:
        await one.read(4 + 7)
    # When it comes back, and says nothing more than that it is there
    async with publishing(broker) as publisher, road(house.url, hello) as one:
        assert await one.read(4) == CONNACK_PRESENT
        await publisher.publish("room/kara/settings", b"back", qos=0)
        # Then it is told (after what is retained, by our announcer)
        await one.hear(published("room/kara/settings", b"back"))


async def test_it_can_only_read(house: House, broker: EmbeddedBroker) -> None:
    async with publishing(broker) as publisher, client(house) as reader:
        await reader.subscribe("room/forged/#")
        # When a stranger publishes, and another leaves a will
        forged = published("room/forged/queue", b"forged", retain=True)
        async with road(house.url, mqtt_wire.connect("stranger"), forged, mqtt_wire.PINGREQ) as one:
            await one.read(4 + 2)
        async with road(house.url, mqtt_wire.connect("dying", will=("room/forged/queue", b"forged"))) as one:
            await one.read(4)
        # Then nobody hears of it
        await publisher.publish("room/forged/queue", b"real", qos=0)
        assert (await anext(aiter(reader.messages))).payload == b"real"


async def test_nobody_comes_in_by_the_publishers_name(house: House, broker: EmbeddedBroker) -> None:
    async with publishing(broker) as publisher:
        # When strangers take the client ids that can be known of it, or guess its password
        known = f"mqtt://127.0.0.1:{broker.process.port}"
        for name in ("api_queue", mqtt._client_id(known, "api_queue/status")):
            async with road(house.url, mqtt_wire.connect(name, clean=False)) as one:
                assert await one.read(4) == CONNACK
        async with road(house.url, mqtt_wire.connect("x", login=("api_queue", "guess"))) as one:
            assert await one.ended() == broker_inlet.NOT_ALLOWED
        # Then it is still there
        await publisher.publish("room/kara/settings", b"{}", qos=1)
        assert publisher.connections == 1


# -- what is refused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", ["", "chat", "mqttv3.1"])
async def test_without_the_sub_protocol_it_is_refused(house: House, protocol: str) -> None:
    headers = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    headers |= {"Sec-WebSocket-Version": "13"} | ({"Sec-WebSocket-Protocol": protocol} if protocol else {})
    async with house.nobody() as nobody:
        answer = await nobody.get("/api/mqtt", headers=headers)
    assert answer.status_code == 400
    assert "subprotocol" in answer.json()["detail"]


async def test_who_asks_for_a_page_is_told_that_it_is_a_websocket(house: House) -> None:
    async with house.nobody() as nobody:
        assert (await nobody.get("/api/mqtt")).status_code == 426


@pytest.mark.parametrize("text", [b"CONNECT", b"\xff\xfe"])
async def test_text_is_refused_and_nothing_stumbles_over_it(
    house: House, text: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with road(house.url) as one:
        assert await one.say(text, opcode=TEXT).ended() == broker_inlet.NOT_BINARY
    await eventually(lambda: not lines(house)._open)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_what_is_too_large_is_refused_before_it_is_there(house: House) -> None:
    async with road(house.url) as one:
        assert await one.say(bytes(100_000)).ended() == 1009


async def test_what_is_no_mqtt_is_refused(house: House) -> None:
    async with road(house.url, b"\xff" * 8) as one:
        assert await one.ended() == broker_inlet.NOT_ALLOWED


async def test_what_the_broker_hangs_up_on_is_ended(house: House) -> None:
    async with road(house.url, mqtt_wire.PINGREQ) as one:
        assert await one.ended() in {1000, 1001}  # it says good-bye, or hangs up


@pytest.mark.parametrize("limit", ["MOST_LINES", "MOST_OF_ADDRESS"])
async def test_one_too_many_may_try_again(house: House, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(broker_lines, limit, 2)
    async with road(house.url, mqtt_wire.connect("a")) as first, road(house.url, mqtt_wire.connect("b")) as second:
        assert [await first.read(4), await second.read(4)] == [CONNACK] * 2
        async with road(house.url) as third:
            assert await third.ended() == broker_lines.TRY_AGAIN
    # And when they are gone there is room
    await eventually(lambda: not lines(house)._open)
    async with road(house.url, mqtt_wire.connect("c")) as one:
        assert await one.read(4) == CONNACK


# -- how it ends -----------------------------------------------------------------------------------------------


async def test_a_worker_that_ends_keeps_nobody(
    redis: Redis, redis_url: str, furnished: Path, tmp_path: Path, broker: EmbeddedBroker
) -> None:
    port = broker.process.port
    async with a_house(redis_url, furnished, tmp_path, host="127.0.0.1", mqtt_port=port) as house:
        one = (await Road.open(house.url)).say(mqtt_wire.connect("a"))
        assert await one.read(4) == CONNACK
    assert await one.ended() == broker_inlet.GOING_AWAY
    one.writer.close()


async def test_while_the_broker_is_away_clients_may_try_again(
    redis: Redis, redis_url: str, furnished: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nowhere = "mqtt://127.0.0.1:1"
    async with a_house(redis_url, furnished, tmp_path, mqtt_url=nowhere) as house, road(house.url) as one:
        assert await one.ended() == broker_lines.TRY_AGAIN
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []

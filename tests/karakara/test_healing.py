"""A client that lost its line does as KaraKara's do: it comes back, subscribes to nothing, and still shows the room."""

import asyncio
import json
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from api_queue.drivers import mosquitto
from api_queue.drivers.redis import Redis
from api_queue.stream import beside
from tests.drivers import mqtt_wire
from tests.drivers.conftest import running
from tests.house import a_house
from tests.karakara.broker_road import Road, road
from tests.karakara.test_topics import QUEUE, add, go_in, relaying
from tests.stream.waiting import eventually

HELLO: Final = mqtt_wire.connect("u8-mqtt--phone", clean=False)
COMES_BACK_S: Final = 0.5
SESSION_PRESENT: Final = b"\x20\2\1\0"


async def test_a_client_is_healed_when_the_broker_was_killed(
    redis: Redis, redis_url: str, furnished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mosquitto, "RULES", mosquitto.RULES.replace("autosave_interval 5\n", "autosave_interval 1\n"))
    monkeypatch.setattr(beside, "AGAIN_S", 2 * COMES_BACK_S)
    with running("mosquitto", tmp_path) as broker:
        port = broker.process.port
        async with (
            a_house(redis_url, furnished, tmp_path / "data", host="127.0.0.1", mqtt_port=port) as house,
            relaying(house.parts, broker.url),
        ):
            # Given a client that has gone in and subscribed, and a broker that has saved so much
            await go_in(house)
            async with road(house.url, HELLO, mqtt_wire.subscribe((QUEUE, 0))) as phone:
                await phone.read(4 + 5)
                saved = tmp_path / "mqtt" / "mosquitto.db"
                await eventually(lambda: saved.exists() and saved.read_bytes().count(b"u8-mqtt--phone") > 1)
                # When the broker is killed, and something is added meanwhile
                os.kill(broker.program.pid or 0, signal.SIGKILL)
                await phone.ended()
            await add(house, "Ana")
            await asyncio.sleep(COMES_BACK_S)
            # Then the client that comes back hears of it, having said nothing but that it is there
            phone = await come_back(house.url)
            performers = await queue_heard(phone)
            assert performers == ["Ana"]
            phone.writer.transport.abort()


async def come_back(url: str) -> Road:
    """As soon as the broker is there."""
    async with asyncio.timeout(20):
        while True:
            phone = (await Road.open(url)).say(HELLO)
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                if answer := await phone.read(4):
                    assert answer == SESSION_PRESENT
                    return phone
            await asyncio.sleep(COMES_BACK_S / 5)


async def queue_heard(phone: Road) -> list[str]:
    """Of the first packet that comes: 1 byte, its length in one or two, the topic."""
    head = await phone.read(2)
    length = head[1] if head[1] < 128 else head[1] - 128 + 128 * (await phone.read(1))[0]
    body = await phone.read(length)
    assert body[2 : 2 + len(QUEUE)].decode() == QUEUE
    return [item["performer_name"] for item in json.loads(body[2 + len(QUEUE) :])]

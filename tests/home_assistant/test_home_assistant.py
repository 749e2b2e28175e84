"""Home Assistant at a real Mosquitto: it finds a queue, sees what plays, and presses its buttons."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import aiomqtt
import httpx
import pytest

from api_queue.drivers import mosquitto
from api_queue.drivers.mqtt_broker import EmbeddedBroker
from api_queue.drivers.redis import Redis
from api_queue.serving.relaying import run_relay
from api_queue.settings import Settings
from api_queue.types import QueueName
from tests.acceptance.sessions import ALIAS
from tests.drivers.conftest import need
from tests.home_assistant.reader import HomeAssistant
from tests.house import House, a_house
from tests.stream.waiting import eventually

PASSWORD = secrets.token_urlsafe(16)
PRESS = "api_queue/queue/party/press"
FOUND = {
    *("sensor Now playing", "sensor Queue length", "sensor Next singer"),
    *("button Play", "button Stop", "button Skip", "switch Adding songs"),
}


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    need("mosquitto", mosquitto.find_binary())
    settings = Settings(
        host="127.0.0.1",
        mqtt_embedded="mosquitto",
        mqtt_port=0,
        mqtt_ws_port=0,
        mqtt_discovery="buttons",
        mqtt_discovery_password=PASSWORD,
    )
    broker = EmbeddedBroker(settings, tmp_path_factory.mktemp("broker"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
async def house(redis: Redis, redis_url: str, furnished: Path, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(
        redis_url, furnished, tmp_path, mqtt_discovery="buttons", public_url="http://party.local"
    ) as house:
        yield house


@asynccontextmanager
async def relaying(house: House, broker: EmbeddedBroker, **changes: Any) -> AsyncIterator[None]:
    settings = replace(house.parts.settings, mqtt_url=broker.url, **changes)
    task = asyncio.create_task(run_relay(settings))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def at_home(broker: EmbeddedBroker) -> AsyncIterator[tuple[HomeAssistant, aiomqtt.Client]]:
    """With its login, as its MQTT integration connects."""
    home = HomeAssistant()

    async def listen(client: aiomqtt.Client) -> None:
        async for message in client.messages:
            home.take(message.topic.value, bytes(message.payload))

    address = (broker.process.host, broker.process.port)
    async with aiomqtt.Client(*address, username=mosquitto.HOME, password=PASSWORD) as client:
        await client.subscribe("#", qos=1)
        listening = asyncio.create_task(listen(client))
        try:
            yield home, client
        finally:
            listening.cancel()
            await asyncio.wait([listening])


@pytest.fixture
async def home(house: House, broker: EmbeddedBroker) -> AsyncIterator[tuple[HomeAssistant, aiomqtt.Client]]:
    """With the queue `party` in sight."""
    async with at_home(broker) as (home, client), relaying(house, broker):
        await eventually(lambda: home.entities("Party").keys() == FOUND and shows(home, "Now playing") is not None)
        yield home, client


def shows(home: HomeAssistant, name: str, kind: str = "sensor", queue: str = "Party") -> str | None:
    return home.state(home.entities(queue)[f"{kind} {name}"])


def _shows(home: HomeAssistant, config: dict[str, Any], state: str) -> bool:
    return home.state(config) == state


def _is_in(home: HomeAssistant, state: str) -> bool:
    return bool(home.attributes(home.entities("Party")["sensor Now playing"])["state"] == state)


async def add(host: httpx.AsyncClient, *performers: str) -> None:
    for performer in performers:
        body = {"track_id": ALIAS, "performer_name": performer}
        assert (await host.post("/queue/party/items.json", json=body)).status_code == 201


async def audited(house: House) -> list[tuple[str, str, str | None]]:
    _, lines = await house.parts.audit.page(50, queue=QueueName("party"))
    return [(line.token_id, line.action, line.queue) for line in reversed(lines)]


# -- looking ---------------------------------------------------------------------------------------------------


async def test_what_plays_what_waits_and_who_is_next(house: House, home: tuple[HomeAssistant, aiomqtt.Client]) -> None:
    reader, _ = home
    assert (shows(reader, "Now playing"), shows(reader, "Next singer")) == ("nothing", "nobody")
    async with house.admin() as host:
        await add(host, "Ada", "Grace", "Mary")
        await host.post("/queue/party/command/play")
    await eventually(lambda: (shows(reader, "Queue length"), shows(reader, "Next singer")) == ("2", "Grace"))
    assert "Your side" in str(shows(reader, "Now playing"))
    attributes = reader.attributes(reader.entities("Party")["sensor Now playing"])
    assert (attributes["performer"], attributes["state"]) == ("Ada", "playing")


async def test_it_has_its_colours_from_the_page_of_the_host(home: tuple[HomeAssistant, aiomqtt.Client]) -> None:
    device = home[0].entities("Party")["sensor Now playing"]["device"]
    assert device["configuration_url"] == "http://party.local/queue/party/admin"


async def test_a_queue_that_is_deleted_is_no_device_any_more(
    house: House, home: tuple[HomeAssistant, aiomqtt.Client]
) -> None:
    reader, _ = home
    async with house.admin() as host:
        assert (await host.delete("/queue/party")).status_code in {200, 204}
    await eventually(lambda: not reader.entities("Party") and "api_queue/queue/party/home" not in reader.retained)


async def test_only_queues_that_are_chosen_are_found(house: House, broker: EmbeddedBroker) -> None:
    for name in ("bar", "hall"):
        await house.parts.queues.ensure(QueueName(name), name.title())
    async with at_home(broker) as (reader, _), relaying(house, broker, mqtt_discovery_queues=("hall",)):
        await eventually(lambda: reader.entities("Hall").keys() == FOUND)
        assert not reader.entities("Bar")


async def test_only_of_these_buttons_are_heard(house: House, broker: EmbeddedBroker) -> None:
    for name in ("bar", "hall"):
        await house.parts.queues.ensure(QueueName(name), name.title())
    async with at_home(broker) as (reader, client), relaying(house, broker, mqtt_discovery_queues=("hall",)):
        await eventually(lambda: reader.entities("Hall").keys() == FOUND)
        for name in ("bar", "hall"):  # one after the other
            await client.publish(f"api_queue/queue/{name}/press", "close", qos=1)
        await eventually(lambda: shows(reader, "Adding songs", "switch", "Hall") == "closed")
    assert (await house.parts.queues.queue(QueueName("bar"))).settings.accepting


async def test_without_buttons_there_are_sensors_alone(house: House, broker: EmbeddedBroker) -> None:
    async with at_home(broker) as (reader, _), relaying(house, broker, mqtt_discovery="sensors"):
        await eventually(lambda: {name.split()[0] for name in reader.entities("Party")} == {"sensor"})


# -- pressing --------------------------------------------------------------------------------------------------


async def test_buttons_do_what_the_hosts_do(house: House, home: tuple[HomeAssistant, aiomqtt.Client]) -> None:
    reader, client = home
    async with house.admin() as host:
        await add(host, "Ada", "Grace")
    for name, state in (("Play", "playing"), ("Skip", "playing"), ("Stop", "stopped")):
        button = reader.entities("Party")[f"button {name}"]
        await client.publish(button["command_topic"], button["payload_press"], qos=button["qos"])
        await eventually(partial(_is_in, reader, state))
    lines = [line for line in await audited(house) if line[0] == "home assistant"]
    assert lines[:2] == [
        ("home assistant", "home assistant: play", "party"),
        ("home assistant", "home assistant: skip", "party"),
    ]


async def test_the_switch_closes_adding_and_opens_it(house: House, home: tuple[HomeAssistant, aiomqtt.Client]) -> None:
    reader, client = home
    switch = reader.entities("Party")["switch Adding songs"]
    for payload, shown in (("payload_off", "state_off"), ("payload_on", "state_on")):
        await client.publish(switch["command_topic"], switch[payload], qos=1)
        await eventually(partial(_shows, reader, switch, switch[shown]))


async def test_a_press_is_done_once_by_whichever_relay_leads(
    house: House, broker: EmbeddedBroker, home: tuple[HomeAssistant, aiomqtt.Client]
) -> None:
    reader, client = home
    async with relaying(house, broker), house.admin() as host:  # a spare
        await add(host, "Ada", "Grace", "Mary", "Edith")
        await client.publish(PRESS, "play", qos=1)
        await eventually(lambda: shows(reader, "Next singer") == "Grace")
        await client.publish(PRESS, "skip", qos=1)
        await eventually(lambda: shows(reader, "Next singer") == "Mary")
    assert [line[1] for line in await audited(house) if "skip" in line[1]] == ["home assistant: skip"]


async def test_what_is_no_button_changes_nothing(house: House, home: tuple[HomeAssistant, aiomqtt.Client]) -> None:
    reader, client = home
    before = (await house.parts.queues.queue(QueueName("party"))).rev
    for press in ("clear", "", "play " * 1000, "\x00"):
        await client.publish(PRESS, press, qos=1)
    await client.publish("api_queue/queue/nowhere/press", "play", qos=1)
    # A press that is known comes after them
    await client.publish(PRESS, "close", qos=1)
    await eventually(lambda: shows(reader, "Adding songs", "switch") == "closed")
    assert (await house.parts.queues.queue(QueueName("party"))).rev == before + 1


async def test_a_press_that_somebody_retained_is_not_done_again(house: House, broker: EmbeddedBroker) -> None:
    async with at_home(broker) as (reader, client):
        await client.publish(PRESS, "close", qos=1, retain=True)
        async with relaying(house, broker):
            await eventually(lambda: reader.entities("Party").keys() == FOUND)
            await client.publish(PRESS, "open", qos=1)
            await eventually(lambda: reader.retained.get("api_queue/queue/party/home") is not None)
        await client.publish(PRESS, "", qos=1, retain=True)
    assert (await house.parts.queues.queue(QueueName("party"))).settings.accepting


@pytest.mark.parametrize("login", [None, ("home_assistant", "wrong"), ("home_assistant", "")])
async def test_strangers_press_nothing(
    house: House, broker: EmbeddedBroker, home: tuple[HomeAssistant, aiomqtt.Client], login: tuple[str, str] | None
) -> None:
    reader, client = home
    name, password = login or (None, None)
    address = (broker.process.host, broker.process.port)
    try:
        async with aiomqtt.Client(*address, username=name, password=password, timeout=5) as stranger:
            await stranger.publish(PRESS, "close", qos=1)
    except aiomqtt.MqttError:  # it was not let in
        assert login is not None
    # Whoever may press does so afterwards
    async with house.admin() as host:
        await add(host, "Ada", "Grace")
    await client.publish(PRESS, "play", qos=1)
    await eventually(lambda: shows(reader, "Next singer") == "Grace")
    assert shows(reader, "Adding songs", "switch") == "open"


@pytest.mark.parametrize(
    "topic", ["api_queue/queue/party/items", "api_queue/status", "homeassistant/sensor/api_queue_party_x/config", "x"]
)
async def test_home_assistant_says_nothing_in_our_name(
    broker: EmbeddedBroker, home: tuple[HomeAssistant, aiomqtt.Client], topic: str
) -> None:
    reader, client = home
    await client.publish(topic, "of home assistant", qos=1, retain=True)
    # Of what it may say it hears afterwards
    await client.publish("homeassistant/status", "online", qos=1, retain=True)
    await eventually(lambda: reader.retained.get("homeassistant/status") == b"online")
    assert reader.retained.get(topic) != b"of home assistant"
    await client.publish("homeassistant/status", "", qos=1, retain=True)

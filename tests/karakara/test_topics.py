"""What is retained for KaraKara's clients is what the addresses answer, byte for byte as JSON."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from api_queue.drivers.mqtt import Publisher
from api_queue.drivers.mqtt_broker import EmbeddedBroker
from api_queue.events import Event
from api_queue.karakara.topics import RoomTopics
from api_queue.parts import Parts
from api_queue.stream import relay
from api_queue.stream.models import START
from api_queue.stream.relay import RelayParts
from api_queue.stream.store import RedisEventLog, RedisRelayStore
from api_queue.tracks.models import Announcement
from api_queue.types import QueueName
from tests.drivers.conftest import running
from tests.house import House
from tests.stream.subscribers import Subscriber, subscribed
from tests.stream.waiting import eventually

ROOM = QueueName("party")  # which every house has
QUEUE, SETTINGS, TRACKS = "room/party/queue", "room/party/settings", "global/tracks-updated"
LIBRARY = Announcement("abc", 10, 1_700_000_000_500)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    with running("mosquitto", tmp_path_factory.mktemp("broker")) as broker:
        yield broker


def topics_of(parts: Parts) -> RoomTopics:
    assert parts.room_topics is not None
    return parts.room_topics


async def get(house: House, address: str) -> Any:
    async with house.nobody() as nobody:
        return (await nobody.get(f"/api/room/{ROOM}/{address}")).json()


async def add(house: House, performer: str) -> None:
    async with house.admin() as admin:
        tracks = (await admin.get("/tracks")).json()["tracks"]
        body = {"track_id": tracks[0]["track_id"], "performer_name": performer}
        assert (await admin.post(f"/queue/{ROOM}/items", json=body)).status_code == 201


async def go_in(house: House) -> None:
    """As the clients do first of all."""
    async with house.nobody() as nobody:
        answer = await nobody.post(f"/api/room/{ROOM}/login.json", json={"password": "", "create": False})
        assert answer.json() == {"is_admin": False}


async def events_of(house: House) -> list[Event]:
    return (await RedisEventLog(house.parts.redis).read(ROOM, START, 100)).events


@asynccontextmanager
async def relaying(parts: Parts, url: str) -> AsyncIterator[None]:
    made = RelayParts(
        lease=parts.lease("relay", 30_000),
        log=RedisEventLog(parts.redis),
        store=RedisRelayStore(parts.redis),
        source=parts.sources,
        library=parts.library,
        connect=lambda on_connect: Publisher(url, "api_queue/status", on_connect=on_connect),
        clock=parts.clock,
        settings=parts.settings,
        lag=parts.lag,
        others=parts.room_topics,
    )
    task = asyncio.create_task(relay.run(made))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_topic_says_what_its_address_answers(house: House) -> None:
    # Given a room with one that plays, one that was skipped, and some that wait
    await go_in(house)
    for name in ("Ana", "Ben", "Cleo"):
        await add(house, name)
    for command in ("play", "skip", "play"):
        await house.parts.commands.run(ROOM, command, {}, "host")
    # Then what is retained is what the addresses answer
    told = await topics_of(house.parts).of_queue(ROOM)
    assert json.loads(told[QUEUE]) == await get(house, "queue.json")
    assert json.loads(told[SETTINGS]) == await get(house, "settings.json")
    assert set(told) == {QUEUE, SETTINGS}


async def test_a_room_that_is_not_there_is_cleared(house: House) -> None:
    assert await topics_of(house.parts).of_queue(QueueName("gone")) == {"room/gone/queue": "", "room/gone/settings": ""}


async def test_a_queue_is_no_room_before_somebody_comes_in(house: House) -> None:
    # Given a queue of our pages: nothing is retained for clients that nobody has
    nothing = {QUEUE: "", SETTINGS: ""}
    assert await topics_of(house.parts).of_queue(ROOM) == nothing
    # When somebody comes in, and again
    for _ in range(2):
        await go_in(house)
    # Then it is a room, and whoever follows it has been told once, by what it was already
    assert (await topics_of(house.parts).of_queue(ROOM))[QUEUE] == "[]"
    made, entered = await events_of(house)
    assert (entered.rev, entered.name, settings_in(entered)) == (made.rev, "settings_change", settings_in(made))
    # And one of the same name that is made later is none
    await house.parts.queues.delete(ROOM)
    await house.parts.queues.ensure(ROOM, "Party")
    assert await topics_of(house.parts).of_queue(ROOM) == nothing


async def test_a_queue_with_their_semantics_is_a_room(house: House) -> None:
    await house.parts.queues.change_settings(ROOM, {"command_semantics": "karakara"})
    assert (await topics_of(house.parts).of_queue(ROOM))[QUEUE] == "[]"


def settings_in(event: Event) -> Any:
    return json.loads(event.data)["settings"]


@pytest.mark.parametrize("name", ["Main Stage", "a" * 17, "main-stage", "u_0123456789ab"])
async def test_of_queues_that_are_no_rooms_nothing_is_said(house: House, name: str) -> None:
    assert await topics_of(house.parts).of_queue(QueueName(name)) == {}


async def test_tracks_are_as_new_as_the_library(house: House) -> None:
    await house.parts.library.announce(LIBRARY)
    assert await topics_of(house.parts).of_library() == {TRACKS: '{"tracks_json_mtime":1700000000.5}'}


async def test_before_the_first_scan_there_is_nothing_to_say_of_tracks(house: House) -> None:
    assert await topics_of(house.parts).of_library() == {}


async def test_each_change_is_heard_by_who_asked_for_the_room(house: House, broker: EmbeddedBroker) -> None:
    await house.parts.library.announce(LIBRARY)
    async with relaying(house.parts, broker.url), subscribed(broker.process) as subscriber:
        await eventually(lambda: TRACKS in subscriber.retained)
        await eventually(lambda: f"api_queue/queue/{ROOM}/session" in subscriber.retained)
        # Given that somebody comes in
        await go_in(house)
        await eventually(lambda: {QUEUE, SETTINGS} <= subscriber.retained.keys())
        # When something is added, settings change, and it plays
        await add(house, "Ana")
        await house.parts.queues.change_settings(ROOM, {"title": "Our Room", "track_space": 3})
        await house.parts.commands.run(ROOM, "play", {}, "host")
        # Then the topics hold what GET shows
        queue, settings = await get(house, "queue.json"), await get(house, "settings.json")
        await eventually(lambda: heard(subscriber, QUEUE) == queue and heard(subscriber, SETTINGS) == settings)
        assert queue[0]["start_time"] is not None
        assert (settings["title"], settings["track_space"]) == ("Our Room", 3.0)
        # And when the queue goes, they go
        await house.parts.queues.delete(ROOM)
        await eventually(lambda: not {QUEUE, SETTINGS} & subscriber.retained.keys())


def heard(subscriber: Subscriber, topic: str) -> Any:
    return json.loads(subscriber.retained[topic])

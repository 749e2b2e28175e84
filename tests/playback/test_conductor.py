"""The conductor: tracks end when their time is over, whoever listens; lists stay short; forgotten queues go."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from msgspec.structs import replace

from api_queue.playback.conductor import due_ms
from api_queue.queues.service import QueueService
from api_queue.queues.session import Session
from api_queue.queues.transitions import GRACE_MS
from api_queue.serving.conducting import run_conductor
from api_queue.tracks.models import Announcement
from api_queue.types import DeviceId, Milliseconds, QueueName
from tests.acceptance.readers import Screen
from tests.house import House
from tests.playback.test_sessions import add
from tests.queues.builders import NOW

X = QueueName("party")
PLAYING = Session(state="playing", duration_ms=Milliseconds(60_000), position_ms=-1000, position_at_ms=NOW)


def test_a_track_is_due_at_its_end() -> None:
    assert due_ms(PLAYING, NOW) == NOW + 61_000


def test_a_speaker_is_given_time_to_say_so_itself() -> None:
    spoken_for = replace(PLAYING, speaker=DeviceId("kitchen"), lease_until_ms=NOW + 100_000)
    assert due_ms(spoken_for, NOW) == NOW + 61_000 + GRACE_MS
    assert due_ms(replace(spoken_for, position_ms=70_000), NOW) == NOW + GRACE_MS


def test_the_end_of_its_lease_is_due_before() -> None:
    spoken_for = replace(PLAYING, speaker=DeviceId("kitchen"), lease_until_ms=NOW + 15_000)
    assert due_ms(spoken_for, NOW) == NOW + 15_000


@pytest.mark.parametrize("state", ["paused", "stopped"])
def test_what_does_not_play_is_never_due(state: str) -> None:
    assert due_ms(replace(PLAYING, state=state), NOW) is None


@asynccontextmanager
async def conducting(house: House) -> AsyncIterator[None]:
    conductor = asyncio.create_task(run_conductor(house.parts.settings))
    try:
        yield
    finally:
        conductor.cancel()
        await asyncio.wait([conductor])


@pytest.fixture
async def conducted(house: House) -> AsyncIterator[House]:
    """With a conductor of its own, as `serve` has one."""
    async with conducting(house):
        yield house


async def reached(house: House, item_id: str | None) -> None:
    async with asyncio.timeout(20):
        async with Screen(house.url, "party") as screen:
            await screen.until(lambda: screen.session["item_id"] == item_id)


async def test_it_goes_on_to_the_next_track_and_stops_after_the_last(conducted: House) -> None:
    # Given two tracks, the first one shortly before its end
    async with conducted.admin() as host:
        await host.put("/queue/party/settings", json={"track_space": 0})
        first, second = await add(host), await add(host)
        await host.post("/queue/party/command/play")
        await host.post("/queue/party/command/seek", json={"position_ms": first["track_duration_ms"] - 200})
        # When it ends, the second starts by itself
        await reached(conducted, second["id"])
        await host.post("/queue/party/command/seek", json={"position_ms": first["track_duration_ms"] - 200})
        # And after that one the music stops
        await reached(conducted, None)
        items = (await host.get("/queue/party/items")).json()["items"]
    assert [item["status"] for item in items] == ["played", "played"]


async def test_a_track_that_ended_while_nobody_conducted_is_ended_by_the_next(house: House) -> None:
    async with house.admin() as host:
        item = await add(host)
        await host.post("/queue/party/command/play")
        await host.post("/queue/party/command/seek", json={"position_ms": item["track_duration_ms"]})
    async with conducting(house):
        await reached(house, None)


async def test_a_second_conductor_waits_and_takes_over(house: House) -> None:
    # Given two conductors
    first = asyncio.create_task(run_conductor(house.parts.settings))
    await asyncio.sleep(0.2)
    second = asyncio.create_task(run_conductor(house.parts.settings))
    async with house.admin() as host:
        item = await add(host)
        await host.post("/queue/party/command/play")
        # When the one that conducts is gone
        first.cancel()
        await asyncio.wait([first])
        await host.post("/queue/party/command/seek", json={"position_ms": item["track_duration_ms"]})
        # Then the other goes on
        await reached(house, None)
    second.cancel()
    await asyncio.wait([second])


async def test_a_transient_queue_goes_when_nobody_has_changed_it_for_a_day(house: House) -> None:
    async with house.guest() as ana:
        made = (await ana.post("/queue/", json={"kind": "transient"})).json()
    name = QueueName(made["name"])
    assert not await house.parts.queues.expire(name)
    await house.parts.redis.call("HINCRBY", f"q:{{{name}}}:meta", "changed_at_ms", -24 * 3_600_000)
    assert await house.parts.queues.expire(name)
    assert name not in await house.parts.queue_store.names()
    assert not await house.parts.queues.expire(X)


async def test_every_queue_hears_that_the_library_changed(conducted: House) -> None:
    async with Screen(conducted.url, "party") as screen:
        rev = screen.revs[-1]
        await conducted.parts.library.announce(Announcement("0" * 32, 11, NOW))
        await screen.until(lambda: "tracks_change" in screen.heard)
    assert screen.revs[-1] == rev  # it changes no queue


async def test_a_queue_that_cannot_be_read_does_not_stop_the_others(conducted: House) -> None:
    # Given a queue whose list has a line that is none
    broken = QueueName("broken")
    await conducted.parts.queues.ensure(broken, "Broken")
    redis = conducted.parts.redis
    await redis.call("RPUSH", f"q:{{{broken}}}:items", "not,an,item")
    settings = '{"history_length":0}'
    await redis.call("HSET", f"q:{{{broken}}}:meta", "head", 1, "settings", settings)
    # When a track of another one is over
    async with conducted.admin() as host:
        item = await add(host)
        await host.post("/queue/party/command/play")
        await host.post("/queue/party/command/seek", json={"position_ms": item["track_duration_ms"]})
        # Then that one goes on
        await reached(conducted, None)


async def test_a_list_that_is_too_long_is_cut(conducted: House) -> None:
    async with conducted.admin() as host, Screen(conducted.url, "party") as screen:
        await host.put("/queue/party/settings", json={"history_length": 0})
        _, second = await add(host), await add(host)
        await host.post("/queue/party/command/play")
        await host.post("/queue/party/command/next")
        await screen.until(lambda: screen.ids == [second["id"]])


async def test_a_history_that_cannot_be_written_does_not_hold_the_music_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given SQL that does not answer when a list is too long
    asked = asyncio.Event()

    async def hangs(*_: object) -> None:
        asked.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(QueueService, "trim", hangs)
    async with conducting(house), house.admin() as host:
        await host.put("/queue/party/settings", json={"track_space": 0, "history_length": 0})
        _, second, third = await add(host), await add(host), await add(host)
        await host.post("/queue/party/command/play")
        await host.post("/queue/party/command/next")
        async with asyncio.timeout(20):
            await asked.wait()
        # When the next track is over
        await host.post("/queue/party/command/seek", json={"position_ms": second["track_duration_ms"]})
        # Then the one after it begins
        await reached(house, third["id"])


# -- the speaker -----------------------------------------------------------------------------------------------

KITCHEN, GARDEN = DeviceId("kitchen"), DeviceId("garden")


async def playing_in_the_kitchen(house: House, host: httpx.AsyncClient) -> None:
    """Where it was at 4 s when it was heard of last."""
    for device in (KITCHEN, GARDEN):
        body = {"queue": "party", "device_id": device, "device_name": device.capitalize()}
        await host.post("/devices/register", json=body)
    item = await add(host)
    await host.post("/sessions/party/speaker", json={"device_id": KITCHEN})
    await host.post("/queue/party/command/play")
    beat = {"queue": "party", "device_id": KITCHEN, "generation": 1, "item_id": item["id"], "position_ms": 4000}
    assert (await host.patch("/devices/heartbeat", json=beat)).status_code == 200


async def run_out(house: House) -> None:
    """The kitchen's lease ends as if its last heartbeat had been 15 s ago."""
    await house.parts.redis.call("HSET", "q:{party}:meta", "lease_until_ms", house.parts.clock.now_ms())


async def test_another_device_takes_over_where_the_dead_one_was_heard_of_last(house: House) -> None:
    async with house.admin() as host, Screen(house.url, "party") as screen:
        await playing_in_the_kitchen(house, host)
        await run_out(house)
        died_ms = house.parts.clock.now_ms()
        async with conducting(house):
            await screen.until(lambda: screen.session["active_device_id"] == GARDEN)
        session = screen.session
    assert session["play_state"] == "playing"
    begins_ms = session["quiet_until_ms"]
    assert session["position_ms"] + begins_ms - session["position_at_ms"] == 4000
    assert died_ms < begins_ms


async def test_without_another_the_host_hears_that_the_speaker_is_lost(house: House) -> None:
    async with house.admin() as host, Screen(house.url, "party") as screen:
        await playing_in_the_kitchen(house, host)
        await host.delete(f"/devices/{GARDEN}", params={"queue": "party"})
        await run_out(house)
        async with conducting(house):
            await screen.until(lambda: screen.session["play_state"] == "paused")
        session = screen.session
    assert (session["paused_because"], session["position_ms"]) == ("speaker_lost", 4000)


async def test_what_plays_without_a_speaker_gets_the_first_device_that_comes(conducted: House) -> None:
    async with conducted.admin() as host, Screen(conducted.url, "party") as screen:
        await add(host)
        await host.post("/queue/party/command/play")
        body = {"queue": "party", "device_id": KITCHEN, "device_name": "Kitchen"}
        await host.post("/devices/register", json=body)
        await screen.until(lambda: screen.session["active_device_id"] == KITCHEN)

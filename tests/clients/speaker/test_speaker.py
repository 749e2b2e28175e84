"""Speakers at a party: a real server and real mpv, in one loop."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from api_queue.errors import StartRefused
from tests.clients.speaker.party import Room, a_speaker, choose, control
from tests.house import House
from tests.queues.test_personal import a_member

#: One server for all: the queue is another's as soon as a test has its host.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    return shared_house


@pytest_asyncio.fixture(loop_scope="module")
async def host(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """With three tracks on the queue, a second apart, and no device."""
    async with house.admin() as host:
        await host.put("/queue/party/settings", json={"track_space": 1})
        tracks = (await host.get("/tracks", params={"limit": 3})).json()["tracks"]
        for track in tracks:
            added = await host.post("/queue/party/items", json={"track_id": track["track_id"], "performer_name": "Ann"})
            assert added.status_code == 201, added.text
        yield host
        await host.post("/queue/party/command/stop")
        await host.post("/queue/party/command/clear")
        for device in (await host.get("/devices", params={"queue": "party"})).json()["devices"]:
            await host.delete(f"/devices/{device['device_id']}", params={"queue": "party"})


@pytest_asyncio.fixture(loop_scope="module")
async def kitchen(house: House, host: httpx.AsyncClient, tmp_path: Path) -> AsyncIterator[Room]:
    async with a_speaker(house.url, host, tmp_path) as room:
        yield room


async def playing(host: httpx.AsyncClient, room: Room) -> None:
    await choose(host, room)
    await control(host, "play")
    await room.until(lambda: room.audible, "music")


async def test_a_spare_is_silent(host: httpx.AsyncClient, kitchen: Room) -> None:
    await control(host, "play")

    assert kitchen.status is not None
    assert (kitchen.status.state, kitchen.status.audible) == ("spare", False)


async def test_the_chosen_one_plays_where_the_session_is(host: httpx.AsyncClient, kitchen: Room) -> None:
    await playing(host, kitchen)

    await control(host, "seek", position_ms=10_000)

    await kitchen.until(lambda: kitchen.audible and (kitchen.position_ms() or 0) > 10_500, "the new place")
    session = (await host.get("/sessions/party")).json()
    assert session["active_device_id"] == kitchen.device_id
    assert abs(session["position_ms"] - (kitchen.position_ms() or 0)) < 500


async def test_a_pause_and_a_stop_are_heard_at_once(host: httpx.AsyncClient, kitchen: Room) -> None:
    await playing(host, kitchen)

    await control(host, "pause")
    await kitchen.until(lambda: not kitchen.audible, "silence")
    await control(host, "play")
    await kitchen.until(lambda: kitchen.audible, "music again")
    await control(host, "stop")
    await kitchen.until(
        lambda: not kitchen.audible and kitchen.status and kitchen.status.state == "stopped", "the stop"
    )


async def test_the_next_track_follows_after_the_space_without_waiting_for_the_server(
    host: httpx.AsyncClient, kitchen: Room
) -> None:
    await playing(host, kitchen)
    first = (await host.get("/sessions/party")).json()
    await kitchen.until(lambda: len(list(kitchen.speaker._prefetch._folder.glob("*.flac"))) == 3, "two tracks ahead")
    sounds: list[tuple[float, bool]] = []

    await control(host, "seek", position_ms=first["duration_ms"] - 700)
    await kitchen.until(lambda: kitchen.status and kitchen.status.item_id != first["item_id"], "the next item")
    ended_ms = kitchen.clock.now_ms()
    await kitchen.until(lambda: kitchen.audible, "the next track")
    sounds.append((kitchen.clock.now_ms() - ended_ms, kitchen.audible))

    assert 900 <= sounds[0][0] < 1_300
    session = (await host.get("/sessions/party")).json()
    assert session["item_id"] == kitchen.status.item_id if kitchen.status else False
    assert [item["status"] for item in session["queue"]][:2] == ["played", "playing"]


async def test_two_are_never_heard_and_the_other_goes_on_in_place(
    house: House, host: httpx.AsyncClient, kitchen: Room, tmp_path: Path
) -> None:
    async with a_speaker(house.url, host, tmp_path, "Hall") as hall:
        await playing(host, kitchen)
        await control(host, "seek", position_ms=8_000)
        await choose(host, hall)
        both: set[bool] = set()

        def heard_in_the_hall() -> bool:
            both.add(kitchen.audible and hall.audible)
            return hall.audible

        await hall.until(heard_in_the_hall, "music in the hall")

        assert both == {False}
        session = (await host.get("/sessions/party")).json()
        assert abs(session["position_ms"] - (hall.position_ms() or 0)) < 500
        assert kitchen.status is not None
        assert kitchen.status.state == "spare"
        assert "Hall" in kitchen.status.reason


async def test_a_damaged_track_has_failed_with_its_reason_and_the_next_one_plays(
    host: httpx.AsyncClient, kitchen: Room
) -> None:
    """Given a second track that came as noise."""
    await playing(host, kitchen)
    session = (await host.get("/sessions/party")).json()
    second, third = [item for item in session["queue"] if item["status"] == "queued"]
    place = kitchen.speaker._prefetch._place(second["track_id"])
    await kitchen.until(place.exists, "the second track")
    place.write_bytes(b"noise" * 1_000)

    await control(host, "seek", position_ms=session["duration_ms"] - 300)

    await kitchen.until(lambda: kitchen.status and kitchen.status.item_id == third["id"], "the third track")
    await kitchen.until(lambda: kitchen.audible, "its music")
    after = (await host.get("/sessions/party")).json()
    assert [item["status"] for item in after["queue"]][-3:] == ["played", "failed", "playing"]


async def test_a_member_hears_their_own_queue(house: House, tmp_path: Path) -> None:
    """It is on no broker: the news of it come by SSE, with the device's own token."""
    async with a_member(house) as member, a_speaker(house.url, member.client, tmp_path, queue=None) as room:
        ana = member.client
        tracks = (await ana.get("/tracks", params={"limit": 2})).json()["tracks"]
        await ana.post("/queue/enqueue", json={"track_ids": [track["track_id"] for track in tracks]})
        await ana.post(f"/sessions/{member.queue}/speaker", json={"device_id": room.device_id})

        await ana.post(f"/sessions/{member.queue}/play")

        await room.until(lambda: room.audible, "music")
        assert (await ana.get(f"/sessions/{member.queue}")).json()["track_id"] == tracks[0]["track_id"]


async def test_who_leaves_gives_the_seat_away(house: House, host: httpx.AsyncClient, tmp_path: Path) -> None:
    async with a_speaker(house.url, host, tmp_path) as room:
        await playing(host, room)

    session = (await host.get("/sessions/party")).json()
    assert session["lease_until_ms"] is None or session["lease_until_ms"] <= room.clock.now_ms()
    assert [device["connected"] for device in session["devices"]] == [False]


async def test_whom_the_host_has_removed_ends_with_the_servers_sentence(host: httpx.AsyncClient, kitchen: Room) -> None:
    """Last here: whoever would play next had to wait for the end of the lease."""
    await playing(host, kitchen)

    await host.delete(f"/devices/{kitchen.device_id}", params={"queue": "party"})

    await asyncio.wait([kitchen.running], timeout=20)
    fault = kitchen.running.exception()
    assert isinstance(fault, ExceptionGroup)
    assert isinstance(fault.exceptions[0], StartRefused)
    assert fault.exceptions[0].detail.startswith("The server will not have this speaker any more: ")
    assert not kitchen.audible

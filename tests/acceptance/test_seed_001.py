"""Section 7 of source 001, line by line, over HTTP and SSE. What needs several processes: test_seed_001_live.py."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from tests.acceptance.readers import Screen
from tests.acceptance.sessions import ALIAS, Device, add, choose, control, ended, register, session
from tests.house import House
from tests.queues.builders import FakeClock

TTL_S = 120


@pytest.fixture
def house(clocked_house: House) -> House:
    return clocked_house


@pytest.fixture
async def host(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.admin() as host:
        yield host


@pytest.fixture
async def kitchen(house: House, host: httpx.AsyncClient) -> AsyncIterator[Device]:
    async with house.nobody() as client:
        yield await register(host, client, "kitchen")


@pytest.fixture
async def garden(house: House, host: httpx.AsyncClient) -> AsyncIterator[Device]:
    async with house.nobody() as client:
        yield await register(host, client, "garden")


# -- unit ------------------------------------------------------------------------------------------------------


async def test_revision_math(host: httpx.AsyncClient, kitchen: Device) -> None:
    """One for each request that changes something, none for what changes nothing."""
    await add(host, 3)
    revision = (await session(host))["revision"]
    for verb, body in (
        ("play", {}),
        ("seek", {"position_ms": 9000}),
        ("pause", {}),
        ("toggle", {}),
        ("options", {"shuffle": True, "repeat_mode": "all", "volume": 40}),
        ("speaker", {"device_id": "kitchen"}),
        ("next", {}),
        ("prev", {}),
        ("stop", {}),
    ):
        assert (await control(host, verb, **body))["revision"] == (revision := revision + 1), verb
    await control(host, "play", client_event_uuid="e-1")
    for verb, body in (
        ("play", {"client_event_uuid": "e-1"}),
        ("options", {"shuffle": True, "repeat_mode": "all", "volume": 40}),
        ("speaker", {"device_id": "kitchen"}),
        ("prev", {}),
    ):
        assert (await control(host, verb, **body))["revision"] == revision + 1, verb
    assert (await kitchen.beat(1)).status_code == 200
    assert (await session(host))["revision"] == revision + 1


async def test_projection_accuracy(host: httpx.AsyncClient, clock: FakeClock) -> None:
    """To the millisecond: the position that was stored and what has passed since, while playing, within the track."""
    await add(host)
    assert (await control(host, "play"))["position_ms"] == -1000
    clock.pass_s(1.234)
    assert (await session(host))["position_ms"] == 234
    await control(host, "seek", position_ms=5000)
    clock.pass_s(0.001)
    assert (await session(host))["position_ms"] == 5001
    clock.pass_s(2)
    await control(host, "pause")
    clock.pass_s(3600)
    assert (await session(host))["position_ms"] == 7001
    await control(host, "play")
    clock.pass_s(3)
    assert (await session(host))["position_ms"] == 10_001
    clock.pass_s(3600)
    late = await session(host)
    assert late["position_ms"] == late["duration_ms"]
    await control(host, "stop")
    assert (await session(host))["position_ms"] == 0


async def statuses(host: httpx.AsyncClient) -> list[str]:
    return [item["status"] for item in (await session(host))["queue"]]


async def test_repeat_at_queue_boundaries(host: httpx.AsyncClient) -> None:
    a, b = await add(host, 2)
    await control(host, "play")
    # off: the next one, and after the last nothing
    assert (await ended(host, a))["item_id"] == b
    last = await control(host, "next")
    assert last["item_id"] == b
    assert (await ended(host, b))["play_state"] == "stopped"
    assert await statuses(host) == ["played", "played"]
    # all: the first one follows the last
    await control(host, "options", repeat_mode="all")
    assert (await control(host, "play"))["item_id"] == a
    assert (await ended(host, a))["item_id"] == b
    assert (await ended(host, b))["item_id"] == a
    assert await statuses(host) == ["playing", "queued"]
    # one: the same again, and an explicit next moves on
    await control(host, "options", repeat_mode="one")
    await control(host, "seek", position_ms=0)
    assert (await control(host, "next"))["item_id"] == b


async def test_repeat_of_one_begins_the_track_again(host: httpx.AsyncClient, clock: FakeClock) -> None:
    (a,) = await add(host)
    await control(host, "options", repeat_mode="one")
    await control(host, "play")
    for _ in range(3):
        clock.pass_s(60)
        again = await ended(host, a)
        assert (again["item_id"], again["play_state"]) == (a, "playing")
        assert again["position_ms"] <= 0
    assert await statuses(host) == ["playing"]


async def played_through(host: httpx.AsyncClient, first: str) -> list[str]:
    """The items from this one on, in the order of playing, until the music ends or it comes again."""
    played = [first]
    while (current := (await ended(host, played[-1]))["item_id"]) not in {None, first}:
        played.append(current)
    return played


async def test_shuffle_at_queue_boundaries(host: httpx.AsyncClient) -> None:
    items = await add(host, 8)
    await control(host, "play")
    # The current one stays, and what waits is one permutation, which is the list that all see
    shuffled = await control(host, "options", shuffle=True, repeat_mode="all")
    assert shuffled["item_id"] == items[0]
    order = [item["id"] for item in (await session(host))["queue"]]
    assert order[0] == items[0]
    assert sorted(order) == sorted(items)
    # Each comes once in a round, and the next round is the same
    assert await played_through(host, order[0]) == order
    assert await played_through(host, order[0]) == order
    # prev walks it back
    for item_id in order[1:]:
        assert (await control(host, "next"))["item_id"] == item_id
    for item_id in reversed(order[:-1]):
        assert (await control(host, "prev"))["item_id"] == item_id
    assert (await control(host, "prev"))["item_id"] == order[0]
    # Without repeat the music ends after the last of it
    await control(host, "options", repeat_mode="off")
    assert await played_through(host, order[0]) == order
    assert (await session(host))["play_state"] == "stopped"


async def test_ranges_206_and_416(host: httpx.AsyncClient, kitchen: Device) -> None:
    await choose(host, "kitchen")
    address = await kitchen.address()
    whole = await kitchen.client.get(address)
    music, length = whole.content, len(whole.content)
    assert (whole.status_code, whole.headers["accept-ranges"]) == (200, "bytes")
    assert (whole.headers["content-type"], whole.headers["cache-control"]) == ("audio/flac", "no-store")
    assert int(whole.headers["content-length"]) == length
    for wanted, start, stop in (
        ("bytes=0-3", 0, 4),
        ("bytes=100-", 100, length),
        ("bytes=-7", length - 7, length),
        (f"bytes=5-{length * 2}", 5, length),
    ):
        part = await kitchen.client.get(address, headers={"Range": wanted})
        assert (part.status_code, part.content) == (206, music[start:stop])
        assert part.headers["content-range"] == f"bytes {start}-{stop - 1}/{length}"
    for wanted in (f"bytes={length}-", "bytes=-0"):
        none = await kitchen.client.get(address, headers={"Range": wanted})
        assert (none.status_code, none.headers["content-range"]) == (416, f"bytes */{length}")


async def test_token_binding(host: httpx.AsyncClient, kitchen: Device, garden: Device) -> None:
    """To the track, the session and its active device."""
    tracks = [track["track_id"] for track in (await host.get("/tracks")).json()["tracks"]]
    await choose(host, "kitchen")
    address = await kitchen.address(tracks[0])
    assert (await host.get(address)).status_code == 200
    assert (await host.get(address.replace(tracks[0], tracks[1]))).status_code == 403
    assert (await garden.mint(tracks[0])).status_code == 403
    await choose(host, "garden")
    assert (await host.get(address)).status_code == 403
    assert (await kitchen.mint(tracks[0])).status_code == 403
    assert (await host.get(await garden.address(tracks[0]))).status_code == 200
    # Being chosen again is another turn
    await choose(host, "kitchen")
    assert (await host.get(address)).status_code == 403


async def test_token_ttl(host: httpx.AsyncClient, kitchen: Device, clock: FakeClock) -> None:
    """Two minutes, and on for as long as heartbeats keep the lease; dead once they paused beyond its time."""
    generation = (await choose(host, "kitchen"))["generation"]
    kept = await kitchen.address()
    for _ in range(TTL_S // 5 + 1):
        clock.pass_s(5)
        assert (await kitchen.beat(generation)).status_code == 200
    assert (await host.get(kept)).status_code == 200
    left = await kitchen.address()
    clock.pass_s(TTL_S - 1)
    assert (await host.get(left)).status_code == 200
    clock.pass_s(1)
    assert (await host.get(left)).status_code == 401
    # A speaker that is back does not bring it back
    assert (await kitchen.beat(generation)).json()["active"] is True
    assert [(await host.get(address)).status_code for address in (kept, left)] == [401, 401]
    assert (await host.get(await kitchen.address())).status_code == 200


# -- integration -----------------------------------------------------------------------------------------------


def shown(session: dict[str, Any]) -> dict[str, Any]:
    names = ("play_state", "item_id", "track_id", "position_ms", "volume", "repeat_mode", "active_device_id")
    return {name: session[name] for name in names}


async def test_disconnect_and_reconnect_rehydrate(house: House, host: httpx.AsyncClient) -> None:
    """Whoever comes back knows what a screen that stayed knows: from the events missed, or from a new snapshot."""
    async with AsyncExitStack() as stack:
        stayed, resumes, forgot = [await stack.enter_async_context(Screen(house.url, "party")) for _ in range(3)]
        for screen in (resumes, forgot):
            await screen.leave()
        a, b = await add(host, 2)
        await control(host, "play")
        await control(host, "options", volume=30)
        await control(host, "next")
        told = await control(host, "seek", position_ms=7000)
        # One has its Last-Event-ID, the other an id that the server does not know
        forgot.last_id = "1-1"
        for screen in (resumes, forgot):
            screen.come_back()
        for screen in (stayed, resumes, forgot):
            await screen.until(lambda s=screen: s.revs[-1] == told["revision"])
        truth = await session(host)
    assert [(screen.snapshots, screen.resets) for screen in (stayed, resumes, forgot)] == [(1, 0), (1, 0), (2, 1)]
    for screen in (stayed, resumes, forgot):
        assert screen.ids == [a, b] == [item["id"] for item in truth["queue"]]
        assert [item["status"] for item in screen.items] == ["played", "playing"]
        assert shown(screen.session) == shown(truth)


async def test_a_burst_of_seeks_and_controls_is_one_publish_for_each_request(
    house: House, host: httpx.AsyncClient
) -> None:
    await add(host, 3)
    before = (await control(host, "play"))["revision"]
    requests = [
        *(control(host, "seek", position_ms=1000 * n) for n in range(20)),
        *(control(host, "options", volume=n, repeat_mode=("one", "all")[n % 2]) for n in range(1, 11)),
    ]
    async with Screen(house.url, "party") as screen:
        begun = len(screen.heard)
        revisions = sorted(answer["revision"] for answer in await asyncio.gather(*requests))
        await screen.until(lambda: screen.revs[-1] == before + 30)
        heard = screen.heard[begun:]
    assert revisions == list(range(before + 1, before + 31))
    assert (heard.count("timeline_update"), heard.count("options_change")) == (20, 10)


# -- likes -----------------------------------------------------------------------------------------------------


async def test_like_events_sync_across_devices(house: House, host: httpx.AsyncClient) -> None:
    track = (await host.get(f"/tracks/{ALIAS}")).json()["track_id"]
    async with house.guest(1) as ana, house.guest(2) as ben, Screen(house.url, "party") as phone:
        async with Screen(house.url, "party") as laptop:
            for client, verb, likes in ((ana, "POST", 1), (ben, "POST", 2), (ana, "DELETE", 1)):
                answer = await client.request(verb, f"/tracks/{ALIAS}/like")
                assert answer.json()["likes"] == likes
                for screen in (phone, laptop):
                    await screen.until(lambda s=screen, n=likes: s.likes.get(track) == n)
        assert (await ana.get(f"/tracks/{ALIAS}")).json()["liked"] is False
        assert (await ben.get(f"/tracks/{ALIAS}")).json()["liked"] is True

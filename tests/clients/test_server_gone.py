"""The server cannot be reached for longer than a lease: who plays on, who falls silent, and what is told afterwards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from api_queue.drivers.redis import Redis
from api_queue.serving.resuming import resume_sessions
from tests.clients.ear import Ear
from tests.clients.link import Link, a_link
from tests.clients.short_songs import a_house_of_songs, add_songs
from tests.clients.speaker.party import Room, a_speaker, choose, control
from tests.house import House
from tests.playback.test_conductor import conducting

SONGS, LENGTH_S = 5, 2.0
LEASE_S = 1.5
TITLES = [f"Song {number:02}" for number in range(SONGS)]
#: Of the end of a lease: the clock of mpv's switch is that of the machine, and the machine may be busy.
LATE_S = 0.5


@pytest.fixture
async def house(redis: Redis, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house_of_songs(redis_url, tmp_path, SONGS, LENGTH_S, speaker_lease_s=LEASE_S) as house:
        yield house


@pytest.fixture
async def link(house: House) -> AsyncIterator[Link]:
    async with a_link(house.url) as link:
        yield link


@pytest.fixture
async def host(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """Beside the server."""
    async with house.admin() as host:
        await host.put("/queue/party/settings", json={"track_space": 0.2})
        yield host


@asynccontextmanager
async def serving(house: House, *, runs_on: bool) -> AsyncIterator[None]:
    """Whether the server runs on while nobody reaches it, or is not there: then nobody conducts."""
    if runs_on:
        async with conducting(house):
            yield
    else:
        yield
        await resume_sessions(house.parts, own_redis=True)


async def statuses(host: httpx.AsyncClient) -> list[str]:
    return [item["status"] for item in (await host.get("/queue/party/items")).json()["items"]]


async def told(room: Room) -> None:
    """Until the server knows all that the speaker has to say."""
    await room.until(lambda: not room.speaker._reports.pending, "that all reports were taken")


@pytest.mark.parametrize("runs_on", [False, True], ids=["it was away", "it ran on"])
async def test_the_only_speaker_plays_on_and_tells_afterwards_what_it_played(
    house: House, link: Link, host: httpx.AsyncClient, tmp_path: Path, *, runs_on: bool
) -> None:
    """Each song once and whole, in order: the two that it has ahead, and the others when it may get them."""
    ear = Ear(tmp_path)
    items = await add_songs(host)
    async with a_speaker(link.url, host, tmp_path) as kitchen:
        async with conducting(house):
            await choose(host, kitchen)
            await ear.listen(kitchen)
            await control(host, "play")
            await kitchen.until(lambda: has(kitchen, 3), "two tracks ahead")
        # When the server is gone for two songs, which is longer than a lease
        async with serving(house, runs_on=runs_on):
            link.cut()
            await kitchen.until(lambda: plays(kitchen, items[2]), "the third song")
            assert (await statuses(host))[0] == "playing"
        # Then it plays on, and when the server is there again tells what is over
        async with conducting(house):
            link.mend()
            await told(kitchen)
            session = (await host.get("/sessions/party")).json()
            assert (session["item_id"], session["play_state"]) in [(i, "playing") for i in items[2:]]
            await kitchen.until(lambda: state(kitchen) == "stopped", "the end")
            await told(kitchen)
            assert await statuses(host) == ["played"] * SONGS
    heard = ear.heard()
    assert [each.title for each in heard] == TITLES
    # The first began while the server was there, on a busy machine perhaps late
    assert [each.title for each in heard[1:] if not each.is_whole(LENGTH_S, ear.stalled_s())] == []


async def test_one_of_several_falls_silent_at_the_end_of_its_lease(
    house: House, link: Link, host: httpx.AsyncClient, tmp_path: Path
) -> None:
    """And what it had played by then is played once: the other goes on where it was."""
    items = await add_songs(host)
    async with (
        conducting(house),
        a_speaker(link.url, host, tmp_path) as kitchen,
        a_speaker(house.url, host, tmp_path, "Hall") as hall,
    ):
        await choose(host, kitchen)
        await control(host, "play")
        await kitchen.until(lambda: plays(kitchen, items[1]), "the second song in the kitchen")
        # When only the kitchen does not reach the server any more
        link.cut()
        heard: set[tuple[bool, bool]] = set()

        def listen() -> tuple[bool, bool]:
            heard.add((kitchen.audible, hall.audible))
            return kitchen.audible, hall.audible

        late_ms = kitchen.clock.now_ms() + (LEASE_S + LATE_S) * 1000
        await kitchen.until(lambda: listen() and kitchen.clock.now_ms() > late_ms, "the end of its lease")
        assert not kitchen.audible
        await hall.until(lambda: listen()[1], "music in the hall")
        link.mend()
        await kitchen.until(lambda: listen() and reason(kitchen), "why it is a spare")
        await hall.until(lambda: listen() == (False, False) and state(hall) == "stopped", "the end")
        await told(hall)
    assert (True, True) not in heard
    assert await statuses(host) == ["played"] * SONGS


def plays(room: Room, item_id: str) -> bool:
    return room.status is not None and room.status.item_id == item_id and room.status.audible


def state(room: Room) -> str:
    return room.status.state if room.status else ""


def reason(room: Room) -> str:
    return room.status.reason if room.status else ""


def has(room: Room, count: int) -> bool:
    return len(list(room.speaker._prefetch._folder.glob("*.flac"))) >= count

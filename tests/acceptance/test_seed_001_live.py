"""Section 7 of source 001, what needs several workers, a broker and speakers: `serve` as it is started, real mpv."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.acceptance.live import Live, a_live_server
from tests.acceptance.readers import Screen
from tests.acceptance.sessions import add, control, session
from tests.clients.speaker.party import Room, a_speaker, choose

pytestmark = pytest.mark.asyncio(loop_scope="module")

WORKERS = 3
#: Nobody sees or hears less.
IN_SYNC_MS = 300


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def live(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Live]:
    async with a_live_server(tmp_path_factory.mktemp("live"), "--workers", f"{WORKERS}") as live:
        yield live


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def admin(live: Live) -> AsyncIterator[httpx.AsyncClient]:
    """On a connection of its own for each request, so that the workers take turns."""
    async with await live.admin() as admin:
        admin.headers["Connection"] = "close"
        yield admin


@pytest_asyncio.fixture(loop_scope="module")
async def host(admin: httpx.AsyncClient) -> httpx.AsyncClient:
    """Of an empty queue."""
    await admin.post("/queue/party/command/stop")
    await admin.post("/queue/party/command/clear")
    return admin


@pytest_asyncio.fixture(loop_scope="module")
async def speakers(live: Live, host: httpx.AsyncClient, tmp_path: Path) -> AsyncIterator[tuple[Room, Room]]:
    async with (
        a_speaker(live.url, host, tmp_path, "Kitchen") as kitchen,
        a_speaker(live.url, host, tmp_path, "Garden") as garden,
    ):
        yield kitchen, garden
        await control(host, "stop")  # else the one that leaves last hands its seat to the one that has just left


async def test_multi_worker_fan_out_through_redis(live: Live, host: httpx.AsyncClient) -> None:
    # Given screens, which the system spreads over all workers
    assert len(live.pids("aq-web")) == WORKERS
    await add(host, 2)
    async with AsyncExitStack() as stack:
        screens = [await stack.enter_async_context(Screen(live.url, "party")) for _ in range(6 * WORKERS)]
        # When the host changes the session through one worker after the other
        await control(host, "play")
        await control(host, "seek", position_ms=5000)
        await control(host, "options", volume=20)
        told = await control(host, "pause")
        # Then all see the same
        for screen in screens:
            await screen.until(lambda s=screen: s.revs[-1] == told["revision"])
            assert (screen.session["play_state"], screen.session["volume"]) == ("paused", 20)
            assert screen.session["position_ms"] == told["position_ms"]


async def test_a_burst_over_all_workers_is_one_revision_for_each_request(host: httpx.AsyncClient) -> None:
    await add(host)
    before = (await control(host, "play"))["revision"]
    seeks = [control(host, "seek", position_ms=100 * n) for n in range(1, 61)]
    revisions = sorted(answer["revision"] for answer in await asyncio.gather(*seeks))
    assert revisions == list(range(before + 1, before + 61))


def shown(session: dict[str, Any]) -> tuple[object, ...]:
    """Where the music is does not depend on when that is said."""
    runs = session["play_state"] == "playing"
    at = session["position_at_ms"] - session["position_ms"] if runs else session["position_ms"]
    return session["play_state"], session["item_id"], session["active_device_id"], at


async def in_sync(told: dict[str, Any], *screens: Screen) -> None:
    for screen in screens:
        await screen.until(lambda s=screen: s.revs[-1] >= told["revision"])
        assert shown(screen.session) == shown(told)


async def test_two_devices_choose_speaker_play_seek_toggle(
    live: Live, host: httpx.AsyncClient, speakers: tuple[Room, Room]
) -> None:
    """Both interfaces say the same all the time, and only the active device is heard."""
    kitchen, garden = speakers
    await add(host)
    async with Screen(live.url, "party") as phone, Screen(live.url, "party") as laptop:
        both: set[bool] = set()

        def hears(room: Room) -> bool:
            both.add(kitchen.audible and garden.audible)
            return room.audible

        await choose(host, kitchen)
        await in_sync(await control(host, "play"), phone, laptop)
        await kitchen.until(lambda: hears(kitchen), "music in the kitchen")
        await in_sync(await control(host, "seek", position_ms=9000), phone, laptop)
        await kitchen.until(lambda: hears(kitchen) and (kitchen.position_ms() or 0) > 9000, "the new place")
        await in_sync(await control(host, "toggle"), phone, laptop)
        await kitchen.until(lambda: not hears(kitchen), "the pause")
        await in_sync(await control(host, "toggle"), phone, laptop)
        await kitchen.until(lambda: hears(kitchen), "music again")
        truth = await session(host)
        assert abs(truth["position_ms"] - (kitchen.position_ms() or 0)) < IN_SYNC_MS
    assert both == {False}
    assert garden.status is not None
    assert (garden.status.state, garden.audible) == ("spare", False)


async def test_a_switch_of_the_speaker_in_the_middle_of_a_track_goes_on_at_the_projected_position(
    live: Live, host: httpx.AsyncClient, speakers: tuple[Room, Room]
) -> None:
    kitchen, garden = speakers
    await add(host)
    await choose(host, kitchen)
    await control(host, "play")
    before = await control(host, "seek", position_ms=10_000)
    await kitchen.until(lambda: kitchen.audible and (kitchen.position_ms() or 0) > 10_000, "music in the kitchen")
    both: set[bool] = set()

    def heard_in_the_garden() -> bool:
        both.add(kitchen.audible and garden.audible)
        return garden.audible

    await choose(host, garden)
    await garden.until(heard_in_the_garden, "music in the garden")
    position_ms, now_ms = garden.position_ms(), garden.clock.now_ms()
    assert position_ms is not None
    assert both == {False}
    assert abs(before["position_ms"] + now_ms - before["position_at_ms"] - position_ms) < IN_SYNC_MS
    after = await session(host)
    assert (after["active_device_id"], after["generation"]) == (garden.device_id, before["generation"] + 1)

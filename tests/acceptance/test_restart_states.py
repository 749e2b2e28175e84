"""`serve` ends and is started again: what played, was paused or stopped, five minutes and 25 hours later."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from api_queue.drivers.redis import Redis
from api_queue.parts import Parts
from api_queue.serving.resuming import resume_sessions
from tests.acceptance.live import Live, a_live_server
from tests.acceptance.sessions import Device, add, choose, control, register, session
from tests.house import a_house, house_settings
from tests.queues.builders import FakeClock

HOUR_S = 3600
POSITION_MS = 9000
#: Each state that a queue can be left in has one of its name.
LEFT = ("spoken", "alone", "paused", "stopped")


async def leave(host: httpx.AsyncClient, client: httpx.AsyncClient) -> Device:
    """All four at nine seconds of a track; `spoken` has the kitchen as its speaker."""
    for queue in LEFT:
        await host.post("/queue/", json={"kind": "named", "name": queue})
        await add(host, 2, queue)
        await control(host, "play", queue)
        await control(host, "seek", queue, position_ms=POSITION_MS)
    kitchen = await register(host, client, "kitchen", "spoken")
    await choose(host, "kitchen", "spoken")
    assert (await kitchen.beat(1)).status_code == 200
    await control(host, "pause", "paused")
    await control(host, "stop", "stopped")
    return kitchen


async def states(host: httpx.AsyncClient) -> dict[str, tuple[str, str | None]]:
    sessions = {queue: await session(host, queue) for queue in LEFT}
    return {queue: (found["play_state"], found["paused_because"]) for queue, found in sessions.items()}


# -- as it is started ------------------------------------------------------------------------------------------


def away(live: Live, login: str) -> httpx.AsyncClient:
    client = live.guest()
    client.headers["Authorization"] = login
    return client


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["ended", "killed"])
async def test_a_restart_goes_on_with_a_speaker_and_is_paused_without(tmp_path: Path, number: signal.Signals) -> None:
    async with a_live_server(tmp_path, "--workers", "1") as live:
        async with await live.admin() as host, live.guest() as client:
            kitchen = await leave(host, client)
            before = {queue: await session(host, queue) for queue in LEFT}
            login, device = host.headers["Authorization"], kitchen.client.headers["Authorization"]
        await asyncio.to_thread(live.server.end, number)
    async with (
        a_live_server(tmp_path, "--workers", "1") as live,
        away(live, login) as host,
        away(live, device) as client,
    ):
        assert await states(host) == {
            "spoken": ("playing", None),
            "alone": ("paused", "restart"),
            "paused": ("paused", None),
            "stopped": ("stopped", None),
        }
        # The speaker is still the speaker, and what nobody played waits for whoever presses play
        assert (await Device("kitchen", client).beat(1)).json()["active"] is True
        after = {queue: await session(host, queue) for queue in LEFT}
    assert [after[queue]["item_id"] for queue in LEFT] == [before[queue]["item_id"] for queue in LEFT]
    assert after["paused"]["position_ms"] == before["paused"]["position_ms"]
    passed_ms = after["spoken"]["position_at_ms"] - before["spoken"]["position_at_ms"]
    assert after["spoken"]["position_ms"] == min(
        before["spoken"]["position_ms"] + passed_ms, before["spoken"]["duration_ms"]
    )
    assert before["alone"]["position_ms"] < after["alone"]["position_ms"] <= after["alone"]["duration_ms"]


# -- at a time that the test says ------------------------------------------------------------------------------


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def left(redis: Redis, redis_url: str, furnished: Path, tmp_path: Path, clock: FakeClock) -> dict[str, str]:
    """What is known of a server that has ended: an address of the music, and two logins."""
    async with (
        a_house(redis_url, furnished, tmp_path / "left", clock) as house,
        house.admin() as host,
        house.nobody() as client,
    ):
        kitchen = await leave(host, client)
        address = await kitchen.address()
        logins = {"host": host.headers["Authorization"], "kitchen": client.headers["Authorization"]}
    return {"address": address, **logins}


@asynccontextmanager
async def started_again(
    redis_url: str, folder: Path, clock: FakeClock, left: dict[str, str]
) -> AsyncIterator[tuple[httpx.AsyncClient, Device]]:
    """What `serve` does, without its processes."""
    parts = Parts(house_settings(redis_url, folder / "left"), clock)
    await resume_sessions(parts, own_redis=True)
    await parts.close()
    async with (
        a_house(redis_url, folder / "left", folder / "again", clock) as house,
        house.nobody() as host,
        house.nobody() as client,
    ):
        host.headers["Authorization"], client.headers["Authorization"] = left["host"], left["kitchen"]
        yield host, Device("kitchen", client)


async def test_five_minutes_later_an_address_of_before_stays_dead(
    redis_url: str, tmp_path: Path, clock: FakeClock, left: dict[str, str]
) -> None:
    """The speaker goes on and gets a new one."""
    clock.pass_s(300)
    async with started_again(redis_url, tmp_path, clock, left) as (host, kitchen):
        assert (await session(host, "spoken"))["play_state"] == "playing"
        assert (await kitchen.beat(1)).json()["active"] is True
        assert (await host.get(left["address"])).status_code == 401
        assert (await host.get(await kitchen.address())).status_code == 200


async def test_a_day_and_an_hour_later_all_are_at_the_beginning_of_their_track(
    redis_url: str, tmp_path: Path, clock: FakeClock, left: dict[str, str]
) -> None:
    clock.pass_s(25 * HOUR_S)
    async with started_again(redis_url, tmp_path, clock, left) as (host, kitchen):
        sessions = {queue: await session(host, queue) for queue in LEFT}
        stale = await kitchen.beat(1)
        assert (await host.get(left["address"])).status_code in {401, 403}
    states = {queue: found["play_state"] for queue, found in sessions.items()}
    assert states == {"spoken": "paused", "alone": "paused", "paused": "paused", "stopped": "stopped"}
    assert {found["position_ms"] for found in sessions.values()} == {0}
    for queue, found in sessions.items():
        assert found["item_id"] == (found["queue"][0]["id"] if queue != "stopped" else None)
    # The speaker of yesterday starts nothing, and is told why
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_generation")

"""A Redis that is 200 ms away, and one that is gone for a while: guests wait a little, or are told."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from api_queue.drivers.redis import Redis
from tests.acceptance.readers import Screen
from tests.clients.link import Link, Road, a_link
from tests.faults.party import add_one, adds, become, waiting
from tests.house import House, a_house
from tests.playback.test_conductor import conducting

#: There and back.
AWAY_S: Final = 0.2
ROAD: Final = Road(latency_ms=AWAY_S * 1000 / 2)
#: One reads what the rules need, where a worker has not heard of it yet, and one changes.
TRIPS: Final = 2


@pytest.fixture
async def far(redis: Redis, redis_url: str, furnished: Path, tmp_path: Path) -> AsyncIterator[tuple[House, Link]]:
    """A house, and its way to a Redis that is empty."""
    async with (
        a_link(redis_url, ROAD) as link,
        a_house(link.url.replace("http", "redis"), furnished, tmp_path) as house,
    ):
        yield house, link


async def _took_s(guest: httpx.AsyncClient) -> float:
    began_s = time.monotonic()
    assert (await add_one(guest)).status_code == 201
    return time.monotonic() - began_s


async def test_an_add_takes_two_trips_and_many_at_once_take_no_longer(far: tuple[House, Link]) -> None:
    house, _ = far
    async with house.guest() as guest:
        await add_one(guest)
        assert min([await _took_s(guest) for _ in range(3)]) < (TRIPS + 1) * AWAY_S
        together = await asyncio.gather(*(add_one(guest) for _ in range(30)))
        assert {answer.status_code for answer in together} == {201}
        assert (await guest.get("/ready")).status_code == 200


async def test_screens_and_the_conductor_go_on(far: tuple[House, Link]) -> None:
    house, _ = far
    async with house.admin() as host, conducting(house), Screen(house.url, "party") as screen:
        first, second = [(await add_one(host)).json() for _ in range(2)]
        await host.put("/queue/party/settings", json={"track_space": 0})
        await host.post("/queue/party/command/play")
        await screen.until(lambda: screen.session["item_id"] == first["id"])
        await host.post("/queue/party/command/seek", json={"position_ms": first["track_duration_ms"] - 1000})
        await screen.until(lambda: screen.session["item_id"] == second["id"])
        assert screen.revs == sorted(screen.revs)


async def test_one_that_is_gone_is_told_at_once_and_all_goes_on_when_it_is_back(far: tuple[House, Link]) -> None:
    house, link = far
    async with house.guest() as guest, Screen(house.url, "party") as screen:
        kept = (await add_one(guest)).json()["id"]
        link.cut()
        refused = await add_one(guest)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
        assert (await guest.get("/health")).status_code == 200
        assert (await guest.get("/ready")).status_code == 503
        link.mend()
        await become(lambda: adds(guest), "an add")
        await become(lambda: _shows(guest, kept), "the list")
        shown = (await guest.get("/queue/party/items")).json()
        await screen.until(lambda: screen.revs[-1] >= shown["rev"])


async def _shows(guest: httpx.AsyncClient, first: str) -> bool:
    return (await waiting(guest))[:1] == [first]

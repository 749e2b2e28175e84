"""Short nights on a real server, whose clock jumps."""

from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest
import pytest_asyncio

from api_queue.clients.simulate.night import Night, a_night
from api_queue.clients.simulate.options import Options, Order
from api_queue.clients.simulate.plot import draw
from api_queue.clients.simulate.report import as_json, failures, table, verdict
from api_queue.clients.simulate.server import Place, a_place

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHORT = Options(guests=12, hours=2, seed=1, orders=("fifo", "fair"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place() -> AsyncIterator[Place]:
    async with a_place(None, SHORT.seed) as place:
        yield place


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def nights(place: Place) -> list[Night]:
    """The same in each order."""
    return [await night(place, order) for order in SHORT.orders]


async def night(place: Place, order: Order, options: Options = SHORT) -> Night:
    return await a_night(place, options, order, lambda _now_ms: None)


async def test_songs_follow_each_other_to_the_end_of_the_night(nights: list[Night]) -> None:
    for found in nights:
        starts_ms = sorted(request.started_ms or 0 for request in found.sung)
        gaps_ms = [later - earlier for earlier, later in pairwise(starts_ms)]
        assert max(gaps_ms) < 6 * 60_000
        assert starts_ms[-1] > SHORT.length_ms - 6 * 60_000
        assert all(request.waited_ms >= 0 for request in found.sung)


async def test_fair_lets_nobody_fall_behind_and_fifo_does(nights: list[Night]) -> None:
    fifo, fair = nights
    assert (failures(nights), verdict(nights)) == ((), "fair")
    assert fair.fairness.behind <= 1 < fifo.fairness.behind
    assert fair.fairness.jain > fifo.fairness.jain
    assert fair.fairness.overtaken < fifo.fairness.overtaken


async def test_the_same_seed_is_the_same_night(place: Place, nights: list[Night]) -> None:
    again = await night(place, "fifo")
    assert (again.requests, again.fairness) == (nights[0].requests, nights[0].fairness)


async def test_what_a_limit_refuses_is_told(place: Place) -> None:
    found = await night(place, "fair", Options(guests=12, hours=1, seed=1, limit="points"))
    assert set(found.refusals) == {"not_enough_points"}


async def test_a_server_whose_clock_nobody_can_set_does_as_well(place: Place) -> None:
    found = await night(Place(place.url), "fifo", Options(guests=3, hours=0.5, seed=1))
    assert found.sung


async def test_the_report_is_for_people_programs_and_eyes(nights: list[Night], tmp_path: Path) -> None:
    assert [column.header for column in table(nights).columns] == ["", "fifo", "fair"]
    told = as_json(SHORT, nights)
    assert (told["seed"], told["verdict"]) == (1, "fair")
    assert [(each["order"], each["behind"] > 1) for each in told["nights"]] == [("fifo", True), ("fair", False)]
    draw(nights, tmp_path / "night.png")
    assert (tmp_path / "night.png").read_bytes().startswith(b"\x89PNG")

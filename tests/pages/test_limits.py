"""What a guest has goes on by the clock: the page's rule, held against the server's."""

from typing import Any

import pytest
from playwright.async_api import Page

from api_queue.queues import points
from api_queue.queues.points import Purse
from api_queue.queues.settings import QueueSettings
from api_queue.types import Milliseconds

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOW = 1_661_094_000_000
HAS = """async ([you, now]) => (await import("/static/js/limits.js")).pointsAt(you, now)"""
ENOUGH = """async ([you, cost, now]) => (await import("/static/js/limits.js")).enoughAt(you, cost, now)"""
COST = """async (ms) => (await import("/static/js/limits.js")).cost(ms)"""
WINDOW = """async ([token, now]) => (await import("/static/js/limits.js")).windowAt(token, now)"""


def you(settings: QueueSettings, purse: Purse) -> dict[str, Any]:
    bounds = {"points_max": settings.points_max, "points_per_hour": settings.points_per_hour}
    return {"points": {"points": purse.milli / 1000, **bounds}, "clock_ms": purse.at_ms}


@pytest.mark.parametrize("later_ms", [-5000, 0, 1, 179_999, 180_000, 3_600_000, 100 * 3_600_000])
async def test_a_purse_fills_as_the_server_fills_it(sandbox: Page, later_ms: int) -> None:
    settings, purse = QueueSettings(points_max=30, points_per_hour=20), Purse(2500, NOW)
    shown = await sandbox.evaluate(HAS, [you(settings, purse), NOW + later_ms])
    assert shown == pytest.approx(points.left(purse, settings, NOW + later_ms) / 1000, abs=0.001)


@pytest.mark.parametrize("duration_ms", [1, 59_999, 60_000, 60_001, 212_500])
async def test_a_song_costs_what_the_server_takes(sandbox: Page, duration_ms: int) -> None:
    assert await sandbox.evaluate(COST, duration_ms) * 1000 == points.cost(Milliseconds(duration_ms))


@pytest.mark.parametrize(
    ("cost", "per_hour", "after_ms"),
    [(2, 20.0, 0), (4, 20.0, 360_000), (4, 0.0, None), (31, 20.0, None)],
    ids=["there is enough", "two are missing", "none come back", "more than anybody has"],
)
async def test_when_it_is_enough(sandbox: Page, cost: int, per_hour: float, after_ms: int | None) -> None:
    settings = QueueSettings(points_max=30, points_per_hour=per_hour)
    at = await sandbox.evaluate(ENOUGH, [you(settings, Purse(2000, NOW)), cost, NOW])
    assert at == (None if after_ms is None else pytest.approx(NOW + after_ms))


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (NOW - 1, {"open": False, "edge": NOW}),
        (NOW, {"open": True, "edge": NOW + 1000}),
        (NOW + 999, {"open": True, "edge": NOW + 1000}),
        (NOW + 1000, None),
    ],
)
async def test_a_window_is_ahead_open_and_over(sandbox: Page, now: int, state: dict[str, Any] | None) -> None:
    assert await sandbox.evaluate(WINDOW, [{"valid_from": NOW, "valid_until": NOW + 1000}, now]) == state

"""How a player goes on by itself while the server is away: as the server will, when it hears of it."""

from typing import Any

import pytest
from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

ENDED_AT_MS = 100_000
CALL = """async ([what, ...args]) => {
    const ahead = await import("/static/js/ahead.js");
    return ahead[what](...args) ?? null;
}"""


def state(**session: Any) -> dict[str, Any]:
    """`a` plays, `b` and `c` wait."""
    items = [{"id": i, "track_id": f"track {i}", "track_duration_ms": 60_000, "status": "queued"} for i in "abc"]
    items[0]["status"] = "playing"
    about = {"play_state": "playing", "item_id": "a", "generation": 3, "repeat_mode": "off", "stop_after": False}
    return {"items": items, "settings": {"track_space": 2.5}, "session": about | session}


async def test_the_next_one_begins_after_the_pause_between_tracks(sandbox: Page) -> None:
    session = await sandbox.evaluate(CALL, ["sessionAfter", state(), "a", ENDED_AT_MS])
    assert (session["item_id"], session["track_id"], session["duration_ms"]) == ("b", "track b", 60_000)
    assert (session["position_ms"], session["position_at_ms"]) == (-2500, ENDED_AT_MS)


@pytest.mark.parametrize(("item", "next_id"), [("a", "b"), ("b", "c"), ("c", None), ("gone", None)])
async def test_one_follows_the_other(sandbox: Page, item: str, next_id: str | None) -> None:
    found = await sandbox.evaluate(CALL, ["following", state(), item])
    assert (found and found["id"]) == next_id


@pytest.mark.parametrize("session", [{"repeat_mode": "one"}, {"stop_after": True}])
async def test_nothing_follows_what_repeats_or_is_the_last(sandbox: Page, session: dict[str, Any]) -> None:
    assert await sandbox.evaluate(CALL, ["following", state(**session), "a"]) is None


async def test_between_two_events_of_one_change_nothing_is_planned(sandbox: Page) -> None:
    between = state()
    between["items"][0]["status"], between["items"][1]["status"] = "played", "playing"
    assert await sandbox.evaluate(CALL, ["following", between, "a"]) is None


@pytest.mark.parametrize(
    ("news", "nothing_new"),
    [({}, True), ({"item_id": "b"}, False), ({"play_state": "paused"}, False), ({"generation": 4}, False)],
)
async def test_the_server_has_the_last_word(sandbox: Page, news: dict[str, Any], *, nothing_new: bool) -> None:
    before = state()["session"]
    assert await sandbox.evaluate(CALL, ["knowsNothingNew", before, before | news]) is nothing_new

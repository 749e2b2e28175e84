"""What a page makes of the events of a queue: the reducer, event by event."""

from typing import Any

import pytest
from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

FOLD = """async ([state, events]) => {
    const { reduce } = await import("/static/js/state.js");
    for (const [name, payload] of events) state = reduce(state, name, payload);
    return state;
}"""
SESSION = {"play_state": "playing", "item_id": "a", "position_ms": 0, "position_at_ms": 1000}


def snapshot(*ids: str, rev: int = 5) -> dict[str, Any]:
    return {"rev": rev, "settings": {"title": "t"}, "session": SESSION, "items": [{"id": i, "n": 0} for i in ids]}


async def fold(sandbox: Page, *events: tuple[str, dict[str, Any]], ids: str = "abc") -> Any:
    return await sandbox.evaluate(FOLD, [snapshot(*ids), [list(event) for event in events]])


def items_change(*changes: dict[str, Any], rev: int = 6) -> tuple[str, dict[str, Any]]:
    return "items_change", {"rev": rev, "changes": list(changes)}


@pytest.mark.parametrize(
    ("change", "order"),
    [
        ({"op": "add", "item": {"id": "x"}, "before": None}, "abcx"),
        ({"op": "add", "item": {"id": "x"}, "before": "b"}, "axbc"),
        ({"op": "move", "id": "c", "before": "a"}, "cab"),
        ({"op": "move", "id": "a", "before": None}, "bca"),
        ({"op": "move", "id": "unknown", "before": "a"}, "abc"),
        ({"op": "remove", "id": "b"}, "ac"),
        ({"op": "update", "item": {"id": "b", "n": 1}}, "abc"),
    ],
)
@pytest.mark.parametrize("times", [1, 2])
async def test_a_change_of_the_list_also_when_told_twice(
    sandbox: Page, change: dict[str, Any], order: str, times: int
) -> None:
    state = await fold(sandbox, *[items_change(change)] * times)
    assert "".join(item["id"] for item in state["items"]) == order
    assert state["rev"] == 6


async def test_what_asks_to_be_let_in_stands_behind_what_is_added_later(sandbox: Page) -> None:
    asks = {"op": "add", "item": {"id": "l", "status": "lobby"}, "before": None}
    state = await fold(sandbox, items_change(asks, {"op": "add", "item": {"id": "x"}, "before": None}))
    assert "".join(item["id"] for item in state["items"]) == "abcxl"


async def test_an_update_replaces_the_item_in_its_place(sandbox: Page) -> None:
    state = await fold(sandbox, items_change({"op": "update", "item": {"id": "b", "n": 1}}))
    assert [item["n"] for item in state["items"]] == [0, 1, 0]


async def test_an_event_from_before_the_snapshot_changes_nothing(sandbox: Page) -> None:
    state = await fold(sandbox, items_change({"op": "remove", "id": "a"}, rev=4))
    assert state == snapshot(*"abc")


async def test_a_gap_in_the_revisions_asks_for_a_snapshot(sandbox: Page) -> None:
    assert await fold(sandbox, items_change({"op": "remove", "id": "a"}, rev=7)) is None


async def test_a_beacon_moves_the_position_of_what_plays_and_of_nothing_else(sandbox: Page) -> None:
    beacon = {"rev": 5, "item_id": "a", "position_ms": 9000, "ts": 10_000}
    state = await fold(sandbox, ("timeline_beacon", beacon))
    assert (state["session"]["position_ms"], state["session"]["position_at_ms"]) == (9000, 10_000)
    late = await fold(sandbox, ("timeline_beacon", beacon | {"item_id": "b"}))
    assert late["session"] == SESSION


async def test_a_snapshot_replaces_everything(sandbox: Page) -> None:
    state = await fold(sandbox, ("snapshot", snapshot("z", rev=1)))
    assert state == snapshot("z", rev=1)

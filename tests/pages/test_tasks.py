"""Tasks in words, and what becomes of the list of them."""

from typing import Any

import pytest
from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

CALL = """async ([name, args]) => {
    const tasks = await import("/static/js/tasks.js");
    return tasks[name](...args);
}"""
MERGE = """async ([tasks, newer]) => {
    const { liveFirst, merge } = await import("/static/js/tasks.js");
    const list = liveFirst(merge(tasks, newer, (task) => task.type !== "unwanted"));
    return list.map((task) => `${task.task_id} ${task.status}`);
}"""
TOOK = {"started_at": "2026-11-21T14:00:00.000+00:00"}


async def words(sandbox: Page, name: str, *args: Any) -> Any:
    return await sandbox.evaluate(CALL, [name, list(args)])


@pytest.mark.parametrize(
    ("task", "text"),
    [
        ({"status": "queued"}, "waits for a worker"),
        ({"status": "running", "rate": None, "time_left_s": None}, ""),
        ({"status": "running", "rate": 0.4, "time_left_s": 0.2}, "1 s left"),
        ({"status": "running", "rate": 8.4, "time_left_s": 240}, "8 a second, 4 min left"),
        ({"status": "running", "rate": 1, "time_left_s": 9000}, "1 a second, 3 h left"),
        ({"status": "completed", **TOOK, "finished_at": "2026-11-21T14:00:00.020+00:00"}, "took 1 s"),
        ({"status": "failed", **TOOK, "finished_at": "2026-11-21T14:12:10.000+00:00"}, "took 12 min"),
        ({"status": "canceled", "started_at": None, "finished_at": TOOK["started_at"]}, ""),
    ],
)
async def test_how_fast_and_how_much_longer(sandbox: Page, task: dict[str, Any], text: str) -> None:
    assert await words(sandbox, "pace", task) == text


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ({"path": "*"}, "All folders"),
        ({"path": "/music/<b>"}, "/music/<b>"),
        ({"files": ["/a.flac", "/b.flac"]}, "2 files from /a.flac on"),
        ({"track_id": "*"}, "All tracks"),
        ({"track_id": "abc"}, "abc"),
        ({"track_id": ""}, "Step 3"),
        ({}, "Step 3"),
        (None, "Step 3"),
        ({"numbers": [1, 2]}, '{"numbers":[1,2]}'),
    ],
)
async def test_what_an_item_is_about(sandbox: Page, payload: Any, text: str) -> None:
    assert await words(sandbox, "label", {"payload": payload, "index": 2}) == text


async def test_counts_name_failures_only_where_there_are_any(sandbox: Page) -> None:
    done = {"total_items": 1, "completed_items": 1, "failed_items": 0}
    assert await words(sandbox, "counts", done) == "1 of 1 step"
    failed = {"total_items": 20, "completed_items": 3, "failed_items": 2}
    assert await words(sandbox, "counts", failed) == "3 of 20 steps, 2 failed"


def task(task_id: int, status: str = "completed", **facts: Any) -> dict[str, Any]:
    return {"task_id": task_id, "status": status, "type": "scan", **facts}


@pytest.mark.parametrize(
    ("newer", "listed"),
    [
        ([], ["1 running", "2 queued", "3 completed"]),
        ([task(4)], ["1 running", "2 queued", "4 completed", "3 completed"]),
        ([task(2)], ["1 running", "3 completed", "2 completed"]),
        ([task(3, "running")], ["1 running", "2 queued", "3 completed"]),
        ([task(1, type="unwanted")], ["2 queued", "3 completed"]),
    ],
)
async def test_a_list_of_tasks_with_what_is_newer(sandbox: Page, newer: list[Any], listed: list[str]) -> None:
    before = [task(3), task(2, "queued"), task(1, "running")]
    assert await sandbox.evaluate(MERGE, [before, newer]) == listed

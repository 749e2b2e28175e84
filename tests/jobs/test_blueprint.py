"""`/api/queues` as an admin's program sees it."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.house import House
from tests.jobs.house import Jobs, eventually
from tests.jobs.over_http import made, steps
from tests.jobs.types import Stage, Step

pytestmark = pytest.mark.usefixtures("served_types")


@pytest.fixture
def jobs(served_jobs: Jobs) -> Jobs:
    return served_jobs


# -- making ----------------------------------------------------------------------------------------------------


async def test_a_task_is_made_and_shown(admin: httpx.AsyncClient) -> None:
    # When a task is made
    task_id = await made(admin, steps("a", "b", meta={"trigger": "folder_add"}))
    # Then it is shown at both addresses, with its items
    shown = (await admin.get(f"/api/queues/{task_id}")).json()
    assert shown == (await admin.get(f"/api/queues/tasks/{task_id}")).json()
    told = {name: shown[name] for name in ("id", "task_id", "type", "status", "total_items", "percent", "meta")}
    assert told == {
        **{"id": task_id, "task_id": task_id, "type": "steps", "status": "queued"},
        **{"total_items": 2, "percent": 0.0, "meta": {"trigger": "folder_add"}},
    }
    assert [(item["index"], item["status"], item["payload"]) for item in shown["items"]] == [
        (0, "queued", {"name": "a"}),
        (1, "queued", {"name": "b"}),
    ]
    assert shown["created_at"].endswith("+00:00")
    assert shown["created_by"] not in {"", "system"}


async def test_a_live_task_with_the_same_key_is_joined(admin: httpx.AsyncClient, jobs: Jobs) -> None:
    task_id = await made(admin, steps("a", key="scan:/music"))
    joined = await admin.post("/api/queues/tasks", json=steps("b", key="scan:/music"))
    assert (joined.status_code, joined.json()["task_id"]) == (200, task_id)
    # And not when it is over
    await admin.post(f"/api/queues/{task_id}/cancel")
    assert await made(admin, steps("b", key="scan:/music")) != task_id


async def test_of_ten_that_come_at_once_with_one_key_one_is_made(admin: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(admin.post("/api/queues/tasks", json=steps("a", key="k")) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200] * 9 + [201]
    assert len({answer.json()["task_id"] for answer in answers}) == 1


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        ({"items": [{}]}, "bad_body", "missing required field `type`"),
        ({"type": "steps"}, "bad_body", "missing required field `items`"),
        ({"type": "steps", "items": []}, "bad_body", "Expected `array` of length >= 1 - at `$.items`"),
        (
            {"type": "dance", "items": [{}]},
            "unknown_task_type",
            "There is no type of task 'dance'; there are closed, programs, steps.",
        ),
        ({"type": "steps", "items": [{"name": 1}]}, "bad_task_item", "Expected `str`, got `int` - at `$.name`"),
        ({"type": "steps", "items": {}}, "bad_body", "Expected `array`"),
        ({"type": "steps", "items": [{}], "concurrency": 0}, "bad_body", "at `$.concurrency`"),
        ({"type": "steps", "items": [{}], "meta": []}, "bad_body", "at `$.meta`"),
        (
            {"type": "steps", "items": [{}], "meta": {"a": "x" * 5000}},
            "bad_body",
            "`meta` has 5,008 bytes of JSON, and may have 4,096",
        ),
    ],
)
async def test_what_does_not_fit_is_refused(
    admin: httpx.AsyncClient, body: dict[str, Any], code: str, says: str
) -> None:
    answer = await admin.post("/api/queues/tasks", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert says in answer.json()["detail"]
    assert (await admin.get("/api/queues")).json()["total"] == 0


# -- looking ---------------------------------------------------------------------------------------------------


async def test_tasks_are_listed_and_filtered(admin: httpx.AsyncClient, jobs: Jobs) -> None:
    # Given three tasks, one of them over
    first, second = await made(admin, steps("a")), (await jobs.create()).task_id
    third = await made(admin, steps("c"))
    # Then they are listed, newest first
    page = (await admin.get("/api/queues")).json()
    assert ([task["task_id"] for task in page["tasks"]], page["total"]) == ([third, second, first], 3)
    bare = (await admin.get("/api/queues/tasks?limit=2")).json()
    assert [task["task_id"] for task in bare] == [third, second]
    # And filtered
    for query, expected in {
        "status=completed": [second],
        "status=queued&type=steps": [third, first],
        "type=closed": [],
        f"created_by={page['tasks'][0]['created_by']}&offset=1": [first],
        "created_by=nobody": [],
    }.items():
        assert [task["task_id"] for task in (await admin.get(f"/api/queues?{query}")).json()["tasks"]] == expected
    refused = await admin.get("/api/queues?status=tired")
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_query")


async def test_a_long_task_is_shown_in_pages(admin: httpx.AsyncClient) -> None:
    task_id = await made(admin, steps(*map(str, range(30))))
    page = (await admin.get(f"/api/queues/{task_id}?limit=3&offset=10")).json()
    assert [item["index"] for item in page["items"]] == [10, 11, 12]


async def test_what_runs_is_shown_with_who_runs_it(admin: httpx.AsyncClient, jobs: Jobs, stage: Stage) -> None:
    # Given a worker with an item, which starts another task
    held = Step("held", hold=True)
    task = await jobs.create(Step("top", children=((held,),)))
    async with jobs.worker():
        await eventually(lambda: "held" in stage.begun)
        # Then the head-up display has the task, and what is worked on below it
        (shown,) = (await admin.get("/api/queues/ongoing")).json()["tasks"]
        assert (shown["task_id"], shown["current_item"]["payload"]["name"]) == (task.task_id, "held")
        # And the list of workers says the same
        async with asyncio.timeout(30):
            while True:
                told = (await admin.get("/api/queues/worker")).json()
                if told["running"] and told["workers"][0]["doing"]:
                    break
                await asyncio.sleep(0.05)
        assert told["workers"][0]["doing"][0]["item_id"] == shown["current_item"]["item_id"]
        # And the list of tasks has only the one on top
        assert (await admin.get("/api/queues")).json()["total"] == 1
    assert (await admin.get("/api/queues/worker")).json() == {"running": False, "workers": []}


async def test_an_item_shows_its_result_its_fault_and_its_log(admin: httpx.AsyncClient, jobs: Jobs) -> None:
    task = await jobs.create(Step("a", log="reading"), Step("b", fail="broken"))
    async with jobs.worker():
        await jobs.end(task)
    good, bad = (await admin.get(f"/api/queues/{task.task_id}")).json()["items"]
    shown = (await admin.get(f"/api/queues/{task.task_id}/items/{good['item_id']}")).json()
    assert (shown["result"], shown["error"], shown["attempts"]) == ({"did": "a"}, None, 1)
    assert shown["logs"][0].endswith("reading")
    shown = (await admin.get(f"/api/queues/tasks/{task.task_id}/items/{bad['item_id']}")).json()
    assert (shown["status"], shown["error"]) == ("failed", "ValueError: broken")
    assert shown["result"] == {"error": "ValueError: broken"}


@pytest.mark.parametrize("path", ["/99", "/tasks/99", "/nine", "/99/items/1", "/1/items/9", "/1/items/nine"])
async def test_what_is_not_there_is_not_found(admin: httpx.AsyncClient, path: str) -> None:
    await made(admin, steps("a"))
    answer = await admin.get(f"/api/queues{path}")
    assert (answer.status_code, answer.json()["code"]) in {(404, "unknown_task"), (404, "unknown_task_item")}


# -- ending ----------------------------------------------------------------------------------------------------


async def test_a_task_is_canceled_once(admin: httpx.AsyncClient) -> None:
    task_id = await made(admin, steps("a"))
    canceled = await admin.post(f"/api/queues/{task_id}/cancel")
    assert (canceled.status_code, canceled.json()) == (202, {"task_id": task_id, "status": "canceled"})
    shown = (await admin.get(f"/api/queues/{task_id}")).json()
    assert shown["canceled_at"] == shown["finished_at"] is not None
    # When it is canceled again, then nothing changes
    again = await admin.post(f"/api/queues/tasks/{task_id}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "task_ended")
    assert (await admin.get(f"/api/queues/{task_id}")).json() == shown
    assert (await admin.post("/api/queues/99/cancel")).status_code == 404
    # And the address of the system behind the seed answers as that does
    other = await made(admin, steps("a"))
    assert (await admin.post(f"/api/queues/tasks/{other}/cancel")).status_code == 200


async def test_what_went_wrong_is_tried_again(admin: httpx.AsyncClient, jobs: Jobs) -> None:
    # Given a task of which one item failed
    task = await jobs.create(Step("a"), Step("b", fail="broken"))
    live = await admin.post(f"/api/queues/{task.task_id}/retry")
    assert (live.status_code, live.json()["code"]) == (409, "task_live")
    async with jobs.worker():
        await jobs.end(task)
    # When it is tried again, then by a new one with that item alone
    answer = await admin.post(f"/api/queues/{task.task_id}/retry")
    assert answer.status_code == 201
    retried = (await admin.get(f"/api/queues/{answer.json()['task_id']}")).json()
    assert (retried["retry_of"], [item["payload"]["name"] for item in retried["items"]]) == (task.task_id, ["b"])
    # And where all went well there is nothing to try
    fine = (await jobs.create()).task_id
    refused = await admin.post(f"/api/queues/tasks/{fine}/retry")
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing_to_retry")


async def test_tasks_are_cleared(admin: httpx.AsyncClient, jobs: Jobs) -> None:
    live, _over = await made(admin, steps("a", "b")), await jobs.create()

    async def clear(query: str) -> dict[str, int]:
        cleared: dict[str, int] = (await admin.post(f"/api/queues/tasks/clear{query}")).json()
        return cleared

    assert await clear("?older_than_seconds=60") == {"tasks_cleared": 0, "items_affected": 0}
    assert await clear("") == {"tasks_cleared": 1, "items_affected": 0}
    assert await clear("?scope=current") == {"tasks_cleared": 1, "items_affected": 2}
    assert (await admin.get(f"/api/queues/{live}")).json()["status"] == "canceled"
    assert await clear("?scope=all") == {"tasks_cleared": 1, "items_affected": 2}
    assert (await admin.get("/api/queues/tasks")).json() == []


async def test_canceling_all_counts_what_is_below_as_well(admin: httpx.AsyncClient, jobs: Jobs, stage: Stage) -> None:
    await jobs.create(Step("top", children=((Step("held", hold=True), Step("low")),)))
    async with jobs.worker():
        await eventually(lambda: "held" in stage.begun)
        cleared = (await admin.post("/api/queues/tasks/clear?scope=current")).json()
    assert cleared["tasks_cleared"] == 2
    assert cleared["items_affected"] in {2, 3}  # the last may have ended before


async def test_an_age_beyond_all_time_is_refused(admin: httpx.AsyncClient) -> None:
    answer = await admin.post(f"/api/queues/tasks/clear?older_than_seconds={10**18}")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_query")


# -- who may ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/api/queues", "/api/queues/tasks", "/api/queues/1", "/api/queues/stream", "/events/queues", "/ws/queues"]
)
async def test_it_is_for_admins_alone(house: House, path: str) -> None:
    async with house.nobody() as nobody, house.guest() as guest:
        assert (await nobody.get(path)).status_code == 401
        assert (await guest.get(path)).status_code in {401, 403}


@pytest.mark.parametrize("path", ["/queue/_tasks/events", "/queue/%5Ftasks/events", "/events?queue=_tasks"])
async def test_no_queue_is_a_way_to_the_tasks(house: House, path: str) -> None:
    async with house.guest() as guest:
        assert (await guest.get(path)).status_code == 404

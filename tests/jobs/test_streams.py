"""The streams of tasks: as queues are told, as the system behind the seed does it, and by WebSocket."""

import asyncio
import json

import httpx
import pytest
import websockets
from websockets.exceptions import InvalidStatus

from tests.house import House
from tests.jobs.house import Jobs, eventually
from tests.jobs.over_http import made, reading, steps

pytestmark = pytest.mark.usefixtures("served_types")


@pytest.fixture
def jobs(served_jobs: Jobs) -> Jobs:
    return served_jobs


async def test_events_begin_with_a_snapshot_and_go_on_from_a_last_id(admin: httpx.AsyncClient, jobs: Jobs) -> None:
    # Given a reader
    task_id = await made(admin, steps("a"))
    await jobs.told()
    async with reading(admin, "/events/queues") as reader:
        name, data = await reader.next()
        assert (name, [task["task_id"] for task in data["tasks"]]) == ("snapshot", [task_id])
        # When a task is canceled, then they hear of it
        await admin.post(f"/api/queues/{task_id}/cancel")
        await jobs.told()
        name, data = await reader.next()
        assert (name, data["task_id"], data["status"]) == ("task.canceled", task_id, "canceled")
    # And when they come back, they hear what they missed, and nothing else
    other = (await jobs.create()).task_id
    await jobs.told()
    async with reading(admin, f"/events/queues?last_event_id={reader.last_id}") as again:
        name, data = await again.next()
        assert (name, data["task_id"]) == ("task.created", other)


async def test_the_stream_of_the_system_behind_the_seed(
    house: House, admin: httpx.AsyncClient, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api_queue.jobs.streams.PING_S", 0.3)
    task_id = await made(admin, steps("a"))
    await jobs.told()
    async with reading(admin, "/api/queues/stream") as reader:
        name, listed = await reader.next()
        assert (name, [task["id"] for task in listed]) == ("init", [task_id])
        await admin.post(f"/api/queues/{task_id}/cancel")
        await jobs.told()
        name, task = await reader.next()
        assert (name, task["status"], [item["status"] for item in task["items"]]) == (
            *("task_update", "canceled"),
            ["canceled"],
        )
        assert await reader.next() == ("ping", {})
    # And who left is followed no more
    await eventually(lambda: not house.app.ctx.task_feed._readers)


async def test_a_web_socket_has_the_same(house: House, admin: httpx.AsyncClient, jobs: Jobs) -> None:
    task_id = await made(admin, steps("a"))
    await jobs.told()
    address = house.url.replace("http", "ws") + "/ws/queues"
    headers = {"Authorization": f"Bearer {house.admin_token}"}
    async with websockets.connect(address, additional_headers=headers) as line, asyncio.timeout(30):
        first = json.loads(await line.recv())
        assert (first["event"], [task["task_id"] for task in first["tasks"]]) == ("snapshot", [task_id])
        await admin.post(f"/api/queues/{task_id}/cancel")
        await jobs.told()
        told = json.loads(await line.recv())
        assert (told["event"], told["task_id"], told["status"]) == ("task.canceled", task_id, "canceled")
    await eventually(lambda: not house.app.ctx.task_feed._readers)


async def test_a_web_socket_asked_for_as_a_page_is_refused(admin: httpx.AsyncClient) -> None:
    assert (await admin.get("/ws/queues")).status_code == 426


async def test_a_page_of_another_site_opens_no_web_socket(house: House) -> None:
    address = house.url.replace("http", "ws") + "/ws/queues"
    headers = {"Cookie": f"session_id={house.admin_token}"}
    with pytest.raises(InvalidStatus) as refused:
        await websockets.connect(address, additional_headers=headers, origin=websockets.Origin("https://evil.example"))
    assert refused.value.response.status_code == 403


async def test_pages_that_are_open_hear_that_tasks_were_removed(admin: httpx.AsyncClient, jobs: Jobs) -> None:
    # Given readers of all streams, and tasks of which one is over
    live, _over = await made(admin, steps("a")), await jobs.create()
    await jobs.told()
    async with reading(admin, "/events/queues") as reader, reading(admin, "/api/queues/stream") as other:
        assert len((await reader.next())[1]["tasks"]) == len((await other.next())[1]) == 2
        # When it is removed
        await admin.post("/api/queues/tasks/clear")
        await jobs.told()
        # Then they are given the list as it is now
        assert (await reader.next())[0] == "reset"
        name, data = await reader.next()
        assert (name, [task["task_id"] for task in data["tasks"]]) == ("snapshot", [live])
        name, listed = await other.next()
        assert (name, [task["id"] for task in listed]) == ("tasks", [live])
        # And they hear of all that comes after it
        await admin.post(f"/api/queues/{live}/cancel")
        await jobs.told()
        assert [(await each.next())[0] for each in (reader, other)] == ["task.canceled", "task_update"]

"""Orders of videos: what is there or on its way is not ordered again, and no order stands in the way of an add."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from api_queue.errors import Unavailable
from api_queue.jobs.models import Task, TaskFilter
from api_queue.karakara.video_orders import VideoOrders
from api_queue.types import QueueName, TrackId
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def orders_of(house: House) -> list[Task]:
    _, tasks = await house.parts.jobs.tasks(TaskFilter(type="karakara.encode"))
    return tasks


async def end_all(house: House) -> None:
    for task in await orders_of(house):
        if task.status == "queued":
            await house.parts.jobs.cancel(task.task_id)


async def a_track(house: House) -> TrackId:
    async with house.nobody() as client:
        return TrackId((await client.get("/tracks?limit=1")).json()["tracks"][0]["track_id"])


async def test_what_is_wanted_twice_is_one_task(shared_house: House) -> None:
    orders, track_id = shared_house.parts.video_orders, await a_track(shared_house)
    before = len(await orders_of(shared_house))
    for _ in range(2):
        await orders.want(track_id)
    assert len(await orders_of(shared_house)) == before + 1
    await end_all(shared_house)


async def test_what_is_there_is_not_ordered(shared_house: House) -> None:
    videos, track_id = shared_house.parts.videos, await a_track(shared_house)
    before = await orders_of(shared_house)
    videos.path(track_id).parent.mkdir(parents=True, exist_ok=True)
    videos.path(track_id).write_bytes(b"made")
    await shared_house.parts.video_orders.want(track_id)
    videos.path(track_id).unlink()
    assert await orders_of(shared_house) == before


async def test_of_all_one_is_made_at_a_time(shared_house: House) -> None:
    """Then a song that a guest adds waits for one other at most."""
    task = await shared_house.parts.video_orders.order()
    assert (task.concurrency, task.total_items) == (1, 1)
    assert (await shared_house.parts.video_orders.order()).task_id == task.task_id
    await end_all(shared_house)


async def test_what_a_room_says_again_and_again_is_looked_up_once(shared_house: House) -> None:
    # Given one that cannot be made
    parts, track_id = shared_house.parts, await a_track(shared_house)
    orders = VideoOrders(parts.tracks, parts.jobs, parts.videos)
    before = len(await orders_of(shared_house))
    await orders.want_all([track_id])
    await end_all(shared_house)
    # When the room changes
    await orders.want_all([track_id, track_id])
    # Then it is not tried again by itself
    assert len(await orders_of(shared_house)) == before + 1


async def test_the_next_songs_of_a_room_are_made_whoever_added_them(shared_house: House) -> None:
    # Given a room and another queue, and songs that our own page adds to both
    async with shared_house.admin() as admin:
        found = (await admin.get("/tracks?limit=3")).json()["tracks"]
        first, second, third = [TrackId(each["track_id"]) for each in found]
        for name, semantics, tracks in (("kara", "karakara", (first, second)), ("own", "own", (third,))):
            await admin.post("/queue/", json={"kind": "named", "name": name, "command_semantics": semantics})
            for track_id in tracks:
                added = await admin.post(f"/queue/{name}/items", json={"track_id": track_id, "performer_name": "Ana"})
                assert added.status_code == 201, added.text
    before = {task.task_id for task in await orders_of(shared_house)}
    # When they are published
    topics = shared_house.parts.room_topics
    assert topics
    for name in ("kara", "own"):
        await topics.of_queue(QueueName(name))
    # Then those of the room are ordered
    ordered = {task.key for task in await orders_of(shared_house) if task.task_id not in before}
    assert ordered == {f"karakara.encode:{track_id}" for track_id in (first, second)}
    await end_all(shared_house)


@dataclass
class Broken:
    """Whatever is asked for, something is away."""

    error: Exception
    asked: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        async def ask(*_: object, **__: object) -> None:
            self.asked.append(name)
            raise self.error

        return ask


@pytest.mark.parametrize("error", [Unavailable(retry_after=1), KeyError("a bug")])
async def test_an_order_that_cannot_be_given_hurts_nobody(
    shared_house: House, tmp_path: Path, error: Exception
) -> None:
    broken: Any = Broken(error)
    parts = shared_house.parts
    await VideoOrders(parts.tracks, broken, parts.videos).want(await a_track(shared_house))
    assert broken.asked == ["create"]
    await VideoOrders(broken, parts.jobs, parts.videos).want(TrackId("any"))
    assert broken.asked == ["create", "track"]


async def test_nobody_can_want_a_track_that_is_not_there(shared_house: House) -> None:
    before = await orders_of(shared_house)
    await shared_house.parts.video_orders.want(TrackId("nobody"))
    assert await orders_of(shared_house) == before

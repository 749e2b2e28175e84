"""Orders of videos: what is there or on its way is not ordered again, and no order stands in the way of an add."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from api_queue.errors import TrackNotFound, Unavailable
from api_queue.jobs.models import Task, TaskFilter
from api_queue.jobs.service import JobService
from api_queue.karakara.video_orders import VideoOrders
from api_queue.tracks.service import TrackService
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


def new_orders(house: House) -> VideoOrders:
    """Which remember nothing."""
    return VideoOrders(house.parts.tracks, house.parts.jobs, house.parts.videos)


async def ordered(orders: VideoOrders) -> None:
    """All that was wanted."""
    assert orders._ordering
    await orders._ordering


async def a_track(house: House) -> TrackId:
    async with house.nobody() as client:
        return TrackId((await client.get("/tracks?limit=1")).json()["tracks"][0]["track_id"])


async def test_what_is_wanted_twice_is_one_task(shared_house: House) -> None:
    orders, track_id = new_orders(shared_house), await a_track(shared_house)
    before = len(await orders_of(shared_house))
    for _ in range(2):
        orders.want([track_id, track_id])
    await ordered(orders)
    assert len(await orders_of(shared_house)) == before + 1
    await end_all(shared_house)


async def test_what_is_there_is_not_ordered(shared_house: House) -> None:
    videos, track_id = shared_house.parts.videos, await a_track(shared_house)
    before = await orders_of(shared_house)
    videos.path(track_id).parent.mkdir(parents=True, exist_ok=True)
    videos.path(track_id).write_bytes(b"made")
    orders = new_orders(shared_house)
    orders.want([track_id])
    await ordered(orders)
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
    orders, track_id = new_orders(shared_house), await a_track(shared_house)
    before = len(await orders_of(shared_house))
    orders.want([track_id])
    await ordered(orders)
    await end_all(shared_house)
    # When the room changes
    orders.want([track_id])
    await ordered(orders)
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
    await ordered(shared_house.parts.video_orders)
    # Then those of the room are ordered
    keys = {task.key for task in await orders_of(shared_house) if task.task_id not in before}
    assert keys == {f"karakara.encode:{track_id}" for track_id in (first, second)}
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


@dataclass
class Held:
    """Jobs of which none can be made while something else is written."""

    asked: asyncio.Event

    async def create(self, *_: object, **__: object) -> None:
        self.asked.set()
        await asyncio.Event().wait()


@pytest.mark.parametrize("error", [Unavailable(retry_after=1), KeyError("a bug")])
async def test_an_order_that_cannot_be_given_is_given_the_next_time(shared_house: House, error: Exception) -> None:
    # Given somebody who is away, the jobs or the library
    parts, track_id = shared_house.parts, await a_track(shared_house)
    jobs, tracks = Broken(error), Broken(error)
    without_jobs = VideoOrders(parts.tracks, cast("JobService", jobs), parts.videos)
    without_tracks = VideoOrders(cast("TrackService", tracks), parts.jobs, parts.videos)
    # When it is wanted, and again later
    for _ in range(2):
        for orders in (without_jobs, without_tracks):
            orders.want([track_id])
            await ordered(orders)
    # Then each time it was tried, and nothing was raised
    assert (jobs.asked, tracks.asked) == (["create"] * 2, ["track"] * 2)


async def test_a_track_that_has_gone_is_looked_up_once(shared_house: House) -> None:
    before, parts = await orders_of(shared_house), shared_house.parts
    tracks = Broken(TrackNotFound(track_id="gone"))
    orders = VideoOrders(cast("TrackService", tracks), parts.jobs, parts.videos)
    for _ in range(2):
        orders.want([TrackId("gone")])
        await ordered(orders)
    assert tracks.asked == ["track"]
    assert await orders_of(shared_house) == before


async def test_nobody_who_adds_waits_for_an_order(shared_house: House) -> None:
    # Given a library that a scan holds
    parts, track_id, held = shared_house.parts, await a_track(shared_house), asyncio.Event()
    orders = VideoOrders(parts.tracks, cast("JobService", Held(held)), parts.videos)
    # When a song is wanted
    orders.want([track_id])
    # Then whoever did goes on
    await asyncio.wait_for(held.wait(), 20)
    waiting = orders._ordering
    assert waiting
    assert not waiting.done()
    # And another is wanted meanwhile, which waits as well, since one connection is enough
    orders.want([TrackId("another")])
    assert orders._ordering is waiting
    await orders.close()
    assert waiting.cancelled()

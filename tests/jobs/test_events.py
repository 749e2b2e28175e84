"""What is told of tasks: in order, merged, from an outbox that a crash does not empty."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.events import EVENTS
from api_queue.jobs.models import Change, Claim, Note, Outcome, TaskId, TaskItemId
from api_queue.jobs.upkeep import MERGE_S, merged
from api_queue.stream.models import TASKS
from api_queue.stream.store import RedisEventLog
from api_queue.types import EventName
from tests.jobs.house import Jobs, eventually
from tests.jobs.types import Stage, Step

DONE = Outcome(status="completed")


def payloads(events: list[Any], name: str) -> list[dict[str, Any]]:
    return [json.loads(event.data) for event in events if event.name == name]


async def begin(jobs: Jobs) -> list[Claim]:
    claims = []
    for delivery, receipt in await jobs.deliveries():
        item = await jobs.ledger.claim(delivery, receipt, jobs.clock.now_ms())
        assert item
        claims.append(Claim(item.item_id, receipt))
    return claims


async def test_a_task_is_told_from_its_beginning_to_its_end(jobs: Jobs) -> None:
    # Given a task, each step of which is told
    task = await jobs.create(Step("a"), Step("b"), meta={"trigger": "test"})
    events = await jobs.told()
    for claim in await begin(jobs):
        events += await jobs.told(events[-1].event_id)
        await jobs.ledger.finish(claim, DONE, jobs.clock.now_ms())
        events += await jobs.told(events[-1].event_id)
    # Then they come in this order, each with the next revision
    assert [event.name for event in events] == [
        *("task.created", "item.updated", "task.updated"),
        *("item.updated", "task.updated", "item.updated", "task.completed"),
    ]
    assert [event.rev for event in events] == list(range(1, 8))
    # And say all that a reader needs
    (created,) = payloads(events, "task.created")
    assert (created["type"], created["task_type"], created["meta"]) == ("task", "steps", {"trigger": "test"})
    (completed,) = payloads(events, "task.completed")
    told = {name: completed[name] for name in ("task_id", "status", "completed_items", "total_items", "percent")}
    assert told == {
        "task_id": task.task_id,
        "status": "completed",
        "completed_items": 2,
        "total_items": 2,
        "percent": 100.0,
    }


async def test_an_item_is_told_with_its_task(jobs: Jobs) -> None:
    task = await jobs.create(Step("a"), Step("b"))
    (first, _) = await begin(jobs)
    await jobs.told()
    await jobs.ledger.note([Note(first, 1, 4, "")])
    item, _ = (await jobs.told())[-2:]
    told = json.loads(item.data)
    assert (told["task_id"], told["item_id"], told["status"]) == (task.task_id, first.item_id, "running")
    assert (told["done"], told["total"], told["percent"], told["total_items"]) == (1, 4, 12.5, 2)


async def test_many_changes_at_once_are_two_events(jobs: Jobs) -> None:
    # Given thirty items that end before anybody tells of them
    await jobs.create(*(Step(str(number)) for number in range(30)))
    before = await jobs.told()
    for claim in await begin(jobs):
        await jobs.ledger.finish(claim, DONE, 0)
    # When they are told, then as one of the items and one of the task
    item, task = await jobs.told(before[-1].event_id)
    assert (item.name, task.name) == ("item.updated", "task.completed")
    assert len(json.loads(item.data)["items"]) == 30


async def test_a_running_task_has_at_most_five_events_a_second(jobs: Jobs, stage: Stage) -> None:
    # Given a publisher that runs, and a task with much to tell
    naps: list[float] = []
    task = await jobs.create(Step("a", hold=True))
    (claim,) = await begin(jobs)
    publishing = asyncio.create_task(jobs.publisher.run())
    # When it changes all the time, for a second or what a busy machine needs for twenty changes
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    while loop.time() < began_s + 1 or len(naps) <= 20:
        await jobs.ledger.note([Note(claim, len(naps), 1000, "")])
        naps.append(0)
    took_s = loop.time() - began_s
    publishing.cancel()
    await asyncio.wait([publishing])
    # Then it was told a few times (and once as created), and the newest is not lost
    events = await jobs.told()
    assert len(events) <= 2 + 2 * (1 + took_s / MERGE_S) + 2
    assert payloads(events, "item.updated")[-1]["done"] == len(naps) - 1
    assert task.task_id == payloads(events, "task.created")[0]["task_id"]


async def test_what_happens_below_is_told_of_the_tasks_above(jobs: Jobs, stage: Stage) -> None:
    task = await jobs.create(Step("top", children=((Step("x"), Step("held", hold=True)),)))
    await jobs.told()
    async with jobs.worker():
        await eventually(lambda: "held" in stage.begun and "x" in stage.ended)
        await jobs.until(task.task_id, lambda task: task.percent > 50)
        told = [each for each in payloads(await jobs.told(), "task.updated") if each["task_id"] == task.task_id]
        stage.let_go.set()
        await jobs.end(task)
    assert told[-1]["percent"] > 50
    assert told[-1]["completed_items"] == 0


async def test_a_cancel_is_told_for_each_task_of_the_tree(jobs: Jobs, stage: Stage) -> None:
    task = await jobs.create(Step("top", children=((Step("held", hold=True),),)))
    async with jobs.worker():
        await eventually(lambda: "held" in stage.begun)
        await jobs.service.cancel(task.task_id)
    canceled = payloads(await jobs.told(), "task.canceled")
    assert sorted(each["task_id"] for each in canceled) == [task.task_id, task.task_id + 1]


async def test_what_was_not_told_before_a_crash_is_told_after_it(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a publisher that dies after its event, and before it has taken note of that
    await jobs.create(Step("a"))

    async def dies(_: object) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as patch:
        patch.setattr(jobs.publisher._ledger, "told", dies)
        with pytest.raises(ConnectionResetError):
            await jobs.publisher.publish()
    # Then the next one tells it again, and once
    names = [event.name for event in await jobs.told()]
    assert names == ["task.created", "task.created"]
    assert not await jobs.publisher.publish()


async def test_a_publisher_hears_of_a_change_at_once(jobs: Jobs) -> None:
    publishing = asyncio.create_task(jobs.publisher.run())
    follower = RedisEventLog(jobs.parts.redis).bells()
    try:
        async with asyncio.timeout(4):
            assert await anext(follower) is None
            for _ in range(2):
                await jobs.create(type_name="steps")
                assert await anext(follower) == TASKS
    finally:
        publishing.cancel()
        await asyncio.wait([publishing])
        await follower.aclose()


changes = st.lists(
    st.builds(
        Change,
        st.just(0),
        st.integers(1, 3).map(TaskId),
        st.one_of(st.none(), st.integers(1, 5).map(TaskItemId)),
        st.sampled_from([name for name in EVENTS if name.startswith("task.")]),
    )
)


@given(changes)
def test_merging_loses_nothing(told: list[Change]) -> None:
    by_task = {each.task_id: each for each in merged(told)}
    assert list(by_task) == list(dict.fromkeys(change.task_id for change in told))
    for task_id, each in by_task.items():
        items = [change.item_id for change in told if change.task_id == task_id and change.item_id is not None]
        assert sorted(each.item_ids) == sorted(set(items))
        assert not items or each.item_ids[-1] == items[-1]
        names: set[EventName] = {change.name for change in told if change.task_id == task_id and change.item_id is None}
        ends = names & {"task.completed", "task.canceled"}
        assert (each.created, each.updated, each.end is not None) == (
            "task.created" in names,
            "task.updated" in names,
            bool(ends),
        )

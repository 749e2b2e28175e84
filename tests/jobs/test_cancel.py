"""Canceling: the whole tree, at once for what waits, within two seconds for what runs, and never what is final."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert

from api_queue.clients.programs import lives
from api_queue.drivers.sql import writing
from api_queue.errors import TaskEnded, UnknownTask
from api_queue.jobs import tables, worker
from api_queue.jobs.models import Claim, Outcome, TaskFilter, TaskId, TaskItemId
from api_queue.jobs.worker import LOOK_S
from tests.jobs.house import Jobs, eventually
from tests.jobs.types import Program, Stage, Step
from tests.live import Watch

RACES = 1000


async def test_what_waits_is_canceled_at_once_and_never_begins(jobs: Jobs, stage: Stage) -> None:
    # Given a task that waits
    task = await jobs.create(Step("a"), Step("b"))
    # When it is canceled
    task = await jobs.service.cancel(task.task_id)
    # Then so are its items
    assert (task.status, task.canceled_items, await jobs.statuses(task)) == ("canceled", 2, ["canceled"] * 2)
    # And a worker that gets their messages does nothing with them
    after = await jobs.create(Step("after"))
    async with jobs.worker():
        await jobs.end(after)
    assert stage.begun == ["after"]
    assert (await jobs.service.task(task.task_id)).status == "canceled"


async def test_what_runs_is_told_to_end_within_two_seconds(
    jobs: Jobs, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a worker that looks no more often than it does at work
    monkeypatch.setattr(worker, "LOOK_S", LOOK_S)
    task = await jobs.create(Step("held", hold=True), Step("b"), concurrency=1)
    async with jobs.worker():
        await eventually(lambda: stage.begun)
        watch = Watch()
        await jobs.service.cancel(task.task_id)
        await eventually(lambda: stage.ended)
        assert watch.seconds < 2
        # And the worker is free for others
        assert (await jobs.end(await jobs.create(Step("after")))).status == "completed"
    assert (stage.told_to_end, stage.begun) == (["held"], ["held", "after"])


async def test_a_late_result_is_kept_and_changes_no_status(jobs: Jobs, stage: Stage) -> None:
    # Given a run that answers although it was told to end
    stage.stubborn = True
    task = await jobs.create(Step("held", hold=True))
    async with jobs.worker():
        await eventually(lambda: stage.begun)
        await jobs.service.cancel(task.task_id)
        await eventually(lambda: stage.ended)
    (item,) = await jobs.items(task)
    assert (item.status, item.result) == ("canceled", "late")
    assert (await jobs.service.task(task.task_id)).status == "canceled"


async def test_a_program_that_it_runs_is_killed(jobs: Jobs, tmp_path: Path) -> None:
    # Given a run that waits for a program
    pid_file = tmp_path / "pid"
    task, _ = await jobs.service.create("programs", [Program(str(pid_file))])
    async with jobs.worker():
        await eventually(lambda: pid_file.exists() and pid_file.read_text())
        # When its task is canceled
        await jobs.service.cancel(task.task_id)
        # Then the program is gone
        pid = int(pid_file.read_text())
        await eventually(lambda: not lives(pid))


async def test_the_whole_tree_below_is_canceled(jobs: Jobs, stage: Stage) -> None:
    # Given a task whose item has started one that runs, and waits for it
    task = await jobs.create(Step("top", children=((Step("held", hold=True), Step("low")),)), Step("last"))
    async with jobs.worker():
        await eventually(lambda: "held" in stage.begun)
        # When the one on top is canceled
        await jobs.service.cancel(task.task_id)
        await eventually(lambda: "held" in stage.told_to_end)
    # Then everything live below is, too
    detail = await jobs.service.detail(task.task_id, 10)
    assert [detail.task.status, *(child.status for child in detail.children)] == ["canceled", "canceled"]
    assert "canceled" in await jobs.statuses(detail.children[0])


async def test_a_part_of_a_tree_may_be_canceled(jobs: Jobs, stage: Stage) -> None:
    task = await jobs.create(Step("top", children=((Step("held", hold=True),),)), Step("last"))
    async with jobs.worker():
        await eventually(lambda: "held" in stage.begun)
        (child,) = (await jobs.service.detail(task.task_id, 10)).children
        await jobs.service.cancel(child.task_id)
        task = await jobs.end(task)
    assert (task.status, await jobs.statuses(task)) == ("completed", ["canceled", "completed"])


async def test_a_final_task_is_not_canceled(jobs: Jobs) -> None:
    task = await jobs.create()
    with pytest.raises(TaskEnded, match="completed already"):
        await jobs.service.cancel(task.task_id)
    assert await jobs.service.task(task.task_id) == task


async def test_a_task_that_is_none_is_not_canceled(jobs: Jobs) -> None:
    with pytest.raises(UnknownTask):
        await jobs.service.cancel(TaskId(99))


async def test_a_cancel_that_races_the_end_leaves_one_truth(jobs: Jobs) -> None:
    """A thousand times: whichever is first, the status is told by one of them, and the result is kept."""
    # Given a thousand tasks with a running item each
    await running_tasks(jobs, RACES)
    first = Random(7)
    for number in range(RACES):
        # When it ends just as its task is canceled
        both: list[Coroutine[Any, Any, object]] = [
            ending(jobs, number),
            jobs.parts.task_store.cancel(TaskId(number), 0),
        ]
        first.shuffle(both)
        await asyncio.gather(*both)
    # Then item, counts and task agree
    _, tasks = await jobs.service.tasks(TaskFilter(limit=None))
    items = {
        item.task_id: item for item in await jobs.parts.task_store.items_by_id([TaskItemId(n) for n in range(RACES)])
    }
    for task in tasks:
        item = items[task.task_id]
        assert task.status == item.status
        assert (task.completed_items, task.canceled_items) == ((1, 0) if task.status == "completed" else (0, 1))
        assert item.result == item.item_id
    # And each of them was first now and then
    assert {task.status for task in tasks} == {"completed", "canceled"}


async def ending(jobs: Jobs, number: int) -> object:
    outcome = Outcome(status="completed", result=number)
    return await jobs.ledger.finish(Claim(TaskItemId(number), f"receipt-{number}"), outcome, 0)


async def running_tasks(jobs: Jobs, count: int) -> None:
    """Each with one item, both numbered from 0."""
    task = {"type": "steps", "status": "running", "created_by": "system", "created_at": 0, "meta": "{}"}
    item = {"status": "running", "number": 0, "payload": "{}", "created_at": 0, "sending": 1}
    async with writing(jobs.parts.engine) as connection:
        rows = [{**task, "task_id": n, "root_id": n, "total_items": 1} for n in range(count)]
        await connection.execute(insert(tables.tasks), rows)
        rows = [{**item, "item_id": n, "task_id": n, "receipt": f"receipt-{n}"} for n in range(count)]
        await connection.execute(insert(tables.items), rows)

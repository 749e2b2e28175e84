"""Tasks that are paused: what runs goes on, what waits waits, and nothing is lost."""

import pytest

from api_queue.errors import TaskEnded, UnknownTask
from api_queue.jobs.models import TaskId, TaskItemId
from tests.jobs.house import Jobs, eventually
from tests.jobs.types import Stage, Step


async def test_no_item_of_a_paused_task_begins_until_it_goes_on(jobs: Jobs, stage: Stage) -> None:
    # Given a task that was paused before anybody worked on it, and another one
    task = await jobs.create(Step("a"), Step("b"))
    assert (await jobs.service.pause(task.task_id)).paused
    other = await jobs.create(Step("other"))
    async with jobs.worker():
        # When a worker has done all that there is to do
        await jobs.end(other)
        await eventually(lambda: stage.ended == ["other"])
        assert await jobs.statuses(task) == ["queued", "queued"]
        # Then the task goes on when it may
        assert not (await jobs.service.resume(task.task_id)).paused
        task = await jobs.end(task)
    assert (task.status, stage.begun[0], {*stage.begun}) == ("completed", "other", {"other", "a", "b"})


async def test_what_runs_goes_on_and_the_next_item_waits(jobs: Jobs, stage: Stage) -> None:
    task = await jobs.create(Step("a", hold=True), Step("b"), concurrency=1)
    async with jobs.worker():
        await eventually(lambda: stage.begun == ["a"])
        # When it is paused, and what runs comes to its end
        await jobs.service.pause(task.task_id)
        stage.let_go.set()
        task = await jobs.until(task.task_id, lambda task: task.completed_items == 1)
        # Then the next one was sent to nobody
        assert (task.status, await jobs.statuses(task)) == ("running", ["completed", "queued"])
        assert await jobs.ledger.sent(TaskItemId(0), 10) == []
        await jobs.service.resume(task.task_id)
        assert (await jobs.end(task)).status == "completed"


async def test_the_sweep_leaves_a_paused_task_alone(jobs: Jobs) -> None:
    # Given a paused task whose messages were taken, and dropped
    task = await jobs.create(Step("a"))
    await jobs.service.pause(task.task_id)
    ((delivery, receipt),) = await jobs.deliveries()
    assert await jobs.ledger.claim(delivery, receipt, 0) is None
    await jobs.parts.courier.delete("steps", receipt)
    # When what has no message is looked for
    await jobs.sweep.sweep()
    assert await jobs.deliveries() == []
    # Then it has one again when it goes on
    await jobs.service.resume(task.task_id)
    assert [found.item_id for found, _ in await jobs.deliveries()] == [delivery.item_id]


async def test_an_item_whose_worker_died_meanwhile_waits_as_well(jobs: Jobs) -> None:
    task = await jobs.create(Step("a"), concurrency=1)
    ((delivery, receipt),) = await jobs.deliveries()
    assert await jobs.ledger.claim(delivery, receipt, 0)
    await jobs.service.pause(task.task_id)
    # When its message is gone with its worker, and the sweep sends it again
    await jobs.parts.courier.delete("steps", receipt)
    await jobs.sweep.sweep()
    ((again, new_receipt),) = await jobs.deliveries()
    # Then nobody begins it before the task goes on
    assert await jobs.ledger.claim(again, new_receipt, 0) is None
    await jobs.service.resume(task.task_id)
    async with jobs.worker():
        assert (await jobs.end(task)).status == "completed"


async def test_a_paused_task_can_be_canceled(jobs: Jobs) -> None:
    task = await jobs.create(Step("a"), Step("b"))
    await jobs.service.pause(task.task_id)
    assert (await jobs.service.cancel(task.task_id)).status == "canceled"
    with pytest.raises(TaskEnded):
        await jobs.service.resume(task.task_id)


async def test_twice_is_as_once(jobs: Jobs) -> None:
    task = await jobs.create(Step("a"))
    await jobs.service.pause(task.task_id)
    assert (await jobs.service.pause(task.task_id)).paused
    await jobs.service.resume(task.task_id)
    assert not (await jobs.service.resume(task.task_id)).paused
    ((_, receipt), *more) = await jobs.deliveries()
    assert (receipt != "", len(more)) == (True, 1)  # the first message is void, the second counts


async def test_a_task_that_is_not_there_cannot_be_paused(jobs: Jobs) -> None:
    with pytest.raises(UnknownTask):
        await jobs.service.pause(TaskId(99))


async def test_a_task_that_may_be_there_but_once_is_joined_also_when_it_has_ended(jobs: Jobs) -> None:
    first, _ = await jobs.service.create("steps", [Step("a")], key="night@1", once=True)
    await jobs.service.cancel(first.task_id)
    again, is_new = await jobs.service.create("steps", [Step("a")], key="night@1", once=True)
    assert (again.task_id, is_new) == (first.task_id, False)
    # Others of this key come anew
    assert (await jobs.service.create("steps", [Step("a")], key="night@1"))[1]

"""What a worker makes of items: results, failures, retries, more items, child tasks."""

from api_queue.jobs.models import Claim, Outcome
from tests.jobs.house import Jobs, eventually
from tests.jobs.types import Stage, Step


async def test_a_task_is_completed_with_the_results_of_its_items(jobs: Jobs) -> None:
    # Given a task with three items, one of which says something
    task = await jobs.create(Step("a"), Step("b", log="hello"), Step("c"))
    assert (task.status, task.total_items) == ("queued", 3)
    # When a worker runs
    async with jobs.worker():
        task = await jobs.end(task)
    # Then all is done, and each item says what came of it
    assert (task.status, task.completed_items, task.percent) == ("completed", 3, 100.0)
    items = await jobs.items(task)
    assert [item.result for item in items] == [{"did": "a"}, {"did": "b"}, {"did": "c"}]
    assert "hello" in (await jobs.service.item(task.task_id, items[1].item_id)).log


async def test_one_failed_item_fails_the_task_and_stops_no_other(jobs: Jobs) -> None:
    task = await jobs.create(Step("a"), Step("b", fail="no such file"), Step("c"))
    async with jobs.worker():
        task = await jobs.end(task)
    assert (task.status, task.completed_items, task.failed_items) == ("failed", 2, 1)
    assert (await jobs.items(task))[1].error == "ValueError: no such file"


async def test_a_passing_error_is_tried_again(jobs: Jobs, stage: Stage) -> None:
    # Given an item that breaks once
    task = await jobs.create(Step("a", passing=1))
    async with jobs.worker():
        # When its pause is over
        await jobs.queued_again(task, 1)
        jobs.clock.forward_s(10)
        task = await jobs.end(task)
    # Then it succeeds, and says how often it was begun
    assert task.status == "completed"
    (item,) = await jobs.items(task)
    assert (item.attempts, stage.attempts) == (2, [1, 2])


async def test_a_passing_error_that_does_not_pass_fails_the_item(jobs: Jobs, stage: Stage) -> None:
    task = await jobs.create(Step("a", passing=99))
    async with jobs.worker():
        for attempts in (1, 2):
            await jobs.queued_again(task, attempts)
            jobs.clock.forward_s(600)
        task = await jobs.end(task)
    assert (task.status, stage.attempts) == ("failed", [1, 2, 3])


async def test_items_may_be_added_while_it_runs(jobs: Jobs, stage: Stage) -> None:
    task = await jobs.create(Step("a", add=("b", "c")))
    async with jobs.worker():
        task = await jobs.end(task)
    assert (task.status, task.total_items, stage.begun) == ("completed", 3, ["a", "b", "c"])


async def test_the_closing_item_runs_when_all_others_are_final(jobs: Jobs, stage: Stage) -> None:
    task = await jobs.create(Step("a", add=("b",)), Step("c", fail="broken"), type_name="closed")
    async with jobs.worker():
        task = await jobs.end(task)
    assert (task.status, task.completed_items, task.failed_items) == ("failed", 3, 1)
    assert (stage.begun[-1], sorted(stage.begun)) == ("closing", ["a", "b", "c", "closing"])


async def test_all_is_not_done_while_the_closing_item_waits(jobs: Jobs) -> None:
    # Given a task all of whose items are done, but for the one that closes it
    task = await jobs.create(Step("a"), type_name="closed")
    ((delivery, receipt),) = await jobs.deliveries("closed")
    item = await jobs.ledger.claim(delivery, receipt, 0)
    assert item
    await jobs.ledger.finish(Claim(item.item_id, receipt), Outcome(status="completed"), 0)
    # Then it is half done
    task = await jobs.service.task(task.task_id)
    assert (task.status, task.total_items, task.percent) == ("running", 2, 50.0)
    # And a task that is tried again has its closing item once
    await jobs.service.cancel(task.task_id)
    again = await jobs.service.retry(task.task_id)
    assert (again.status, again.total_items, again.retry_of) == ("queued", 1, task.task_id)
    async with jobs.worker():
        again = await jobs.end(again)
    assert (again.status, again.total_items) == ("completed", 1)


async def test_a_task_without_items_is_completed_at_once(jobs: Jobs) -> None:
    task = await jobs.create()
    assert (task.status, task.percent, task.finished_at is not None) == ("completed", 100.0, True)


async def test_no_more_items_run_at_once_than_the_task_allows(jobs: Jobs, stage: Stage) -> None:
    task = await jobs.create(*(Step(str(number), sleep_s=0.01) for number in range(6)), concurrency=1)
    async with jobs.worker(), jobs.worker():
        await jobs.end(task)
    assert (stage.most_at_once, stage.begun) == (1, list("012345"))


async def test_an_item_is_over_when_its_child_tasks_are(jobs: Jobs, stage: Stage) -> None:
    # Given an item that starts two tasks, one of which is held
    task = await jobs.create(Step("top", children=((Step("x"), Step("y")), (Step("held", hold=True),))))
    async with jobs.worker():
        await eventually(lambda: {"x", "y"} <= set(stage.ended) and "held" in stage.begun)
        # Then its own item runs on, and progress has come up from below
        task = await jobs.until(task.task_id, lambda task: task.percent > 50)
        assert (task.status, await jobs.statuses(task)) == ("running", ["running"])
        # When the last of them ends, then so do the item and its task
        stage.let_go.set()
        task = await jobs.end(task)
    assert (task.status, task.percent) == ("completed", 100.0)
    children = (await jobs.service.detail(task.task_id, 10)).children
    assert [(child.status, child.parent_task_id) for child in children] == [("completed", task.task_id)] * 2


async def test_a_failure_far_below_fails_all_above(jobs: Jobs) -> None:
    below = Step("middle", children=((Step("low", fail="broken"), Step("fine")),))
    task = await jobs.create(Step("top", children=((below,),)), Step("beside"))
    async with jobs.worker():
        task = await jobs.end(task)
    assert (task.status, task.completed_items, task.failed_items) == ("failed", 1, 1)
    assert (await jobs.items(task))[0].error == "A task that it started has failed."


async def test_child_tasks_without_items_keep_nobody_waiting(jobs: Jobs) -> None:
    task = await jobs.create(Step("top", children=((), ())))
    async with jobs.worker():
        task = await jobs.end(task)
    assert (task.status, task.completed_items) == ("completed", 1)

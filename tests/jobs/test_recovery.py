"""What a crash leaves behind: nothing stuck, nothing lost, nothing done again, and a late worker changes nothing."""

import asyncio
from typing import Any

import pytest

from api_queue.jobs import worker
from api_queue.jobs.delivery import Courier
from api_queue.jobs.ledger import SqlLedger
from api_queue.jobs.models import Claim, Delivery, Note, Outcome, TaskItem, TaskItemId
from api_queue.jobs.upkeep import KEPT_MS
from api_queue.jobs.worker import ERROR_MOST
from api_queue.types import Receipt
from tests.jobs.house import Jobs, eventually
from tests.jobs.types import Stage, Step

DONE = Outcome(status="completed", result="mine")


async def claimed(jobs: Jobs, receipt: str | None = None) -> tuple[Delivery, Claim, TaskItem]:
    """By a worker that is never heard of again."""
    ((delivery, by_message),) = await jobs.deliveries()
    item = await jobs.ledger.claim(delivery, receipt or by_message, jobs.clock.now_ms())
    assert item
    return delivery, Claim(item.item_id, receipt or by_message), item


async def test_the_item_of_a_dead_worker_is_done_by_another(jobs: Jobs, stage: Stage) -> None:
    # Given a worker that died with an item
    task = await jobs.create(Step("a"))
    await claimed(jobs)
    async with jobs.worker():
        # When its time is over
        jobs.clock.forward_s(31)
        task = await jobs.end(task)
    # Then another has done it, as a second attempt
    assert (task.status, stage.attempts) == ("completed", [2])


async def test_a_late_worker_cannot_end_what_another_has(jobs: Jobs) -> None:
    # Given an item that was taken from a worker which still works on it
    task = await jobs.create(Step("a"))
    delivery, late, _ = await claimed(jobs)
    jobs.clock.forward_s(31)
    _, newer, _ = await claimed(jobs)
    # When the late one comes with its result, more items, a progress
    more = Outcome(status="failed", error="late", payloads=[{}])
    assert await jobs.ledger.finish(late, more, 0) == []
    assert await jobs.ledger.give_back(late) == []
    await jobs.ledger.note([Note(late, 1, 2, "late\n")])
    # Then nothing has changed, and it knows
    assert (await jobs.statuses(task), (await jobs.service.task(task.task_id)).total_items) == (["running"], 1)
    assert await jobs.ledger.held([late, newer]) == {newer}
    # And the newer one ends it
    await jobs.ledger.finish(newer, DONE, 0)
    assert (await jobs.end(task)).status == "completed"
    assert (await jobs.service.item(task.task_id, delivery.item_id)).log == ""


async def test_what_is_final_is_not_begun_again(jobs: Jobs, stage: Stage) -> None:
    # Given an item that ended, whose message stayed
    task = await jobs.create(Step("a"))
    _, claim, _ = await claimed(jobs)
    await jobs.ledger.finish(claim, DONE, 0)
    # When the message comes again, then it is dropped
    async with jobs.worker():
        jobs.clock.forward_s(31)
        await jobs.end(await jobs.create(Step("after")))
    assert stage.begun == ["after"]
    assert await jobs.deliveries() == []
    assert (await jobs.service.task(task.task_id)).status == "completed"


async def test_an_item_at_which_workers_die_is_given_up(jobs: Jobs, stage: Stage) -> None:
    task = await jobs.create(Step("deadly"))
    for _ in range(3):
        await claimed(jobs)
        jobs.clock.forward_s(31)
    async with jobs.worker():
        task = await jobs.end(task)
    assert (task.status, stage.begun) == ("failed", [])
    assert (await jobs.items(task))[0].error == "Its worker died, 3 times in a row."


async def test_a_sweep_sends_what_was_never_sent(jobs: Jobs) -> None:
    # Given a server that died between the row and its message
    new = jobs.parts.types["steps"].task([Step("a")])
    task_id, _, _ = await jobs.parts.task_store.create(new, jobs.clock.now_ms())
    assert await jobs.deliveries() == []
    # When the house is swept, twice
    await jobs.sweep.sweep()
    await jobs.sweep.sweep()
    # Then it has one message
    assert [delivery.task_id for delivery, _ in await jobs.deliveries()] == [task_id]


async def test_a_redis_that_lost_everything_loses_no_item(jobs: Jobs, stage: Stage) -> None:
    # Given an item that runs, and one that waits
    task = await jobs.create(Step("runs", hold=True), Step("waits"), concurrency=1)
    async with jobs.worker():
        await eventually(lambda: stage.begun)
        # When Redis comes back with nothing in it
        await jobs.parts.redis.call("FLUSHALL")
        await jobs.sweep.sweep()
        # Then the one that held it gives up, and both are done
        await eventually(lambda: stage.told_to_end == ["runs"])
        stage.let_go.set()
        task = await jobs.end(task)
    assert (task.status, stage.begun) == ("completed", ["runs", "runs", "waits"])


async def test_a_sweep_leaves_alone_what_is_in_good_hands(jobs: Jobs) -> None:
    task = await jobs.create(Step("a"), Step("b"))
    before = await jobs.deliveries()
    await jobs.ledger.claim(before[0][0], before[0][1], jobs.clock.now_ms())
    await jobs.sweep.sweep()
    assert await jobs.deliveries() == []
    assert await jobs.statuses(task) == ["running", "queued"]


async def test_a_worker_that_ends_gives_its_items_back_at_once(jobs: Jobs, stage: Stage) -> None:
    # Given a worker with an item
    task = await jobs.create(Step("a", hold=True))
    async with jobs.worker():
        await eventually(lambda: stage.begun)
    # When it has ended, then the item waits again, for anybody, and that was no attempt
    (item,) = await jobs.items(task)
    assert (item.status, item.attempts, stage.told_to_end) == ("queued", 0, ["a"])
    stage.let_go.set()
    async with jobs.worker():
        assert (await jobs.end(task)).status == "completed"


async def test_a_long_item_stays_with_its_worker(jobs: Jobs, stage: Stage) -> None:
    """Its message is kept from the others while it works."""
    task = await jobs.create(Step("long", hold=True))
    async with jobs.worker(keep_s=0.05):
        await eventually(lambda: stage.begun)
        for _ in range(4):
            jobs.clock.forward_s(20)
            await asyncio.sleep(0.2)
        stage.let_go.set()
        await jobs.end(task)
    assert stage.begun == ["long"]


async def test_what_ended_long_ago_is_removed(jobs: Jobs) -> None:
    # Given a task that ended, and one that lives
    old = await jobs.create(Step("a", children=((),)))
    async with jobs.worker():
        await jobs.end(old)
    live = await jobs.create(Step("b"))
    # When thirty days have gone by
    jobs.clock.forward_s(KEPT_MS / 1000 + 1)
    await jobs.sweep.sweep()
    # Then only that one is left
    _, left = await jobs.service.tasks(jobs.everything)
    assert [task.task_id for task in left] == [live.task_id]
    assert await jobs.parts.task_store.items_by_id([TaskItemId(1), TaskItemId(2)]) == await jobs.items(live)


@pytest.mark.parametrize("field", ["number", "item"])
async def test_a_message_that_counts_no_more_is_no_claim(jobs: Jobs, field: str) -> None:
    await jobs.create(Step("a"))
    ((delivery, receipt),) = await jobs.deliveries()
    stale = (
        Delivery(delivery.type, delivery.task_id, delivery.item_id, 7)
        if field == "number"
        else Delivery(delivery.type, delivery.task_id, TaskItemId(99), 1)
    )
    assert await jobs.ledger.claim(stale, receipt, 0) is None


async def test_a_worker_outlives_a_fault_while_it_receives(
    jobs: Jobs, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a worker whose first look for messages breaks
    receive = Courier.receive
    breaks = iter([True])

    async def breaking(courier: Courier, type_name: str, wait_s: float) -> tuple[Delivery, Receipt] | None:
        if next(breaks, False):
            raise ZeroDivisionError
        return await receive(courier, type_name, wait_s)

    monkeypatch.setattr(Courier, "receive", breaking)
    monkeypatch.setattr(worker, "RETRY_S", 0.05)
    # Then it goes on
    task = await jobs.create(Step("a"))
    async with jobs.worker():
        assert (await jobs.end(task)).status == "completed"
    assert next(breaks, None) is None
    assert stage.begun == ["a"]


async def test_an_item_that_came_as_the_worker_ended_is_given_back(
    jobs: Jobs, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a worker that is told to end while it takes an item
    claim, taking, ending = SqlLedger.claim, asyncio.Event(), asyncio.Event()

    async def slow(ledger: SqlLedger, *args: Any) -> TaskItem | None:
        taking.set()
        await ending.wait()
        return await claim(ledger, *args)

    monkeypatch.setattr(SqlLedger, "claim", slow)
    task = await jobs.create(Step("long", hold=True))
    async with jobs.worker():
        await taking.wait()
        asyncio.get_running_loop().call_later(0.05, ending.set)
    # Then it ends at once, and the item waits again
    assert stage.begun == []
    assert [(item.status, item.attempts) for item in await jobs.items(task)] == [("queued", 0)]


async def test_a_result_that_cannot_be_stored_is_no_failure_of_its_item(
    jobs: Jobs, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a database that is away just as the item ends
    finish, broke = SqlLedger.finish, asyncio.Event()

    async def breaking(ledger: SqlLedger, *args: Any) -> list[Delivery]:
        if not broke.is_set():
            broke.set()
            raise OSError("database is locked")
        return await finish(ledger, *args)

    monkeypatch.setattr(SqlLedger, "finish", breaking)
    task = await jobs.create(Step("a"))
    async with jobs.worker():
        await broke.wait()
        jobs.clock.forward_s(31)
        task = await jobs.end(task)
    # Then the item is done anew
    assert (task.status, stage.attempts) == ("completed", [1, 2])


async def test_a_run_that_cancels_itself_does_not_do_so_for_ever(jobs: Jobs, stage: Stage) -> None:
    task = await jobs.create(Step("a", cancels_itself=True))
    async with jobs.worker():
        task = await jobs.end(task)
    assert (task.status, stage.attempts) == ("failed", [1, 2, 3])


async def test_a_result_that_is_no_json_fails_its_item(jobs: Jobs) -> None:
    task = await jobs.create(Step("a", answer_broken=True))
    async with jobs.worker():
        task = await jobs.end(task)
    (item,) = await jobs.items(task)
    assert (task.status, item.attempts) == ("failed", 1)
    assert "surrogates not allowed" in item.error


async def test_the_longest_error_is_cut(jobs: Jobs) -> None:
    task = await jobs.create(Step("a", fail="x" * 3000))
    async with jobs.worker():
        await jobs.end(task)
    assert len((await jobs.items(task))[0].error) == ERROR_MOST

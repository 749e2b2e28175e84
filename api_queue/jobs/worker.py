"""A worker: receives items of every type, runs them, and tells how they ended. Any number of them work at once.

An item is a worker's for as long as its message stays invisible to the others and the row holds its receipt. Both are
looked at while it runs, so a worker that was given up by the others gives up as well.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog

from api_queue.drivers.clock import Clock
from api_queue.errors import ApiQueueError
from api_queue.jobs.delivery import Courier
from api_queue.jobs.ledger import SqlLedger
from api_queue.jobs.models import Delivery, Outcome, WorkerState, pause_s
from api_queue.jobs.redis_store import RedisWorkers
from api_queue.jobs.task_types import TaskType, TaskTypes
from api_queue.jobs.work import Run
from api_queue.types import Receipt

#: How often the rows of what runs are looked at, and progress is written: a cancel is heard within this.
LOOK_S: Final = 0.5
#: How often a worker says that it lives, and what it does.
BEAT_S: Final = 1.0
#: How long one receive waits for an item, and how long the next one is put off after a fault.
WAIT_S: Final = 20.0
RETRY_S: Final = 1.0
#: Characters of an item's error, which is part of its events.
ERROR_MOST: Final = 2000

_log = structlog.get_logger()


class Worker:
    """`keep_s`: how often the others are told that an item is still worked on."""

    def __init__(
        self,
        name: str,
        types: TaskTypes,
        ledger: SqlLedger,
        courier: Courier,
        workers: RedisWorkers,
        clock: Clock,
        keep_s: float,
    ) -> None:
        self._name = name
        self._types = types
        self._ledger = ledger
        self._courier = courier
        self._workers = workers
        self._clock = clock
        self._keep_s = keep_s
        self._runs: set[Run] = set()
        self._stopping = False

    async def run(self) -> None:
        """Until it is cancelled: then every item is given back, and no message stays behind with nobody."""
        serving = [asyncio.create_task(self._serve(each), name=f"jobs-{each.name}") for each in self._types]
        since = self._clock.now_ms()
        beside = [
            asyncio.create_task(_again_and_again(LOOK_S, self._look), name="jobs-look"),
            asyncio.create_task(_again_and_again(self._keep_s, self._keep), name="jobs-keep"),
            asyncio.create_task(_again_and_again(BEAT_S, lambda: self._beat(since)), name="jobs-beat"),
        ]
        try:
            await asyncio.wait(serving)  # which, unlike gather, does not cancel what it waits for
        finally:
            await self._stop(serving, beside)

    async def _stop(self, serving: list[asyncio.Task[None]], beside: list[asyncio.Task[None]]) -> None:
        self._stopping = True
        self._courier.close()
        for task in beside:
            task.cancel()
        for run in self._runs:
            run.cancel()
        await asyncio.gather(*serving, *beside, return_exceptions=True)
        await _quietly(lambda: self._workers.leave(self._name))

    # -- one item after the other ------------------------------------------------------------------------------

    async def _serve(self, task_type: TaskType[Any]) -> None:
        """As many at once as the type allows."""
        free = asyncio.Semaphore(task_type.concurrency)
        async with asyncio.TaskGroup() as group:
            while not self._stopping:
                await free.acquire()
                received = await self._receive(task_type)
                if received is None:
                    free.release()
                    continue
                working = group.create_task(self._handle(*received), name=f"jobs-item-{received[0].item_id}")
                working.add_done_callback(lambda _: free.release())

    async def _receive(self, task_type: TaskType[Any]) -> tuple[Delivery, Receipt] | None:
        try:
            return await self._courier.receive(task_type.name, WAIT_S)
        except ApiQueueError as error:
            _log.debug("receiving paused", reason=error.detail)
        except Exception:
            _log.exception("receiving failed", type=task_type.name)
        await asyncio.sleep(RETRY_S)
        return None

    async def _handle(self, delivery: Delivery, receipt: Receipt) -> None:
        """After a fault of the database the message comes back by itself, and the item is tried anew."""
        if self._stopping:
            await self._courier.hand_back(delivery.type, receipt)
            return
        try:
            await self._work(delivery, receipt)
        except Exception:
            _log.exception("an item was dropped, and will come back", item_id=delivery.item_id)

    async def _work(self, delivery: Delivery, receipt: Receipt) -> None:
        item = await self._ledger.claim(delivery, receipt, self._clock.now_ms())
        if item is not None:
            run = Run(self._types, delivery, receipt, item, self._clock)
            self._runs.add(run)
            if self._stopping:
                run.cancel()
            try:
                await self._courier.send(await self._attempt(run))
            finally:
                self._runs.discard(run)
        await self._courier.delete(delivery.type, receipt)

    async def _attempt(self, run: Run) -> list[Delivery]:
        """What is to be sent after it."""
        if run.attempt > run.type.attempts:
            times = run.type.attempts
            return await self._finish(run, Outcome(status="failed", error=f"Its worker died, {times} times in a row."))
        try:
            outcome = await run.outcome()
        except asyncio.CancelledError:
            return await self._ledger.give_back(run.claim, counted=not run.canceled)
        except Exception as error:
            return await self._after_error(run, error)
        return await self._finish(run, outcome)

    async def _after_error(self, run: Run, error: Exception) -> list[Delivery]:
        if run.canceled:  # whatever broke then broke over that
            return await self._ledger.give_back(run.claim, counted=False)
        if isinstance(error, run.type.transient) and run.attempt < run.type.attempts:
            run.log(f"Attempt {run.attempt} of {run.type.attempts}: {_said(error)}")
            await self._note(run)
            return await self._ledger.give_back(run.claim, delay_s=pause_s(run.attempt, random.random()))  # noqa: S311
        said, ours = _said(error), isinstance(error, ApiQueueError)  # whose sentence says all; else the trace is wanted
        _log.warning("an item failed", type=run.type.name, item_id=run.item_id, reason=said, exc_info=not ours)
        result = {"error": said, "code": error.code} if isinstance(error, ApiQueueError) else None
        return await self._finish(run, Outcome(status="failed", error=said, result=result))

    async def _finish(self, run: Run, outcome: Outcome) -> list[Delivery]:
        await self._note(run)
        return await self._ledger.finish(run.claim, outcome, self._clock.now_ms())

    # -- beside them -------------------------------------------------------------------------------------------

    async def _look(self) -> None:
        """Ends the runs whose items are not ours any more: canceled, or another worker's."""
        runs = [run for run in self._runs if not run.canceled]
        if not runs:
            return
        held = await self._ledger.held([run.claim for run in runs])
        for run in runs:
            if run.claim not in held and run in self._runs:
                run.cancel()
        await self._note(*runs)

    async def _note(self, *runs: Run) -> None:
        notes = [note for run in runs if (note := run.take_note())]
        if notes:
            await self._ledger.note(notes)
            await self._courier.send([])

    async def _keep(self) -> None:
        for run in list(self._runs):
            if not await self._courier.keep(run.type.name, run.receipt) and run in self._runs:
                run.cancel()

    async def _beat(self, since: int) -> None:
        doing = [
            {"task_id": run.task_id, "item_id": run.item_id, "type": run.type.name, "since": run.started_at}
            for run in self._runs
        ]
        now_ms = self._clock.now_ms()
        await self._workers.say(WorkerState(worker=self._name, since=since, seen_at=now_ms, doing=doing))


async def _again_and_again(every_s: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await _quietly(work)
        await asyncio.sleep(every_s)


async def _quietly(work: Callable[[], Awaitable[None]]) -> None:
    """What is away (Redis, the database) comes back; until then the next time is soon."""
    try:
        await work()
    except ApiQueueError as error:
        _log.debug("looking after items paused", reason=error.detail)
    except Exception:
        _log.exception("looking after items failed")


def _said(error: Exception) -> str:
    said = error.detail if isinstance(error, ApiQueueError) else f"{type(error).__name__}: {error}"
    return said[:ERROR_MOST]

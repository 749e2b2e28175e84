"""What one of all workers does for all: tells of changes, sends again what has no message, removes what is old."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog

from api_queue.drivers.clock import Clock
from api_queue.errors import ApiQueueError
from api_queue.jobs import wire
from api_queue.jobs.delivery import CHANGED, Courier
from api_queue.jobs.ledger import SqlLedger
from api_queue.jobs.models import Change, Delivery, Sent, Task, TaskId, TaskItem, TaskItemId
from api_queue.jobs.redis_store import RedisTaskEvents, RedisWorkers
from api_queue.jobs.store import SqlTasks
from api_queue.messages.models import Bell
from api_queue.types import EventName

#: Changes that come within this are told of together: at most two events of a running task each time, so four a second.
MERGE_S: Final = 0.5
#: How late a change is told when its bell went unheard.
IDLE_S: Final = 5.0
SWEEP_S: Final = 30.0
RETRY_S: Final = 1.0
#: How long finished tasks are kept.
KEPT_MS: Final = 30 * 24 * 3_600_000
#: Changes, and rows of a sweep, that are looked at together.
PAGE: Final = 1000

_log = structlog.get_logger()


@dataclass(slots=True)
class Told:
    """What is to be told of one task. `end`: how it ended, if it did; `updated`: something else changed in it."""

    task_id: TaskId
    created: bool = False
    updated: bool = False
    end: EventName | None = None
    item_ids: list[TaskItemId] = field(default_factory=list)


def merged(changes: Sequence[Change]) -> list[Told]:
    """One for each task, in the order in which they first changed; each item once, the latest at the end."""
    by_task: dict[TaskId, Told] = {}
    for change in changes:
        told = by_task.setdefault(change.task_id, Told(change.task_id))
        if change.item_id is not None:
            told.item_ids = [*(known for known in told.item_ids if known != change.item_id), change.item_id]
        elif change.name == "task.created":
            told.created = True
        elif change.name == "task.updated":
            told.updated = True
        else:
            told.end = change.name
    return list(by_task.values())


def events_of(told: Told, task: Task, items: list[TaskItem], now_ms: int) -> list[tuple[EventName, str]]:
    """At most two, but for the first and the last of a task. All of them tell the state as it is now."""
    text = wire.task_event(task, now_ms)
    events: list[tuple[EventName, str]] = [("task.created", text)] if told.created else []
    if items:
        events.append(("item.updated", wire.item_event(task, items)))
    if told.end is not None:
        events.append((told.end, text))
    elif told.updated and not told.created:
        events.append(("task.updated", text))
    return events


class Publisher:
    """The outbox, told in order. A change is taken from it when its event stands, so it may be told twice."""

    def __init__(self, store: SqlTasks, ledger: SqlLedger, events: RedisTaskEvents, bell: Bell, clock: Clock) -> None:
        self._store = store
        self._ledger = ledger
        self._events = events
        self._bell = bell
        self._clock = clock

    async def run(self) -> None:
        while True:
            async with self._bell.listen(CHANGED) as waiter:
                if not await self._publish_quietly():
                    await waiter.wait(IDLE_S)
                    continue
            await asyncio.sleep(MERGE_S)

    async def publish(self) -> bool:
        """False: there was nothing to tell."""
        changes = await self._ledger.changes(PAGE)
        now_ms = self._clock.now_ms()
        told = [await self._events_of(each, now_ms) for each in merged(changes)]
        if None in told:  # of what is gone there is no event: all read the list anew
            await self._events.begin_anew()
        if events := [event for some in told for event in some or ()]:
            await self._events.publish(events, now_ms)
        if changes:
            await self._ledger.told(changes)
        return bool(changes)

    async def _events_of(self, told: Told, now_ms: int) -> list[tuple[EventName, str]] | None:
        """None: the task was removed."""
        task = await self._store.task(told.task_id)
        if task is None:
            return None
        found = {item.item_id: item for item in await self._store.items_by_id(told.item_ids)}
        return events_of(told, task, [found[item_id] for item_id in told.item_ids if item_id in found], now_ms)

    async def _publish_quietly(self) -> bool:
        try:
            return await self.publish()
        except ApiQueueError:
            await asyncio.sleep(RETRY_S)
        except Exception:
            _log.exception("changes of tasks could not be told")
            await asyncio.sleep(RETRY_S)
        return False


class Sweep:
    """Finds what a crash left behind."""

    def __init__(
        self, store: SqlTasks, ledger: SqlLedger, courier: Courier, workers: RedisWorkers, clock: Clock
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._courier = courier
        self._workers = workers
        self._clock = clock

    async def run(self) -> None:
        while True:
            try:
                await self.sweep()
            except ApiQueueError as error:
                _log.debug("the sweep is put off", reason=error.detail)
            except Exception:
                _log.exception("a sweep failed")
            await asyncio.sleep(SWEEP_S)

    async def sweep(self) -> None:
        await self._send_what_has_no_message()
        now_ms = self._clock.now_ms()
        await self._store.remove(now_ms - KEPT_MS)
        await self._workers.forget_the_dead(now_ms)

    async def _send_what_has_no_message(self) -> None:
        after = TaskItemId(0)
        while page := await self._ledger.sent(after, PAGE):
            after = page[-1].delivery.item_id
            for lost in await self._courier.missing(page):
                await self._courier.send(await self._again(lost))

    async def _again(self, lost: Sent) -> list[Delivery]:
        """A waiting item as it was sent before: two messages of one number are one. A running one is queued anew."""
        return [lost.delivery] if lost.claim is None else await self._ledger.give_back(lost.claim)

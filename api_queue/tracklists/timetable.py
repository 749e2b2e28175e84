"""Begins what is due by a schedule. One worker of all looks after it."""

import asyncio
from typing import Final, Protocol

import structlog
from msgspec.structs import replace

from api_queue.drivers.clock import Clock
from api_queue.errors import ApiQueueError, UnknownTask
from api_queue.jobs.models import LIVE, TaskId
from api_queue.jobs.service import JobService
from api_queue.tracklists.batches import BatchService
from api_queue.tracklists.schedules import Schedule, ScheduleStore, next_at

#: How late something may begin: the smallest unit of an expression is a minute.
LOOK_S: Final = 5.0
_log = structlog.get_logger()


class Syncs(Protocol):
    async def order(self, tracklist_id: str, by: str, *, key: str | None = None, once: bool = False) -> TaskId: ...


class Timetable:
    """Begins what is due, once: a task of the schedule and the moment, which is there but once whoever tries.

    What was missed while nobody looked is begun once, and while the task before still runs nothing is.
    """

    def __init__(
        self, store: ScheduleStore, batches: BatchService, syncs: Syncs, jobs: JobService, clock: Clock
    ) -> None:
        self._store = store
        self._batches = batches
        self._syncs = syncs
        self._jobs = jobs
        self._clock = clock

    async def run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception:
                _log.exception("what is due by a schedule begins later")
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        for schedule in await self._store.due(self._clock.now_ms()):
            task_id = schedule.task_id if await self._runs(schedule.task_id) else await self._begin(schedule)
            following = next_at(schedule.cron, self._clock.now_ms())
            advanced = replace(schedule, next_at=following, fired_at=schedule.next_at, task_id=task_id)
            await self._store.advance(advanced, schedule.next_at)

    async def _runs(self, task_id: TaskId | None) -> bool:
        try:
            return task_id is not None and (await self._jobs.task(task_id)).status in LIVE
        except UnknownTask:
            return False

    async def _begin(self, schedule: Schedule) -> TaskId | None:
        """None: it cannot be done any more, as when the address of the site was changed."""
        key = f"schedule:{schedule.schedule_id}@{schedule.next_at}"
        try:
            if schedule.batch is None:
                return await self._syncs.order(schedule.schedule_id, schedule.created_by, key=key, once=True)
            batch, _ = await self._batches.create(schedule.batch, schedule.created_by, key=key, once=True)
        except ApiQueueError as error:
            _log.warning("a schedule began nothing", schedule_id=schedule.schedule_id, reason=error.detail)
            return None
        return batch.task.task_id

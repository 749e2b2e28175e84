"""Syncs as tasks: ordered now or by a schedule, and how they stand."""

from dataclasses import dataclass
from typing import Protocol

import msgspec

from api_queue.errors import UnknownTask
from api_queue.jobs.models import LIVE, Task, TaskId
from api_queue.jobs.service import JobService
from api_queue.tracklists.schedules import Schedule, ScheduleService
from api_queue.tracklists.sync import SyncService, SyncState

TYPE = "tracklists.sync"


class SyncItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    tracklist_id: str
    created_by: str = ""


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """`task` is the last one, as long as it is kept, and `error` why it failed."""

    state: SyncState
    waiting: int
    schedule: Schedule | None
    task: Task | None
    error: str | None

    @property
    def is_live(self) -> bool:
        return self.task is not None and self.task.status in LIVE


class TaskNotes(Protocol):
    async def note_task(self, tracklist_id: str, task_id: TaskId) -> None:
        """The last one of a list."""

    async def task_of(self, tracklist_id: str) -> TaskId | None: ...


class SyncOrders:
    """Everything raises UnknownTracklist, and NoPage for a list of no page."""

    def __init__(self, jobs: JobService, sync: SyncService, notes: TaskNotes, schedules: ScheduleService) -> None:
        self._jobs = jobs
        self._sync = sync
        self._notes = notes
        self._schedules = schedules

    async def order(self, tracklist_id: str, by: str, *, key: str | None = None, once: bool = False) -> TaskId:
        """The one that runs, if there is one. Raises ForeignAddress."""
        await self._sync.address(tracklist_id)
        item = SyncItem(tracklist_id=tracklist_id, created_by=by)
        key = key or f"{TYPE}:{tracklist_id}"
        task, _ = await self._jobs.create(TYPE, [item], created_by=by or "system", key=key, once=once)
        await self._notes.note_task(tracklist_id, task.task_id)
        return task.task_id

    async def status(self, tracklist_id: str) -> SyncStatus:
        state, _, waiting = await self._sync.conflicts(tracklist_id)
        schedule = await self._schedules.of_sync(tracklist_id)
        task, error = await self._last(tracklist_id)
        return SyncStatus(state, len(waiting), schedule, task, error)

    async def schedule(self, tracklist_id: str, cron: str, by: str) -> Schedule:
        """Raises BadCronExpression, ForeignAddress."""
        await self._sync.address(tracklist_id)
        made = await self._schedules.add_sync(tracklist_id, cron, by)
        await self._sync.tell(tracklist_id, "schedule", by, {"cron_expression": cron})
        return made

    async def unschedule(self, tracklist_id: str, by: str) -> None:
        """Raises UnknownSchedule."""
        await self._sync.state(tracklist_id)
        await self._schedules.remove(tracklist_id, of_batch=False)
        await self._sync.tell(tracklist_id, "unschedule", by, {})

    async def _last(self, tracklist_id: str) -> tuple[Task | None, str | None]:
        task_id = await self._notes.task_of(tracklist_id)
        if task_id is None:
            return None, None
        try:
            detail = await self._jobs.detail(task_id, 1)
        except UnknownTask:
            return None, None
        return detail.task, detail.items[0].error or None

"""What is done again and again, by a cron expression in UTC: batches, and syncs of lists with their pages."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Protocol

import msgspec
from cronsim import CronSim, CronSimError
from msgspec.structs import replace

from api_queue.drivers.clock import Clock
from api_queue.errors import BadCronExpression, SchedulesFull, UnknownSchedule
from api_queue.jobs.models import TaskId
from api_queue.tracklists.batches import BatchOrder, BatchService, Duplicate

MOST_SCHEDULES: Final = 100
_FIELDS: Final = 5


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """Of a batch, or of the syncs of the list `tracklist_id`, whose id it has. Times are ms since 1970.

    `fired_at` is when it was last due, and `task_id` what was begun then.
    """

    schedule_id: str
    cron: str
    next_at: int
    created_at: int
    created_by: str
    batch: BatchOrder | None = None
    tracklist_id: str | None = None
    fired_at: int | None = None
    task_id: TaskId | None = None


class ScheduleStore(Protocol):
    async def put(self, schedule: Schedule) -> None:
        """In the place of one with its id."""

    async def get(self, schedule_id: str) -> Schedule | None: ...

    async def batches(self) -> Sequence[Schedule]:
        """Those of batches, the oldest first."""

    async def due(self, now_ms: int) -> Sequence[Schedule]: ...

    async def advance(self, schedule: Schedule, due_at: int) -> bool:
        """In the place of the one that was due then. False: somebody else was faster, or it is gone."""

    async def remove(self, schedule_id: str) -> bool: ...


def next_at(cron: str, after_ms: int) -> int:
    """When it is due after this moment. Raises BadCronExpression."""
    if len(cron.split()) != _FIELDS:
        raise BadCronExpression(cron=cron[:100], reason=f"it has {len(cron.split())} fields, and needs {_FIELDS}")
    try:
        moment = next(CronSim(cron, datetime.fromtimestamp(after_ms / 1000, UTC)))
    except CronSimError as error:
        raise BadCronExpression(cron=cron[:100], reason=f"{error}"[:1].lower() + f"{error}"[1:]) from None
    except StopIteration:
        raise BadCronExpression(cron=cron[:100], reason="no day is like that in the next 50 years") from None
    return round(moment.timestamp() * 1000)


class ScheduleService:
    def __init__(self, store: ScheduleStore, batches: BatchService, clock: Clock) -> None:
        self._store = store
        self._batches = batches
        self._clock = clock

    async def add_batch(self, order: BatchOrder, cron: str, by: str) -> tuple[Schedule, Sequence[Duplicate]]:
        """And the addresses that it names twice. Raises BadCronExpression, ForeignAddress, SchedulesFull."""
        urls, duplicates = self._batches.addresses(order.urls)
        schedule = self._new(f"{uuid.uuid4()}", cron, by)
        if len(await self._store.batches()) >= MOST_SCHEDULES:
            raise SchedulesFull(limit=MOST_SCHEDULES)
        schedule = replace(schedule, batch=replace(order, urls=tuple(urls)))
        await self._store.put(schedule)
        return schedule, duplicates

    async def add_sync(self, tracklist_id: str, cron: str, by: str) -> Schedule:
        """In the place of the one that it had. Raises BadCronExpression."""
        schedule = replace(self._new(tracklist_id, cron, by), tracklist_id=tracklist_id)
        await self._store.put(schedule)
        return schedule

    async def batches(self) -> Sequence[Schedule]:
        return await self._store.batches()

    async def of_sync(self, tracklist_id: str) -> Schedule | None:
        return await self._store.get(tracklist_id)

    async def remove(self, schedule_id: str, *, of_batch: bool) -> None:
        """What it has begun goes on. Raises UnknownSchedule."""
        found = await self._store.get(schedule_id)
        if found is None or (found.batch is not None) is not of_batch or not await self._store.remove(schedule_id):
            raise UnknownSchedule(schedule_id=schedule_id)

    def _new(self, schedule_id: str, cron: str, by: str) -> Schedule:
        now_ms = self._clock.now_ms()
        due_at = next_at(cron, now_ms)
        return Schedule(schedule_id=schedule_id, cron=cron, next_at=due_at, created_at=now_ms, created_by=by)

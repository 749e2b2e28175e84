"""The verbs on tasks: create, look, cancel, try again. Workers do the rest."""

from collections.abc import Mapping, Sequence

from api_queue.drivers.clock import Clock
from api_queue.errors import NothingToRetry, TaskEnded, TaskLive, UnknownTask, UnknownTaskItem
from api_queue.jobs.models import (
    FINAL,
    LIVE,
    Cleared,
    Courier,
    Delivery,
    Detail,
    Json,
    NewTask,
    Status,
    Store,
    Task,
    TaskFilter,
    TaskId,
    TaskItem,
    TaskItemId,
    Workers,
    WorkerState,
)
from api_queue.jobs.task_types import TaskTypes


class JobService:
    def __init__(self, store: Store, courier: Courier, workers: Workers, types: TaskTypes, clock: Clock) -> None:
        self._store = store
        self._courier = courier
        self._workers = workers
        self._types = types
        self._clock = clock

    # -- beginning ---------------------------------------------------------------------------------------------

    async def create(
        self,
        type_name: str,
        payloads: Sequence[object],
        *,
        created_by: str = "system",
        meta: Mapping[str, Json] | None = None,
        key: str | None = None,
        once: bool = False,
        concurrency: int | None = None,
    ) -> tuple[Task, bool]:
        """False: a live task has this key, and is the one; with `once` it may have ended. Raises UnknownTaskType,
        BadTaskItem.

        Without items a task is completed at once.
        """
        facts = {"created_by": created_by, "meta": meta or {}, "key": key, "once": once, "concurrency": concurrency}
        return await self._create(self._types[type_name].task(payloads, **facts))

    async def retry(self, task_id: TaskId, created_by: str = "system") -> Task:
        """A new one with the items that failed or were canceled. Raises UnknownTask, TaskLive, NothingToRetry."""
        task = await self.task(task_id)
        if task.status in LIVE:
            raise TaskLive(status=task.status)
        payloads = await self._store.unsuccessful(task_id)
        if not payloads:
            raise NothingToRetry
        facts = {"created_by": created_by, "meta": task.meta, "concurrency": task.concurrency, "retry_of": task_id}
        retried, _ = await self._create(self._types[task.type].again(payloads, **facts))
        return retried

    async def _create(self, new: NewTask) -> tuple[Task, bool]:
        task_id, is_new, deliveries = await self._store.create(new, self._clock.now_ms())
        await self._courier.send(deliveries)
        return await self.task(task_id), is_new

    # -- looking -----------------------------------------------------------------------------------------------

    async def task(self, task_id: TaskId) -> Task:
        task = await self._store.task(task_id)
        if task is None:
            raise UnknownTask(task_id=task_id)
        return task

    async def tasks(self, wanted: TaskFilter) -> tuple[int, list[Task]]:
        """How many there are, and a page of them, newest first; child tasks are with their parents."""
        return await self._store.tasks(wanted)

    async def detail(self, task_id: TaskId, limit: int, offset: int = 0, status: Status | None = None) -> Detail:
        """With a page of its items, of all of them or of those with this status."""
        task = await self.task(task_id)
        items = await self._store.items(task_id, limit, offset, status)
        return Detail(task, items, await self._store.children(task_id))

    async def item(self, task_id: TaskId, item_id: TaskItemId) -> TaskItem:
        item = await self._store.item(task_id, item_id)
        if item is None:
            raise UnknownTaskItem(task_id=task_id, item_id=item_id)
        return item

    async def ongoing(self) -> tuple[list[Task], dict[TaskId, TaskItem]]:
        """The running tasks, and what each of them works on, by its id."""
        _, running = await self._store.tasks(TaskFilter(status="running", limit=200))
        return running, await self._store.current_items([task.task_id for task in running])

    async def workers(self) -> list[WorkerState]:
        return await self._workers.all(self._clock.now_ms())

    # -- waiting -----------------------------------------------------------------------------------------------

    async def pause(self, task_id: TaskId) -> Task:
        """Items that run go on, the others wait. Once more changes nothing. Raises UnknownTask, TaskEnded."""
        return await self._pause(task_id, paused=True)

    async def resume(self, task_id: TaskId) -> Task:
        """Raises UnknownTask, TaskEnded."""
        return await self._pause(task_id, paused=False)

    async def _pause(self, task_id: TaskId, *, paused: bool) -> Task:
        before, deliveries = await self._store.pause(task_id, paused=paused, now_ms=self._clock.now_ms())
        return await self._told(task_id, before, deliveries)

    async def _told(self, task_id: TaskId, before: Task | None, deliveries: Sequence[Delivery]) -> Task:
        """`before`: the task as the change found it. Raises UnknownTask, TaskEnded: then nothing was changed."""
        if before is None:
            raise UnknownTask(task_id=task_id)
        if before.status in FINAL:
            raise TaskEnded(status=before.status)
        await self._courier.send(deliveries)
        return await self.task(task_id)

    # -- ending ------------------------------------------------------------------------------------------------

    async def cancel(self, task_id: TaskId) -> Task:
        """With all below it: what waits never starts, what runs is told to end. Raises UnknownTask, TaskEnded."""
        before, _, deliveries = await self._store.cancel(task_id, self._clock.now_ms())
        return await self._told(task_id, before, deliveries)

    async def cancel_all(self, created_before_ms: int) -> Cleared:
        tasks = items = 0
        for task in await self._live():
            if task.created_at <= created_before_ms:
                _, canceled, deliveries = await self._store.cancel(task.task_id, self._clock.now_ms())
                await self._courier.send(deliveries)
                tasks, items = tasks + canceled.tasks, items + canceled.items
        return Cleared(tasks, items)

    async def remove(self, finished_before_ms: int) -> Cleared:
        removed = await self._store.remove(finished_before_ms)
        await self._courier.send([])
        return removed

    async def _live(self) -> list[Task]:
        pages = [await self._store.tasks(TaskFilter(status=status, limit=None)) for status in sorted(LIVE)]
        return [task for _, page in pages for task in page]

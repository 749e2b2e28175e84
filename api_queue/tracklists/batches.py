"""Many addresses, one after the other: a batch is a task with an item for each."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import msgspec

from api_queue.drivers.clock import Clock
from api_queue.errors import UnknownBatch, UnknownTask
from api_queue.jobs.models import FINAL, Task, TaskId, TaskItem
from api_queue.jobs.service import JobService

Priority = Literal["immediate", "normal", "low"]
Template = Literal["dj_set", "festival", "podcast", "compilation"]
Status = Literal["queued", "processing", "paused", "completed", "failed", "cancelled"]

#: What an address takes at best, in seconds, as source 003 has it; the most urgent first. The site may ask for longer.
PER_URL_S: Final[Mapping[Priority, float]] = {"immediate": 3.0, "normal": 6.0, "low": 10.0}
MOST_URLS: Final = 1000


class BatchItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One address. `draft`: its list is stored as one, by `created_by`."""

    url: str
    force_refresh: bool = False
    draft: bool = False
    created_by: str = ""


class BatchOrder(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What somebody wants; `user_id`, `template` and `name` are theirs, and kept with it."""

    urls: tuple[str, ...]
    priority: Priority = "normal"
    user_id: str | None = None
    template: Template | None = None
    name: str | None = None
    force_refresh: bool = False
    draft: bool = False


class Duplicate(NamedTuple):
    """An address that was there before; places count from 1."""

    position: int
    url: str
    same_as: int


@dataclass(frozen=True, slots=True)
class Batch:
    """`items` are all of the task's, in the order of the addresses."""

    task: Task
    items: Sequence[TaskItem]

    @property
    def status(self) -> Status:
        if self.task.paused and self.task.status not in FINAL:
            return "paused"
        return _STATUS[self.task.status]

    @property
    def failed(self) -> list[TaskItem]:
        return [item for item in self.items if item.status == "failed"]

    @property
    def updated_at(self) -> int:
        """When something of it last began or ended, ms since 1970."""
        moments = [self.task.created_at, self.task.finished_at]
        moments += [moment for item in self.items for moment in (item.started_at, item.finished_at)]
        return max(moment for moment in moments if moment is not None)


_STATUS: Final[Mapping[str, Status]] = {
    "queued": "queued",
    "running": "processing",
    "completed": "completed",
    "failed": "failed",
    "canceled": "cancelled",
}


def type_of(priority: Priority) -> str:
    """A type of tasks for each priority, so that those which wait for more urgent ones are in nobody's way."""
    return f"tracklists.batch.{priority}"


def more_urgent(priority: Priority) -> list[Priority]:
    return [other for other in PER_URL_S if PER_URL_S[other] < PER_URL_S[priority]]


def distinct(urls: Sequence[str]) -> tuple[list[str], list[Duplicate]]:
    """In their order, each once; and what was left out."""
    first: dict[str, int] = {}
    duplicates = []
    for position, url in enumerate(urls, 1):
        if first.setdefault(url, position) != position:
            duplicates.append(Duplicate(position, url, first[url]))
    return list(first), duplicates


class BatchService:
    """`address` is the one spelling of a page's address, and raises ForeignAddress. `gap_s`: between two requests."""

    def __init__(
        self, jobs: JobService, address: Callable[[str], str], gap_s: Callable[[], Awaitable[float]], clock: Clock
    ) -> None:
        self._jobs = jobs
        self._address = address
        self._gap_s = gap_s
        self._clock = clock

    def addresses(self, urls: Sequence[str]) -> tuple[list[str], list[Duplicate]]:
        """Raises ForeignAddress."""
        return distinct([self._address(url) for url in urls])

    async def create(
        self, order: BatchOrder, by: str, *, key: str | None = None, once: bool = False
    ) -> tuple[Batch, list[Duplicate]]:
        """Under a key it is joined as a task is. Raises ForeignAddress."""
        urls, duplicates = self.addresses(order.urls)
        options = {"force_refresh": order.force_refresh, "draft": order.draft, "created_by": by}
        items = [BatchItem(url=url, **options) for url in urls]  # type: ignore[arg-type]  # by their names
        about = {name: getattr(order, name) for name in ("priority", "user_id", "template", "name")}
        facts = {"created_by": by or "system", "meta": about, "key": key, "once": once, "concurrency": 1}
        task, _ = await self._jobs.create(type_of(order.priority), items, **facts)  # type: ignore[arg-type]
        return await self._batch(task.task_id), duplicates

    async def ends_at(self, batch: Batch) -> int:
        """About, and if nobody else wants anything of the site."""
        each_s = max(PER_URL_S[batch.task.meta["priority"]], await self._gap_s())
        return self._clock.now_ms() + round(len(batch.items) * each_s * 1000)

    # -- later -------------------------------------------------------------------------------------------------

    async def batch(self, batch_id: TaskId) -> Batch:
        """Raises UnknownBatch, also for tasks of other types."""
        try:
            batch = await self._batch(batch_id)
        except UnknownTask:
            raise UnknownBatch(batch_id=batch_id) from None
        if batch.task.type not in map(type_of, PER_URL_S):
            raise UnknownBatch(batch_id=batch_id)
        return batch

    async def pause(self, batch_id: TaskId) -> Batch:
        """The address that is being fetched is, the others wait. Raises UnknownBatch, TaskEnded."""
        await self._jobs.pause((await self.batch(batch_id)).task.task_id)
        return await self.batch(batch_id)

    async def resume(self, batch_id: TaskId) -> Batch:
        """Raises UnknownBatch, TaskEnded."""
        await self._jobs.resume((await self.batch(batch_id)).task.task_id)
        return await self.batch(batch_id)

    async def cancel(self, batch_id: TaskId) -> Batch:
        """Raises UnknownBatch, TaskEnded."""
        await self._jobs.cancel((await self.batch(batch_id)).task.task_id)
        return await self.batch(batch_id)

    async def _batch(self, task_id: TaskId) -> Batch:
        detail = await self._jobs.detail(task_id, MOST_URLS)
        return Batch(detail.task, detail.items)

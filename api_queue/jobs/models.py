"""Tasks and their items: frozen records, the rules of their states, and what jobs need of a store.

Points in time are ms since 1970. A task is a list of items; an item may add more of them, and start tasks of its own:
tasks form trees.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NewType, Protocol

from api_queue.types import EventName

TaskId = NewType("TaskId", int)
TaskItemId = NewType("TaskItemId", int)
Status = Literal["queued", "running", "completed", "failed", "canceled"]
Json = Any
"""Whatever JSON can say."""

#: What a status may become. A task without items is completed at once; an item that is tried again is queued again.
MOVES: Final[Mapping[Status, frozenset[Status]]] = {
    "queued": frozenset({"running", "completed", "canceled"}),
    "running": frozenset({"queued", "completed", "failed", "canceled"}),
    "completed": frozenset(),
    "failed": frozenset(),
    "canceled": frozenset(),
}
FINAL: Final = frozenset(status for status, next_ones in MOVES.items() if not next_ones)
LIVE: Final = frozenset(MOVES) - FINAL

#: The pause before a second attempt, twice as long before each further one, and how long it gets at most.
FIRST_PAUSE_S: Final = 2.0
LONGEST_PAUSE_S: Final = 300.0
#: How long ago a worker that lives can have said so.
WORKER_SEEN_MS: Final = 5_000
#: Items of one task that wait for workers at a time, where the task does not say how many may run at once.
WINDOW: Final = 100


# -- records ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """`payloads` and `closing` are JSON as it is stored."""

    type: str
    payloads: Sequence[Json]
    closing: Json | None = None
    created_by: str = "system"
    meta: Mapping[str, Json] = field(default_factory=dict)
    #: A live task with the same key is joined; if it may be there only `once`, one that has ended as well.
    key: str | None = None
    once: bool = False
    #: Items that may run at once, on all workers together.
    concurrency: int | None = None
    retry_of: TaskId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    task_id: TaskId
    type: str
    status: Status
    created_by: str
    created_at: int
    started_at: int | None
    finished_at: int | None
    key: str | None
    meta: Mapping[str, Json]
    concurrency: int | None
    retry_of: TaskId | None
    #: The item that started it, and that one's task; `root_id` is its own where nobody did.
    parent_item_id: TaskItemId | None
    parent_task_id: TaskId | None
    root_id: TaskId
    total_items: int
    completed_items: int
    failed_items: int
    canceled_items: int
    #: Shares of its items that are done, those of their child tasks included; `total_items` when all is.
    work_done: float
    #: Its items wait, but for those that run already.
    paused: bool = False
    #: The largest share of all that was ever done, 0 to 1: items that are added later take nothing back.
    furthest: float

    @property
    def percent(self) -> float:
        """100 only when all of its items are final; it never goes back."""
        if self.status in {"completed", "failed"}:
            return 100.0
        return min(round(100.0 * self.furthest, 1), 99.9)

    def elapsed_s(self, now_ms: int) -> float:
        return 0.0 if self.started_at is None else max((self.finished_at or now_ms) - self.started_at, 0) / 1000

    def rate(self, now_ms: int) -> float | None:
        """Items a second; None before there is anything to go by."""
        elapsed_s = self.elapsed_s(now_ms)
        ended = self.completed_items + self.failed_items
        return round(ended / elapsed_s, 3) if elapsed_s > 0 and ended else None

    def time_left_s(self, now_ms: int) -> float | None:
        """If it goes on as it went so far; None when it is over, or there is nothing to go by."""
        if self.status != "running" or self.work_done <= 0:
            return None
        left = max(self.total_items - self.work_done, 0.0)
        return round(self.elapsed_s(now_ms) * left / self.work_done, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskItem:
    item_id: TaskItemId
    task_id: TaskId
    #: 0 for the first of the task.
    index: int
    status: Status
    payload: Json
    result: Json
    error: str
    #: How often it was begun.
    attempts: int
    started_at: int | None
    finished_at: int | None
    #: Progress within it, in units of the type's own.
    done: int
    total: int
    log: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to the workers. An item has a new `number` each time it is sent; the ones before count no more."""

    type: str
    task_id: TaskId
    item_id: TaskItemId
    number: int
    delay_s: float = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """An item that is ours to run, for as long as the row holds our receipt."""

    item_id: TaskItemId
    receipt: str


@dataclass(frozen=True, slots=True)
class Sent:
    """An item that ought to have a message, and who runs it, if somebody does."""

    delivery: Delivery
    claim: Claim | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended, and what it leaves to be done."""

    status: Status
    result: Json = None
    error: str = ""
    payloads: Sequence[Json] = ()
    #: Payloads of items that have failed within it, and why.
    failures: Sequence[tuple[Json, str]] = ()
    children: Sequence[NewTask] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """What a run has told since the last note."""

    claim: Claim
    done: int
    total: int
    lines: str


@dataclass(frozen=True, slots=True)
class Change:
    """Something to be told. `number` grows."""

    number: int
    task_id: TaskId
    item_id: TaskItemId | None
    name: EventName


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    status: Status | None = None
    type: str | None = None
    created_by: str | None = None
    #: None: no limit.
    limit: int | None = 50
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Detail:
    """A task with a page of its items, and the tasks that they started."""

    task: Task
    items: Sequence[TaskItem]
    children: Sequence[Task]


@dataclass(frozen=True, slots=True)
class Cleared:
    """How many tasks and items were canceled, or removed."""

    tasks: int
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerState:
    """What one worker does: `doing` has for each item `{task_id, item_id, type, since}`."""

    worker: str
    since: int
    seen_at: int
    doing: Sequence[Mapping[str, Json]]


# -- what jobs need of others ----------------------------------------------------------------------------------


class Store(Protocol):
    """Each change stands with what it leads to: counts, progress, the end of tasks above, and what is to be told."""

    async def task(self, task_id: TaskId) -> Task | None: ...

    async def tasks(self, wanted: TaskFilter) -> tuple[int, list[Task]]:
        """How many fit, and a page of them, newest first. Child tasks are left out: they are with their parents."""

    async def counts(self) -> dict[Status, int]:
        """Of those that are no child tasks."""

    async def children(self, task_id: TaskId) -> list[Task]:
        """Tasks that items of this one started."""

    async def items(self, task_id: TaskId, limit: int, offset: int, status: Status | None) -> list[TaskItem]:
        """In their order, without logs. None: of any status."""

    async def item(self, task_id: TaskId, item_id: TaskItemId) -> TaskItem | None: ...

    async def current_items(self, root_ids: Collection[TaskId]) -> dict[TaskId, TaskItem]:
        """The first in each of these trees that is being worked on."""

    async def unsuccessful(self, task_id: TaskId) -> list[Json]:
        """Payloads of the items that failed or were canceled."""

    async def create(self, new: NewTask, now_ms: int) -> tuple[TaskId, bool, list[Delivery]]:
        """False: there is a live one with this key, and this is it."""

    async def cancel(self, task_id: TaskId, now_ms: int) -> tuple[Task | None, Cleared, list[Delivery]]:
        """The task and all below it. As it was before: one that was final still is, and nothing changed."""

    async def pause(self, task_id: TaskId, *, paused: bool, now_ms: int) -> tuple[Task | None, list[Delivery]]:
        """Or let it go on. The task as it was before: one that was final still is, and nothing changed."""

    async def remove(self, finished_before_ms: int) -> Cleared:
        """Tasks that ended before, with all below them."""


class Courier(Protocol):
    async def send(self, deliveries: Sequence[Delivery]) -> None:
        """After the change that they come from. Whoever tells of changes is woken as well."""


class Workers(Protocol):
    async def all(self, now_ms: int) -> list[WorkerState]:
        """Those that were seen within WORKER_SEEN_MS."""


# -- rules -----------------------------------------------------------------------------------------------------


def may_become(status: Status) -> list[Status]:
    """What may become this status."""
    return sorted(before for before, next_ones in MOVES.items() if status in next_ones)


def end_of_task(failed_items: int) -> Status:
    """Of a task whose items are all final."""
    return "failed" if failed_items else "completed"


def end_of_item(children: Collection[Status]) -> Status | None:
    """Of an item whose run has ended well; None while a child task is live."""
    if not FINAL.issuperset(children):
        return None
    return next((status for status in ("failed", "canceled") if status in children), "completed")


def share_of(done: int, total: int) -> float:
    """How much of a running item is done: less than 1, which it is only when its result is stored."""
    return min(max(done, 0) / total, 0.99) if total > 0 else 0.0


def pause_s(attempt: int, chance: float) -> float:
    """Before another attempt than this one: exponential, and with `chance` (0 to 1) half of it by lot."""
    longest = min(FIRST_PAUSE_S * 2.0 ** min(attempt - 1, 32), LONGEST_PAUSE_S)
    return longest * (0.5 + chance / 2)


def window_of(concurrency: int | None) -> int:
    return concurrency or WINDOW

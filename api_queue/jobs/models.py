"""Tasks and their items: frozen records, the rules of their states, and what jobs need of a store.

Points in time are ms since 1970. A task is a list of items; an item may add more of them, and start tasks of its own:
tasks form trees.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Literal, NewType, Protocol, TypeVar

import msgspec

from api_queue.errors import BadTaskItem
from api_queue.types import EventName

TaskId = NewType("TaskId", int)
TaskItemId = NewType("TaskItemId", int)
Status = Literal["queued", "running", "completed", "failed", "canceled"]
Json = Any
"""Whatever JSON can say."""

P = TypeVar("P")
P_contra = TypeVar("P_contra", contravariant=True)

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
#: Items of one task that wait for workers at a time, where the task does not say how many may run at once.
WINDOW: Final = 100


# -- what others implement and call ----------------------------------------------------------------------------


class Work(Protocol):
    """One run of one item. Nothing of it counts before it ends well: what was added is stored with its result.

    The run is cancelled (`asyncio.CancelledError`) when its task is, when the worker ends, and when the item was given
    to another worker: tidy up in `finally`, and write files under another name until they are whole.
    """

    @property
    def task_id(self) -> TaskId: ...

    @property
    def item_id(self) -> TaskItemId: ...

    @property
    def attempt(self) -> int:
        """1 for the first."""

    @property
    def canceled(self) -> bool:
        """For code in a thread, which nobody can cancel: to be looked at between its steps."""

    def progress(self, done: int, total: int) -> None:
        """In units of the type's own. Cheap: only the newest is stored, twice a second."""

    def log(self, line: str) -> None: ...

    def add_items(self, payloads: Sequence[object]) -> None:
        """To this task, behind all others. Of the type's payload."""

    def start_child(self, type_name: str, payloads: Sequence[object], meta: Mapping[str, Json] | None = None) -> None:
        """A task of this item, which is over when the child is: failed if it failed, canceled if it was."""

    async def in_process(self, function: Callable[[Any], Json], argument: Json) -> Json:
        """What `function(argument)` answers, run in a process of its own, which is killed with this run.

        For what keeps a core busy. The function stands at the top of a module; argument and answer are JSON.
        """


class Run(Protocol[P_contra]):
    async def __call__(self, payload: P_contra, work: Work, /) -> Json:
        """The item's result. An error of `TaskType.transient` is tried again, any other fails the item."""


@dataclass(frozen=True, kw_only=True)
class TaskType(Generic[P]):
    """What a feature registers in its `tasks.py`. All types may run twice, since a worker can die at its last step."""

    name: str
    #: What msgspec reads each item as; a POST with another shape is refused with its sentence.
    payload: type[P]
    run: Run[P]
    #: Items that one worker runs at once.
    concurrency: int = 1
    #: Errors that may pass by themselves, and how often an item is begun at most, deaths of its worker included.
    transient: tuple[type[Exception], ...] = ()
    attempts: int = 5
    #: Payload of one more item, which is run when all others are final and the task was not canceled.
    closing: P | None = None

    def read(self, payload: Json) -> P:
        """Raises BadTaskItem."""
        try:
            return msgspec.convert(payload, self.payload)
        except msgspec.ValidationError as error:
            raise BadTaskItem(type=self.name, reason=error) from None


# -- records ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """`payloads` and `closing` are JSON as it is stored."""

    type: str
    payloads: Sequence[Json]
    closing: Json | None = None
    created_by: str = "system"
    meta: Mapping[str, Json] = field(default_factory=dict)
    #: A live task with the same key is joined.
    key: str | None = None
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

    @property
    def ended_items(self) -> int:
        return self.completed_items + self.failed_items + self.canceled_items

    @property
    def percent(self) -> float:
        if self.total_items == 0:
            return 100.0
        return round(min(100.0 * self.work_done / self.total_items, 100.0), 1)

    def elapsed_s(self, now_ms: int) -> float:
        return 0.0 if self.started_at is None else ((self.finished_at or now_ms) - self.started_at) / 1000

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended, and what it leaves to be done."""

    status: Status
    result: Json = None
    error: str = ""
    payloads: Sequence[Json] = ()
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
    limit: int = 50
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerState:
    """What one worker does: `doing` has for each item `{task_id, item_id, type, since}`."""

    worker: str
    since: int
    seen_at: int
    doing: Sequence[Mapping[str, Json]]


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


def descendants(task_id: TaskId, parents: Mapping[TaskId, TaskId | None]) -> set[TaskId]:
    """The task and all below it, of the parents of a tree's tasks."""
    found = {task_id}
    while more := {task for task, parent in parents.items() if parent in found} - found:
        found |= more
    return found

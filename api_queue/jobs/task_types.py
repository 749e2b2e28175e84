"""Types of tasks: what a feature registers in its `tasks.py`, and what its function is given for each run."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from api_queue.errors import BadTaskItem, Unavailable, UnknownTaskType
from api_queue.jobs.models import Json, NewTask, TaskId, TaskItemId

P = TypeVar("P")
P_contra = TypeVar("P_contra", contravariant=True)


class Work(Protocol):
    """One run of one item. Nothing of it counts before it ends well: what was added is stored with its result.

    The run is cancelled (`asyncio.CancelledError`) when its task is, when the worker ends, and when the item was given
    to another worker: tidy up in `finally`, and write files under another name until they are whole. What keeps a core
    busy runs in a process of its own (`drivers/idle_program.py`), which dies with the run.
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

    def add_failed(self, payload: object, error: str) -> None:
        """An item of this task that has failed already: one of many things that this run did at once."""

    def start_child(self, type_name: str, payloads: Sequence[object], meta: Mapping[str, Json] | None = None) -> None:
        """A task of this item, which is over when the child is: failed if it failed, canceled if it was."""


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
    transient: tuple[type[Exception], ...] = (Unavailable,)
    attempts: int = 5
    #: Raises Invalid for what has the right shape, and still must not be run; asked at the POST.
    check: Callable[[P], None] | None = None
    #: Payload of one more item, which is run when all others are final and the task was not canceled.
    closing: P | None = None

    def read(self, payload: Json) -> P:
        """Raises BadTaskItem."""
        try:
            return msgspec.convert(payload, self.payload)
        except msgspec.ValidationError as error:
            raise BadTaskItem(type=self.name, reason=error) from None

    def task(self, payloads: Sequence[object], **facts: Any) -> NewTask:
        """One of this type. Raises what `read` and `check` raise."""
        known = [self.read(msgspec.to_builtins(payload)) for payload in payloads]
        if (check := self.check) is not None:
            for payload in known:
                check(payload)
        stored = [msgspec.to_builtins(each) for each in known]
        return NewTask(type=self.name, payloads=stored, closing=self._closing, **facts)

    def again(self, payloads: Sequence[Json], **facts: Any) -> NewTask:
        """Of items that a task had. Its closing one comes by itself, as in every task. Raises what `task` raises."""
        return self.task([payload for payload in payloads if payload != self._closing], **facts)

    @property
    def _closing(self) -> Json | None:
        return None if self.closing is None else msgspec.to_builtins(self.closing)


class TaskTypes:
    """All that there are, by name."""

    def __init__(self, types: Iterable[TaskType[Any]]) -> None:
        self._by_name = {each.name: each for each in types}

    def __iter__(self) -> Iterator[TaskType[Any]]:
        return iter(self._by_name.values())

    def __getitem__(self, name: str) -> TaskType[Any]:
        """Raises UnknownTaskType."""
        if name not in self._by_name:
            raise UnknownTaskType(type=name, types=", ".join(sorted(self._by_name)) or "none")
        return self._by_name[name]

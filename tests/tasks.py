"""Runs a task's items one after the other, in this process and without a database: what a worker would do."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from api_queue.jobs.models import Json, TaskId, TaskItemId
from api_queue.jobs.task_types import TaskType


@dataclass
class Ran:
    """What became of the items, in their order: payload and result, or payload and error."""

    completed: list[tuple[Json, Json]] = field(default_factory=list)
    failed: list[tuple[Json, str]] = field(default_factory=list)

    @property
    def result(self) -> Any:
        """Of the last item."""
        return self.completed[-1][1]

    @property
    def error(self) -> str:
        [(_, error)] = self.failed
        return error


@dataclass
class InMemoryWork:
    """jobs.models.Work."""

    task_id: TaskId
    item_id: TaskItemId
    attempt: int = 1
    canceled: bool = False
    told: list[tuple[int, int]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    added: list[Json] = field(default_factory=list)
    failures: list[tuple[Json, str]] = field(default_factory=list)

    def progress(self, done: int, total: int) -> None:
        self.told.append((done, total))

    def log(self, line: str) -> None:
        self.lines.append(line)

    def add_items(self, payloads: Sequence[object]) -> None:
        self.added += map(msgspec.to_builtins, payloads)

    def add_failed(self, payload: object, error: str) -> None:
        self.failures.append((msgspec.to_builtins(payload), error))

    def start_child(self, type_name: str, payloads: Sequence[object], meta: Mapping[str, Json] | None = None) -> None:
        raise NotImplementedError


async def run_task(task_type: TaskType[Any], *payloads: object, task_id: int = 1) -> Ran:
    """The closing item included. Raises BadTaskItem, as a POST would."""
    new = task_type.task(payloads)
    waiting, ran, number = deque(new.payloads), Ran(), 0
    closing = new.closing
    while waiting or closing is not None:
        payload, closing = (waiting.popleft(), closing) if waiting else (closing, None)
        work = InMemoryWork(TaskId(task_id), TaskItemId(number := number + 1))
        try:
            result = await task_type.run(task_type.read(payload), work)
        except Exception as error:  # as the worker keeps it
            ran.failed.append((payload, str(error)))
            continue
        ran.completed.append((payload, msgspec.to_builtins(result)))
        ran.failed += work.failures
        waiting += work.added
    return ran

"""One run of one item: what the type's function is given, and what it has told so far."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from api_queue.drivers.clock import Clock
from api_queue.jobs.models import Claim, Delivery, Json, NewTask, Note, Outcome, TaskId, TaskItem, TaskItemId
from api_queue.jobs.task_types import TaskTypes
from api_queue.types import Receipt

#: Characters of an item's log; what comes after is left out, and that is said.
LOG_MOST: Final = 64 * 1024


class Run:
    """task_types.Work, and what the worker needs to look after it."""

    def __init__(self, types: TaskTypes, delivery: Delivery, receipt: Receipt, item: TaskItem, clock: Clock) -> None:
        self.type = types[delivery.type]
        self.receipt = receipt
        self.claim = Claim(item.item_id, receipt)
        self.started_at = clock.now_ms()
        self.canceled = False
        self._types = types
        self._item = item
        self._clock = clock
        self._payloads: list[Json] = []
        self._failures: list[tuple[Json, str]] = []
        self._children: list[NewTask] = []
        self._progress = (0, 0)
        self._lines: list[str] = []
        self._logged = 0
        self._noted = True
        self._running: asyncio.Task[Json] | None = None

    # -- for the type's function -------------------------------------------------------------------------------

    @property
    def task_id(self) -> TaskId:
        return self._item.task_id

    @property
    def item_id(self) -> TaskItemId:
        return self._item.item_id

    @property
    def attempt(self) -> int:
        return self._item.attempts

    def progress(self, done: int, total: int) -> None:
        self._progress = (done, total)
        self._noted = False

    def log(self, line: str) -> None:
        if self._logged > LOG_MOST:
            return
        self._logged += len(line)
        said = line if self._logged <= LOG_MOST else "The log is full; what follows is left out."
        moment = datetime.fromtimestamp(self._clock.now_ms() / 1000, UTC).isoformat(timespec="milliseconds")
        self._lines.append(f"{moment} {said}\n")
        self._noted = False

    def add_items(self, payloads: Sequence[object]) -> None:
        self._payloads += map(_as_json, payloads)

    def add_failed(self, payload: object, error: str) -> None:
        self._failures.append((_as_json(payload), error))

    def start_child(self, type_name: str, payloads: Sequence[object], meta: Mapping[str, Json] | None = None) -> None:
        self._children.append(self._types[type_name].task(payloads, meta=meta or {}))

    # -- for the worker ----------------------------------------------------------------------------------------

    async def outcome(self) -> Outcome:
        """Raises what the run raises, also for what is no JSON; CancelledError after `cancel`."""
        payload = self.type.read(self._item.payload)
        self._running = asyncio.create_task(self.type.run(payload, self), name=f"{self.type.name}-{self.item_id}")
        if self.canceled:
            self._running.cancel()
        result = _as_json(await self._running)
        return Outcome(
            status="completed",
            result=result,
            payloads=self._payloads,
            failures=self._failures,
            children=self._children,
        )

    def cancel(self) -> None:
        """Once: a run that tidies up is left to it."""
        if not self.canceled and self._running is not None:
            self._running.cancel()
        self.canceled = True

    def take_note(self) -> Note | None:
        """What is new since the last one."""
        if self._noted:
            return None
        lines = "".join(self._lines)
        self._lines.clear()
        self._noted = True
        return Note(self.claim, *self._progress, lines)


def _as_json(value: object) -> Json:
    """As it will be stored. Raises TypeError, UnicodeEncodeError."""
    return msgspec.Raw(msgspec.json.encode(value))

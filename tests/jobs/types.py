"""Types of tasks that only tests know, and what their runs are told to do."""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from api_queue.jobs.models import Json
from api_queue.jobs.task_types import TaskType, TaskTypes, Work


class Passing(Exception):
    """Goes away by itself."""


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one item does, in this order."""

    name: str = ""
    log: str = ""
    add: tuple[str, ...] = ()
    children: tuple[tuple["Step", ...], ...] = ()
    passing: int = 0
    fail: str = ""
    hold: bool = False
    sleep_s: float = 0
    cancels_itself: bool = False
    answer_broken: bool = False


@dataclass
class Stage:
    """Where runs meet the test: who began, who is held, who was told to end."""

    begun: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    told_to_end: list[str] = field(default_factory=list)
    attempts: list[int] = field(default_factory=list)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    stubborn: bool = False
    most_at_once: int = 0

    def types(self) -> TaskTypes:
        return TaskTypes(
            [
                TaskType(name="steps", payload=Step, run=self.run, concurrency=4, transient=(Passing,), attempts=3),
                TaskType(name="closed", payload=Step, run=self.run, concurrency=2, closing=Step("closing")),
                TaskType(name="sums", payload=Sums, run=_sum, concurrency=2),
            ]
        )

    async def run(self, step: Step, work: Work) -> Json:
        self.begun.append(step.name)
        self.attempts.append(work.attempt)
        self.most_at_once = max(self.most_at_once, len(self.begun) - len(self.ended))
        try:
            return await self._do(step, work)
        except asyncio.CancelledError:
            self.told_to_end.append(step.name)
            if not self.stubborn:
                raise
            return "late"
        finally:
            self.ended.append(step.name)

    async def _do(self, step: Step, work: Work) -> Json:
        if step.log:
            work.log(step.log)
        if step.add:
            work.add_items([Step(name) for name in step.add])
        for child in step.children:
            work.start_child("steps", child)
        if work.attempt <= step.passing:
            raise Passing("the wire is cut")
        if step.fail:
            raise ValueError(step.fail)
        if step.cancels_itself:
            raise asyncio.CancelledError
        if step.answer_broken:
            return "\udc80"
        if step.hold:
            work.progress(1, 4)
            await self.let_go.wait()
        await asyncio.sleep(step.sleep_s)
        return {"did": step.name}


class Sums(msgspec.Struct, frozen=True):
    numbers: tuple[int, ...]
    pid_file: str = ""


async def _sum(sums: Sums, work: Work) -> Json:
    return await work.in_process(add_up, msgspec.to_builtins(sums))


def add_up(sums: dict[str, Any]) -> int:
    """In a process of its own; with a file it says who it is there, and goes on for a minute."""
    numbers: Sequence[int] = sums["numbers"]
    if sums["pid_file"]:
        Path(sums["pid_file"]).write_text(str(os.getpid()))
        time.sleep(60)
    if not numbers:
        raise ValueError("there is nothing to add")
    return sum(numbers)

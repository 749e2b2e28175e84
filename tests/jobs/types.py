"""Types of tasks that only tests know, and what their runs are told to do."""

import asyncio
from dataclasses import dataclass, field

import msgspec

from api_queue.drivers.idle_program import run_idle
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
                TaskType(name="programs", payload=Program, run=_run_program),
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


class Program(msgspec.Struct, frozen=True):
    """Says in a file who it is, and goes on for a minute."""

    pid_file: str


async def _run_program(program: Program, _work: Work) -> Json:
    return (await run_idle("sh", "-c", 'echo $$ > "$0"; exec sleep 60', program.pid_file)).status

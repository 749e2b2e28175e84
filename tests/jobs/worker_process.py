"""A worker as `python -m api_queue work` starts it, with the tests' own types, for tests that kill it.

`python -m tests.jobs.worker_process REDIS_URL DATA FILE`; each run of an item writes a line to the file at its begin
and at its end.
"""

import asyncio
import sys
from pathlib import Path

from api_queue.jobs.models import Json
from api_queue.jobs.task_types import TaskType, TaskTypes, Work
from api_queue.parts import Parts
from api_queue.serving.roles import run_role
from tests.house import house_settings
from tests.jobs.types import Step

#: So that a dead worker's items soon come back.
VISIBILITY_S = 2


def types(file: Path) -> TaskTypes:
    async def run(step: Step, _work: Work) -> Json:
        with file.open("a") as lines:
            lines.write(f"begin {step.name}\n")
        await asyncio.sleep(step.sleep_s)
        with file.open("a") as lines:
            lines.write(f"end {step.name}\n")
        return step.name

    return TaskTypes([TaskType(name="steps", payload=Step, run=run, concurrency=3)])


def main(redis_url: str, data: str, file: str) -> None:
    known = types(Path(file))
    setattr(Parts, "task_types", property(lambda _: known))  # noqa: B010 - of a class that has another
    run_role("worker", house_settings(redis_url, Path(data), jobs_visibility_s=VISIBILITY_S))


if __name__ == "__main__":
    main(*sys.argv[1:])

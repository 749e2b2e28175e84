"""A background task as a terminal sees it: a line that shows how far it is, and Ctrl-C, which cancels it."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from api_queue.drivers.embedded_redis import running_url
from api_queue.errors import StartRefused, TaskEnded
from api_queue.jobs.models import FINAL, Task, TaskId, TaskItem
from api_queue.parts import Parts
from api_queue.settings import Settings

#: The exit code of what was canceled, as shells have it for Ctrl-C.
CANCELED: Final = 130
#: How long a terminal waits for an event before it looks by itself.
_QUIET_S: Final = 1.0
_LOOKED_AT: Final = 10_000


def on_stdout() -> Console:
    """Lines as they are, however long."""
    return Console(highlight=False, soft_wrap=True, markup=False)


def beside_server(settings: Settings) -> Settings:
    """With the Redis of the server that runs in their data folder. Raises StartRefused."""
    redis_url = settings.redis_url or running_url(settings.data / "redis")
    if not redis_url:
        raise StartRefused(
            reason=f"No server runs in {settings.data}: start one with serve, or name its folder with --data."
        )
    return replace(settings, redis_url=redis_url)


async def check_workers(parts: Parts) -> None:
    """Raises StartRefused where nobody would begin a task."""
    if not await parts.jobs.workers():
        raise StartRefused(reason="No worker runs: start one with serve, or with work.")


async def follow(parts: Parts, task_id: TaskId, doing: str, failed: str) -> Task:
    """As it ended. The line says `doing`, and how many items `failed`."""
    columns = (
        TextColumn(f"{doing}:"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn(f"{{task.fields[faults]}} {failed}"),
        TimeRemainingColumn(),
    )
    # Without a redirection of stdout: the ready line is for programs, who do not read stderr.
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as bar:
        row = bar.add_task("", total=100, faults=0)
        async with aclosing(_states(parts, task_id)) as states:
            async for task in states:
                bar.update(row, completed=task.percent, faults=task.failed_items)
    return task


async def _states(parts: Parts, task_id: TaskId) -> AsyncGenerator[Task, None]:
    """As it changes, to its end."""
    async with aclosing(parts.task_feed.follow(_QUIET_S)) as changes:
        async for _ in changes:
            task = await parts.jobs.task(task_id)
            yield task
            if task.status in FINAL:
                return


async def failures(parts: Parts, task_id: TaskId) -> list[TaskItem]:
    items = (await parts.jobs.detail(task_id, _LOOKED_AT)).items
    return [item for item in items if item.status == "failed"]


def cancel_at_interrupt(parts: Parts, task_ids: Sequence[TaskId]) -> None:
    """At the first Ctrl-C the tasks; the second ends us at once."""
    loop = asyncio.get_running_loop()
    canceling: list[asyncio.Task[None]] = []

    def interrupt() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        canceling.append(asyncio.create_task(_cancel(parts, task_ids), name="cancel"))

    loop.add_signal_handler(signal.SIGINT, interrupt)


async def _cancel(parts: Parts, task_ids: Sequence[TaskId]) -> None:
    for task_id in task_ids:
        try:
            await parts.jobs.cancel(task_id)
        except TaskEnded:  # it was faster
            continue

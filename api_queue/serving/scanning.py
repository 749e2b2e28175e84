"""Scans as a terminal sees them: the one at the start, and those of the command `scan`."""

import asyncio
import signal
import sys
import threading
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from api_queue.drivers.embedded_redis import running_url
from api_queue.errors import StartRefused, TaskEnded
from api_queue.jobs.models import FINAL, Task, TaskId
from api_queue.parts import Parts
from api_queue.settings import Settings

#: How long a terminal waits for an event before it looks by itself.
_QUIET_S: Final = 1.0
#: Files that cannot be read are named, up to here.
_NAMED: Final = 20
_LOOKED_AT: Final = 10_000
_CANCELED: Final = 130


def show_scan_beside(settings: Settings, task_id: TaskId) -> None:
    """A line that counts, and is gone when the scan is done; nothing where no terminal is."""
    if sys.stderr.isatty():
        shown = threading.Thread(target=lambda: asyncio.run(_show(settings, task_id)), name="scan-line", daemon=True)
        shown.start()


async def _show(settings: Settings, task_id: TaskId) -> None:
    parts = Parts(settings)
    try:
        await _follow(parts, task_id)
    finally:
        await parts.close()


async def _follow(parts: Parts, task_id: TaskId) -> Task:
    """As it ended."""
    columns = (
        TextColumn("Reading the music:"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[faults]} unreadable"),
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


# -- the command -----------------------------------------------------------------------------------------------


def scan(settings: Settings, folders: Sequence[Path]) -> int:
    """The exit code: 0, 1 with unreadable files, 130 when it was canceled. Raises StartRefused."""
    if no_folder := [each for each in folders if not each.is_dir()]:
        raise StartRefused(reason=f"There is no folder {no_folder[0]}.")
    redis_url = settings.redis_url or running_url(settings.data / "redis")
    if not redis_url:
        raise StartRefused(
            reason=f"No server runs in {settings.data}: start one with serve, which scans the music by itself, "
            "or name its folder with --data."
        )
    return asyncio.run(_scan(replace(settings, redis_url=redis_url), [folder.resolve() for folder in folders]))


async def _scan(settings: Settings, folders: Sequence[Path]) -> int:
    """Whether a folder is one of the library is for the worker to say: it knows the server's roots."""
    parts = Parts(replace(settings, library_roots=tuple(folders)) if folders else settings)
    try:
        if not await parts.jobs.workers():
            raise StartRefused(reason="No worker runs: start one with serve, or with work.")
        keeper = parts.library_keeper
        tasks = [(await keeper.scan_folder(each))[0] for each in folders] or [(await keeper.scan_wherever())[0]]
        _cancel_at_interrupt(parts, [task.task_id for task in tasks])
        return max([await _ended(parts, task.task_id) for task in tasks])
    finally:
        await parts.close()


def _cancel_at_interrupt(parts: Parts, task_ids: Sequence[TaskId]) -> None:
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


async def _ended(parts: Parts, task_id: TaskId) -> int:
    task = await _follow(parts, task_id)
    console = Console(highlight=False, soft_wrap=True, markup=False)
    if task.status == "canceled":
        console.print(f"Canceled. What was read until then (task {task_id}) stays in the library.")
        return _CANCELED
    items = (await parts.jobs.detail(task_id, _LOOKED_AT)).items
    for item in [each for each in items if each.status == "failed"][:_NAMED]:
        console.print(item.error)
    counts = (await parts.library_keeper.overview()).everywhere
    failed = f" {task.failed_items} could not be read." if task.failed_items else ""
    console.print(f"The library has {counts.tracks} tracks in {counts.files} files.{failed}")
    return 1 if task.failed_items else 0

"""Scans as a terminal sees them: the one at the start, and those of the command `scan`."""

import asyncio
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from api_queue.errors import StartRefused
from api_queue.jobs.models import Task, TaskId
from api_queue.parts import Parts
from api_queue.serving.task_progress import (
    CANCELED,
    beside_server,
    cancel_at_interrupt,
    check_workers,
    failures,
    follow,
    on_stdout,
)
from api_queue.settings import Settings

#: Files that cannot be read are named, up to here.
_NAMED: Final = 20


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
    return await follow(parts, task_id, "Reading the music", "unreadable")


# -- the command -----------------------------------------------------------------------------------------------


def scan(settings: Settings, folders: Sequence[Path]) -> int:
    """The exit code: 0, 1 with unreadable files, 130 when it was canceled. Raises StartRefused."""
    if no_folder := [each for each in folders if not each.is_dir()]:
        raise StartRefused(reason=f"There is no folder {no_folder[0]}.")
    return asyncio.run(_scan(beside_server(settings), [folder.resolve() for folder in folders]))


async def _scan(settings: Settings, folders: Sequence[Path]) -> int:
    """Whether a folder is one of the library is for the worker to say: it knows the server's roots."""
    parts = Parts(replace(settings, library_roots=tuple(folders)) if folders else settings)
    try:
        await check_workers(parts)
        keeper = parts.library_keeper
        tasks = [(await keeper.scan_folder(each))[0] for each in folders] or [(await keeper.scan_wherever())[0]]
        cancel_at_interrupt(parts, [task.task_id for task in tasks])
        return max([await _ended(parts, task.task_id) for task in tasks])
    finally:
        await parts.close()


async def _ended(parts: Parts, task_id: TaskId) -> int:
    task = await _follow(parts, task_id)
    console = on_stdout()
    if task.status == "canceled":
        console.print(f"Canceled. What was read until then (task {task_id}) stays in the library.")
        return CANCELED
    for item in (await failures(parts, task_id))[:_NAMED]:
        console.print(item.error)
    counts = (await parts.library_keeper.overview()).everywhere
    failed = f" {task.failed_items} could not be read." if task.failed_items else ""
    console.print(f"The library has {counts.tracks} tracks in {counts.files} files.{failed}")
    return 1 if task.failed_items else 0

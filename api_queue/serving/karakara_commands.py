"""The `karakara` commands, beside a running server."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from api_queue.errors import RoomNotFound, StartRefused
from api_queue.jobs.models import TaskId
from api_queue.karakara.moving_over import Change, Report
from api_queue.karakara.queue_file import Row, rows
from api_queue.karakara.rooms import room_name
from api_queue.karakara.settings_wire import RoomSettings, changed
from api_queue.parts import Parts
from api_queue.queues.settings import QueueSettings
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
from api_queue.types import QueueName


def import_room(settings: Settings, room: str, queue: Path | None, room_settings: Path | None) -> int:
    """The exit code: 1 when of a queue with songs none is here. Raises StartRefused, BadSetting."""
    name = _name(room)
    listed = rows(_text(queue)) if queue else None
    change = partial(changed, _settings(room_settings)) if room_settings else _nothing
    return _with_parts(settings, lambda parts: _import(parts, name, listed, change))


def encode(settings: Settings, track: str | None) -> int:
    """The exit code: 0, 1 where a video could not be made, 130 when it was canceled."""
    return _with_parts(settings, lambda parts: _encode(parts, track))


def _with_parts(settings: Settings, command: Callable[[Parts], Awaitable[int]]) -> int:
    return asyncio.run(_run(beside_server(settings), command))


async def _run(settings: Settings, command: Callable[[Parts], Awaitable[int]]) -> int:
    parts = Parts(settings)
    try:
        return await command(parts)
    finally:
        await parts.close()


# -- import ----------------------------------------------------------------------------------------------------


def _name(room: str) -> QueueName:
    try:
        return room_name(room)
    except RoomNotFound:
        raise StartRefused(reason=f"'{room}' cannot name a room: use 1 to 16 of a-z and 0-9.") from None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise StartRefused(reason=f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise StartRefused(reason=f"{file} is no text in UTF-8.") from None


def _settings(file: Path) -> RoomSettings:
    try:
        return msgspec.json.decode(_text(file), type=RoomSettings, strict=False)
    except msgspec.DecodeError as error:
        raise StartRefused(reason=f"{file} is not the settings of a room: {error}.") from None


def _nothing(_: QueueSettings) -> dict[str, Any]:
    return {}


async def _import(parts: Parts, room: QueueName, listed: Sequence[Row] | None, change: Change) -> int:
    key = await parts.moving_over.furnish(room, change)
    made = f"is made. The key of its host, shown this once: {key}" if key else "was here already."
    on_stdout().print(f"The room {room} {made}")
    return 0 if listed is None else await _fill(parts, room, listed)


async def _fill(parts: Parts, room: QueueName, listed: Sequence[Row]) -> int:
    report = await parts.moving_over.fill(room, listed)
    on_stdout().print(*report.refused, _summary(report), sep="\n")
    return int(bool(listed) and not report.taken + report.there)


def _summary(report: Report) -> str:
    return (
        f"{report.taken} taken, {report.there} here already, {report.over} over and left behind, "
        f"{len(report.refused)} not taken."
    )


# -- encode ----------------------------------------------------------------------------------------------------


async def _encode(parts: Parts, track: str | None) -> int:
    await check_workers(parts)
    task = await (parts.video_orders.order(track) if track else parts.video_orders.order())
    cancel_at_interrupt(parts, [task.task_id])
    return await _encoded(parts, task.task_id)


async def _encoded(parts: Parts, task_id: TaskId) -> int:
    task = await follow(parts, task_id, "Making videos", "failed")
    if task.status == "canceled":
        on_stdout().print("Canceled. The videos that were made until then stay.")
        return CANCELED
    failed = [item.error for item in await failures(parts, task_id)]
    on_stdout().print(*failed, f"{task.completed_items} done, {len(failed)} failed.", sep="\n")
    return int(bool(failed))

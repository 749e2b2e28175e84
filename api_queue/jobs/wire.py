"""Tasks as others see them: the names of source 002, and of the system behind it where the two differ."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from api_queue.events import Event
from api_queue.formats.iso_times import iso, iso_or_none
from api_queue.jobs.models import Cleared, Detail, Status, Task, TaskFilter, TaskId, TaskItem, WorkerState
from api_queue.stream.models import Snapshot

#: Items of one request: what its body may hold anyway.
MOST_ITEMS = 10_000
#: Bytes of a task's `meta`, which is part of each of its events.
MOST_META = 4096


class NewTaskBody(msgspec.Struct):
    """`items` as the type wants them; `key`: a live task with the same one is joined."""

    type: Annotated[str, Meta(min_length=1, max_length=64)]
    items: Annotated[list[Any], Meta(min_length=1, max_length=MOST_ITEMS)]
    meta: dict[str, Any] = {}
    key: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    concurrency: Annotated[int, Meta(ge=1, le=100)] | None = None

    def __post_init__(self) -> None:
        if (size := len(msgspec.json.encode(self.meta))) > MOST_META:
            raise ValueError(f"`meta` has {size:,} bytes of JSON, and may have {MOST_META:,}")


class TasksQuery(msgspec.Struct, frozen=True):
    status: Status | None = None
    type: Annotated[str, Meta(max_length=64)] | None = None
    created_by: Annotated[str, Meta(max_length=64)] | None = None
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    offset: Annotated[int, Meta(ge=0, le=1_000_000)] = 0

    def wanted(self) -> TaskFilter:
        return TaskFilter(**msgspec.structs.asdict(self))


class ItemsQuery(msgspec.Struct, frozen=True):
    """Which of a task's items are shown with it."""

    status: Status | None = None
    limit: Annotated[int, Meta(ge=0, le=1000)] = 1000
    offset: Annotated[int, Meta(ge=0, le=10_000_000)] = 0


class ClearQuery(msgspec.Struct, frozen=True):
    """`history`: tasks that have ended are removed. `current`: live ones are canceled. `all`: both."""

    scope: Literal["current", "history", "all"] = "history"
    older_than_seconds: Annotated[int, Meta(ge=0, le=1_000_000_000)] = 0


def tasks_json(total: int, tasks: list[Task], wanted: TaskFilter, now_ms: int) -> dict[str, Any]:
    listed = [task_json(task, now_ms) for task in tasks]
    return {"tasks": listed, "total": total, "limit": wanted.limit, "offset": wanted.offset}


def task_brief(task: Task) -> dict[str, Any]:
    return {"task_id": task.task_id, "status": task.status}


def cleared_json(canceled: Cleared, removed: Cleared) -> dict[str, int]:
    return {"tasks_cleared": canceled.tasks + removed.tasks, "items_affected": canceled.items + removed.items}


def task_json(task: Task, now_ms: int) -> dict[str, Any]:
    finished_at = iso_or_none(task.finished_at)
    return {
        "id": task.task_id,
        "task_id": task.task_id,
        "type": task.type,
        "status": task.status,
        "created_by": task.created_by,
        "created_at": iso_or_none(task.created_at),
        "started_at": iso_or_none(task.started_at),
        "finished_at": finished_at,
        "canceled_at": finished_at if task.status == "canceled" else None,
        "total_items": task.total_items,
        "completed_items": task.completed_items,
        "failed_items": task.failed_items,
        "canceled_items": task.canceled_items,
        "percent": task.percent,
        "rate": task.rate(now_ms),
        "time_left_s": task.time_left_s(now_ms),
        "key": task.key,
        "concurrency": task.concurrency,
        "retry_of": task.retry_of,
        "paused": task.paused,
        "parent_task_id": task.parent_task_id,
        "parent_item_id": task.parent_item_id,
        "meta": task.meta,
    }


def detail_json(detail: Detail, now_ms: int) -> dict[str, Any]:
    return task_json(detail.task, now_ms) | {
        "items": [item_json(item) for item in detail.items],
        "tasks": [task_json(child, now_ms) for child in detail.children],
    }


def item_json(item: TaskItem) -> dict[str, Any]:
    """A failed one has its error in the result too, as the seed has it."""
    result = {"error": item.error} if item.error and item.result is None else item.result
    return brief_json(item) | {
        "id": item.item_id,
        "task_id": item.task_id,
        "payload": item.payload,
        "payload_parsed": item.payload,
        "result": result,
        "result_parsed": result,
        "started_at": iso_or_none(item.started_at),
        "finished_at": iso_or_none(item.finished_at),
    }


def brief_json(item: TaskItem) -> dict[str, Any]:
    return {
        "item_id": item.item_id,
        "index": item.index,
        "status": item.status,
        "attempts": item.attempts,
        "done": item.done,
        "total": item.total,
        "error": item.error or None,
    }


def full_item_json(item: TaskItem) -> dict[str, Any]:
    return item_json(item) | {"logs": item.log.splitlines()}


def ongoing_json(tasks: list[Task], current: dict[TaskId, TaskItem], now_ms: int) -> dict[str, Any]:
    return {"tasks": [task_json(task, now_ms) | _current(current.get(task.task_id)) for task in tasks]}


def _current(item: TaskItem | None) -> dict[str, Any]:
    return {"current_item": None if item is None else brief_json(item) | {"payload": item.payload}}


def workers_json(workers: list[WorkerState]) -> dict[str, Any]:
    return {"running": bool(workers), "workers": [_worker(worker) for worker in workers]}


def _worker(state: WorkerState) -> dict[str, Any]:
    doing = [{**each, "since": iso(each["since"])} for each in state.doing]
    return {
        "worker": state.worker,
        "since": iso_or_none(state.since),
        "seen_at": iso_or_none(state.seen_at),
        "doing": doing,
    }


# -- events ----------------------------------------------------------------------------------------------------


def task_event(task: Task, now_ms: int) -> str:
    """`type` of an event is `task`, so the task's own is `task_type`."""
    fields = task_json(task, now_ms)
    fields["task_type"] = fields.pop("type")
    return _text(fields)


def item_event(task: Task, items: list[TaskItem]) -> str:
    """Of all items of a task that changed since the last one; the newest stands outside as well."""
    newest = items[-1]
    fields = {
        "task_id": task.task_id,
        "task_type": task.type,
        "task_status": task.status,
        "total_items": task.total_items,
        "completed_items": task.completed_items,
        "percent": task.percent,
        "items": [brief_json(item) for item in items],
    }
    return _text(brief_json(newest) | fields)


def snapshot(rev: int, tasks: list[Task], now_ms: int) -> str:
    listed = [task_json(task, now_ms) for task in tasks]
    return _text({"rev": rev, "type": "task", "ts": now_ms, "tasks": listed})


class _Tasks(msgspec.Struct):
    tasks: msgspec.Raw


def list_of(snapshot: Snapshot) -> str:
    """The bare list in it."""
    return bytes(msgspec.json.decode(snapshot.data, type=_Tasks).tasks).decode()


def detail_text(detail: Detail, now_ms: int) -> str:
    return _text(detail_json(detail, now_ms))


def socket_text(change: Snapshot | Event) -> str:
    """The payload of an event, with its name and id in front."""
    name = change.name if isinstance(change, Event) else "snapshot"
    return f'{{"event":"{name}","id":"{change.event_id}",{change.data[1:]}'


def _text(fields: dict[str, Any]) -> str:
    return msgspec.json.encode(fields).decode()


def read_number(text: str) -> int | None:
    """The number of a task or an item, as an address has it; None: it is no such number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None

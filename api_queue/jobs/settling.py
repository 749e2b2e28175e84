"""Steps of a transaction that changes a task: each leaves counts, progress and outbox as they belong together.

What has to be sent to workers is given back, and is sent when the transaction stands.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import and_, case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from api_queue.jobs.models import (
    FINAL,
    LIVE,
    Delivery,
    Json,
    NewTask,
    Status,
    TaskId,
    TaskItemId,
    end_of_item,
    end_of_task,
    window_of,
)
from api_queue.jobs.tables import changes, items, json_text, tasks
from api_queue.types import EventName

#: Rows in one statement: below SQLite's 32,766 variables.
BATCH: Final = 1000


async def tell(connection: AsyncConnection, task_id: TaskId, name: EventName, *item_ids: TaskItemId) -> None:
    """That the task changed in this way, and these items of it."""
    rows = [{"task_id": task_id, "item_id": item_id, "name": "item.updated"} for item_id in item_ids]
    await connection.execute(insert(changes), [*rows, {"task_id": task_id, "item_id": None, "name": name}])


async def add_task(
    connection: AsyncConnection, new: NewTask, now_ms: int, parent: tuple[TaskId, TaskItemId, TaskId] | None = None
) -> TaskId:
    """`parent`: the task and the item that start it, and the root of their tree. To be closed afterwards."""
    task_id, item_id, root_id = parent or (None, None, None)
    row = {
        "type": new.type,
        "status": "queued",
        "created_by": new.created_by,
        "created_at": now_ms,
        "key": new.key,
        "meta": json_text(new.meta),
        "closing": None if new.closing is None else json_text(new.closing),
        "concurrency": new.concurrency,
        "retry_of": new.retry_of,
        "parent_task_id": task_id,
        "parent_item_id": item_id,
        "total_items": 0,
    }
    made: TaskId = (await connection.execute(insert(tasks).values(row).returning(tasks.c.task_id))).scalar_one()
    await connection.execute(update(tasks).where(tasks.c.task_id == made).values(root_id=root_id or made))
    await add_items(connection, made, new.payloads, now_ms)
    await tell(connection, made, "task.created")
    return made


async def add_items(
    connection: AsyncConnection, task_id: TaskId, payloads: Sequence[Json], now_ms: int, **values: Any
) -> None:
    """Queued, unless `values` say otherwise."""
    counted = update(tasks).where(tasks.c.task_id == task_id).values(total_items=tasks.c.total_items + len(payloads))
    total = (await connection.execute(counted.returning(tasks.c.total_items))).scalar_one()
    rows = [
        {
            "task_id": task_id,
            "number": number,
            "status": "queued",
            "payload": json_text(payload),
            "created_at": now_ms,
            **values,
        }
        for number, payload in enumerate(payloads, total - len(payloads))
    ]
    for start in range(0, len(rows), BATCH):
        await connection.execute(insert(items), rows[start : start + BATCH])


async def add_failed(
    connection: AsyncConnection, task_id: TaskId, failures: Sequence[tuple[Json, str]], now_ms: int
) -> None:
    for payload, error in failures:
        final = {"status": "failed", "error": error, "finished_at": now_ms, "share": 1.0}
        await add_items(connection, task_id, [payload], now_ms, **final)
    counted = {"failed_items": tasks.c.failed_items + len(failures)}
    await connection.execute(update(tasks).where(tasks.c.task_id == task_id).values(counted))
    await climb(connection, task_id, float(len(failures)))


async def close(connection: AsyncConnection, task_id: TaskId, now_ms: int) -> list[Delivery]:
    """Sends the next items, when there is room for them; ends the task, when all are final."""
    task = (await connection.execute(select(tasks).where(tasks.c.task_id == task_id))).one()
    if task.status in FINAL:
        return []
    if task.completed_items + task.failed_items + task.canceled_items < task.total_items:
        return await _offer(connection, task)
    if task.closing is not None:
        return await _begin_closing(connection, task, now_ms)
    ended = {"status": end_of_task(task.failed_items), "finished_at": now_ms}
    await connection.execute(update(tasks).where(tasks.c.task_id == task_id).values(ended))
    await tell(connection, task_id, "task.completed")
    return await end_parent(connection, task.parent_item_id, now_ms)


async def settle(
    connection: AsyncConnection, item_id: TaskItemId, status: Status, now_ms: int, **values: Any
) -> list[Delivery]:
    """Makes a live item final."""
    item = (await connection.execute(select(items).where(items.c.item_id == item_id))).one()
    values |= {"status": status, "finished_at": now_ms, "share": 1.0}
    await connection.execute(update(items).where(items.c.item_id == item_id).values(values))
    count = tasks.c[f"{status}_items"]
    await connection.execute(update(tasks).where(tasks.c.task_id == item.task_id).values({count: count + 1}))
    await tell(connection, item.task_id, "task.updated", item_id)
    await climb(connection, item.task_id, 1.0 - item.share)
    return await close(connection, item.task_id, now_ms)


async def end_parent(connection: AsyncConnection, item_id: TaskItemId | None, now_ms: int) -> list[Delivery]:
    """Ends the item whose child tasks have all ended, if its run has."""
    if item_id is None:
        return []
    children = await connection.scalars(select(tasks.c.status).where(tasks.c.parent_item_id == item_id))
    status = end_of_item(children.all())
    still_waits = select(items.c.ended).where(items.c.item_id == item_id, items.c.status == "running")
    if status is None or not await connection.scalar(still_waits):
        return []
    error = "" if status == "completed" else f"A task that it started has {status}."
    return await settle(connection, item_id, status, now_ms, error=error)


async def climb(connection: AsyncConnection, task_id: TaskId, by: float) -> None:
    """Adds to the work that a task has done, and so to the item that started it, and to that one's task."""
    work_done = tasks.c.work_done + by
    to_do = tasks.c.total_items + case((tasks.c.closing.is_(None), 0), else_=1)
    share = case((to_do == 0, 1.0), else_=work_done / to_do)
    furthest = case((share > tasks.c.furthest, share), else_=tasks.c.furthest)
    done = update(tasks).where(tasks.c.task_id == task_id).values(work_done=work_done, furthest=furthest)
    above = (await connection.execute(done.returning(tasks.c.parent_task_id, tasks.c.parent_item_id))).one()
    if above.parent_item_id is None:
        return
    average = select(func.avg(tasks.c.furthest)).where(tasks.c.parent_item_id == above.parent_item_id)
    of_item = items.c.item_id == above.parent_item_id
    before = await connection.scalar(select(items.c.share).where(of_item)) or 0.0
    after = await connection.scalar(average) or 0.0
    await connection.execute(update(items).where(of_item).values(share=after))
    await tell(connection, above.parent_task_id, "task.updated")
    await climb(connection, above.parent_task_id, after - before)


async def _offer(connection: AsyncConnection, task: Any) -> list[Delivery]:
    """As many of the waiting items as the task's window has room for; none while it is paused."""
    if task.paused:
        return []
    mine, waits = items.c.task_id == task.task_id, items.c.status == "queued"
    offered = and_(mine, items.c.status.in_(LIVE), items.c.sending > 0)
    live = await connection.scalar(select(func.count()).select_from(items).where(offered)) or 0
    if (room := window_of(task.concurrency) - live) <= 0:
        return []
    unsent = select(items.c.item_id).where(mine, waits, items.c.sending == 0).order_by(items.c.number).limit(room)
    found = (await connection.scalars(unsent)).all()
    await connection.execute(update(items).where(items.c.item_id.in_(found)).values(sending=1))
    return [Delivery(task.type, task.task_id, item_id, 1) for item_id in found]


async def _begin_closing(connection: AsyncConnection, task: Any, now_ms: int) -> list[Delivery]:
    await add_items(connection, task.task_id, [msgspec.json.decode(task.closing)], now_ms)
    await connection.execute(update(tasks).where(tasks.c.task_id == task.task_id).values(closing=None))
    return await _offer(connection, task)

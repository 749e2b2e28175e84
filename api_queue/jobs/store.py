"""Tasks in SQL, as whoever asks for them and cancels them sees them. What workers do to them is in `ledger.py`."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, and_, delete, func, insert, literal, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api_queue.drivers.sql import writing
from api_queue.jobs.models import (
    FINAL,
    LIVE,
    Cleared,
    Delivery,
    Json,
    NewTask,
    Status,
    Task,
    TaskFilter,
    TaskId,
    TaskItem,
    TaskItemId,
    may_become,
)
from api_queue.jobs.settling import add_task, close, end_parent, tell
from api_queue.jobs.tables import OF_ITEM, OF_TASK, changes, item_of, items, json_value, task_of, tasks


class SqlTasks:
    """models.Store."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    # -- reading -----------------------------------------------------------------------------------------------

    async def task(self, task_id: TaskId) -> Task | None:
        found = await self._tasks(select(*OF_TASK).where(tasks.c.task_id == task_id))
        return found[0] if found else None

    async def tasks(self, wanted: TaskFilter) -> tuple[int, list[Task]]:
        asked = {"status": wanted.status, "type": wanted.type, "created_by": wanted.created_by}
        fits = [tasks.c[name] == value for name, value in asked.items() if value is not None]
        on_top = and_(tasks.c.parent_task_id.is_(None), *fits)
        page = select(*OF_TASK).where(on_top).order_by(tasks.c.task_id.desc())
        async with self._engine.connect() as connection:
            total = await connection.scalar(select(func.count()).select_from(tasks).where(on_top)) or 0
        return total, await self._tasks(page.limit(wanted.limit).offset(wanted.offset))

    async def counts(self) -> dict[Status, int]:
        on_top = (
            select(tasks.c.status, func.count().label("times"))
            .where(tasks.c.parent_task_id.is_(None))
            .group_by(tasks.c.status)
        )
        async with self._engine.connect() as connection:
            return {row.status: row.times for row in await connection.execute(on_top)}

    async def children(self, task_id: TaskId) -> list[Task]:
        of_task = select(*OF_TASK).where(tasks.c.parent_task_id == task_id)
        return await self._tasks(of_task.order_by(tasks.c.task_id))

    async def items(self, task_id: TaskId, limit: int, offset: int, status: Status | None) -> list[TaskItem]:
        some = select(*OF_ITEM).where(items.c.task_id == task_id).order_by(items.c.number).limit(limit)
        if status is None:  # numbers have no gaps, so what is left out need not be counted
            return await self._items(some.where(items.c.number >= offset))
        return await self._items(some.where(items.c.status == status).offset(offset))

    async def item(self, task_id: TaskId, item_id: TaskItemId) -> TaskItem | None:
        one = select(*OF_ITEM, items.c.log).where(items.c.task_id == task_id, items.c.item_id == item_id)
        found = await self._items(one)
        return found[0] if found else None

    async def items_by_id(self, item_ids: Collection[TaskItemId]) -> list[TaskItem]:
        return await self._items(select(*OF_ITEM).where(items.c.item_id.in_(item_ids)))

    async def current_items(self, root_ids: Collection[TaskId]) -> dict[TaskId, TaskItem]:
        """The first in each of these trees that is being worked on."""
        working = and_(items.c.status == "running", items.c.ended.is_(False), tasks.c.root_id.in_(root_ids))
        first = select(tasks.c.root_id, func.min(items.c.item_id)).join(tasks).where(working).group_by(tasks.c.root_id)
        async with self._engine.connect() as connection:
            root_of = {item_id: root_id for root_id, item_id in await connection.execute(first)}
        return {root_of[item.item_id]: item for item in await self.items_by_id(root_of)}

    async def unsuccessful(self, task_id: TaskId) -> list[Json]:
        """Payloads of the items that failed or were canceled."""
        lost = select(items.c.payload).where(items.c.task_id == task_id, items.c.status.in_(("failed", "canceled")))
        async with self._engine.connect() as connection:
            found = await connection.scalars(lost.order_by(items.c.number))
            return [json_value(text) for text in found]

    # -- changing ----------------------------------------------------------------------------------------------

    async def create(self, new: NewTask, now_ms: int) -> tuple[TaskId, bool, list[Delivery]]:
        """False: there is one of this key to be joined, and this is it."""
        async with writing(self._engine, "jobs") as connection:
            if new.key is not None:
                joined = or_(tasks.c.status.in_(LIVE), literal(new.once))
                same = select(tasks.c.task_id).where(tasks.c.key == new.key, joined).limit(1)
                if (known := await connection.scalar(same)) is not None:
                    return known, False, []
            task_id = await add_task(connection, new, now_ms)
            return task_id, True, await close(connection, task_id, now_ms)

    async def cancel(self, task_id: TaskId, now_ms: int) -> tuple[Task | None, Cleared, list[Delivery]]:
        """The task as it was before: if it was final it still is, and nothing changed."""
        async with writing(self._engine, "jobs") as connection:
            row = (await connection.execute(select(*OF_TASK).where(tasks.c.task_id == task_id))).mappings().first()
            task = task_of(row) if row else None
            if task is None or task.status in FINAL:
                return task, Cleared(0, 0), []
            canceled = await _cancel_tree(connection, task_id, now_ms)
            return task, canceled, await end_parent(connection, task.parent_item_id, now_ms)

    async def pause(self, task_id: TaskId, *, paused: bool, now_ms: int) -> tuple[Task | None, list[Delivery]]:
        """Messages of a paused task are dropped by whoever receives them, so each of its items gets a new one."""
        this = and_(tasks.c.task_id == task_id, tasks.c.status.in_(LIVE), tasks.c.paused.is_not(paused))
        async with writing(self._engine, "jobs") as connection:
            row = (await connection.execute(select(*OF_TASK).where(tasks.c.task_id == task_id))).mappings().first()
            before = task_of(row) if row else None
            if not (await connection.execute(update(tasks).where(this).values(paused=paused))).rowcount:
                return before, []
            await tell(connection, task_id, "task.updated")
            return before, [] if paused else await _resume(connection, task_id, now_ms)

    async def remove(self, finished_before_ms: int) -> Cleared:
        """Trees whose root has ended before."""
        old = and_(tasks.c.parent_task_id.is_(None), tasks.c.status.in_(FINAL))
        old = and_(old, tasks.c.finished_at < finished_before_ms)
        async with self._engine.connect() as connection:
            roots = (await connection.scalars(select(tasks.c.task_id).where(old))).all()
        removed = [await self._remove_tree(root) for root in roots]
        return Cleared(sum(gone.tasks for gone in removed), sum(gone.items for gone in removed))

    async def _remove_tree(self, root_id: TaskId) -> Cleared:
        """One in each transaction: a large one keeps other writers waiting long enough."""
        of_tree = select(tasks.c.task_id).where(tasks.c.root_id == root_id)
        async with writing(self._engine, "jobs") as connection:
            gone_items = await connection.execute(delete(items).where(items.c.task_id.in_(of_tree)))
            gone_tasks = await connection.execute(delete(tasks).where(tasks.c.root_id == root_id))
            await tell(connection, root_id, "task.updated")  # who tells of it finds it gone, and says that
        return Cleared(gone_tasks.rowcount, gone_items.rowcount)

    # -- rows --------------------------------------------------------------------------------------------------

    async def _tasks(self, query: Select[Any]) -> list[Task]:
        async with self._engine.connect() as connection:
            return [task_of(row) for row in (await connection.execute(query)).mappings()]

    async def _items(self, query: Select[Any]) -> list[TaskItem]:
        async with self._engine.connect() as connection:
            return [item_of(row) for row in (await connection.execute(query)).mappings()]


async def _resume(connection: AsyncConnection, task_id: TaskId, now_ms: int) -> list[Delivery]:
    """What was sent before is sent anew, and more where there is room for it."""
    waits = and_(items.c.task_id == task_id, items.c.status == "queued", items.c.sending > 0)
    again = update(items).where(waits).values(sending=items.c.sending + 1).returning(items.c.item_id, items.c.sending)
    type_name = (await connection.execute(select(tasks.c.type).where(tasks.c.task_id == task_id))).scalar_one()
    sent = [Delivery(type_name, task_id, *row) for row in await connection.execute(again)]
    return [*sent, *await close(connection, task_id, now_ms)]


async def _cancel_tree(connection: AsyncConnection, root_id: TaskId, now_ms: int) -> Cleared:
    """Of its items only those that run are told of by name; the others never did anything.

    The tree is nested, since sqlite3 counts no rows of a statement that begins with WITH.
    """
    tree = select(tasks.c.task_id).where(tasks.c.task_id == root_id).cte("tree", recursive=True, nesting=True)
    tree = tree.union_all(select(tasks.c.task_id).where(tasks.c.parent_task_id == tree.c.task_id))
    below = select(tree.c.task_id)
    live_items = items.c.status.in_(may_become("canceled"))
    live_tasks = and_(tasks.c.task_id.in_(below), tasks.c.status.in_(LIVE))
    running = and_(items.c.task_id.in_(below), items.c.status == "running")
    await _tell_all(connection, select(items.c.task_id, items.c.item_id, literal("item.updated")).where(running))
    await _tell_all(connection, select(tasks.c.task_id, null(), literal("task.canceled")).where(live_tasks))
    lost = select(func.count()).select_from(items).where(items.c.task_id == tasks.c.task_id, live_items)
    canceled = {"status": "canceled", "finished_at": now_ms}
    counted = {**canceled, "canceled_items": tasks.c.canceled_items + lost.scalar_subquery()}
    of_tasks = await connection.execute(update(tasks).where(live_tasks).values(counted))
    of_items = await connection.execute(update(items).where(items.c.task_id.in_(below), live_items).values(canceled))
    return Cleared(of_tasks.rowcount, of_items.rowcount)


async def _tell_all(connection: AsyncConnection, of_change: Select[Any]) -> None:
    await connection.execute(insert(changes).from_select(["task_id", "item_id", "name"], of_change))

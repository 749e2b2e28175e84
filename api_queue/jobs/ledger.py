"""Tasks in SQL, as their workers change them. A worker's receipt in the row is its right to do so."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api_queue.drivers.sql import writing
from api_queue.jobs.models import (
    Change,
    Claim,
    Delivery,
    NewTask,
    Note,
    Outcome,
    Sent,
    TaskId,
    TaskItem,
    TaskItemId,
    may_become,
    share_of,
)
from api_queue.jobs.settling import add_failed, add_items, add_task, climb, close, settle, tell
from api_queue.jobs.tables import OF_ITEM, changes, item_of, items, json_text, tasks

_PAUSED: Final = select(tasks.c.task_id).where(tasks.c.paused)
_NOTHING_DONE = {"receipt": None, "done": 0, "total": 0, "share": 0.0}


class SqlLedger:
    """models.Ledger."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    # -- a worker's verbs --------------------------------------------------------------------------------------

    async def claim(self, delivery: Delivery, receipt: str, now_ms: int) -> TaskItem | None:
        ours = and_(
            items.c.item_id == delivery.item_id,
            items.c.sending == delivery.number,
            items.c.status.in_(("queued", "running")),
            items.c.ended.is_(False),
            items.c.task_id.not_in(_PAUSED),
        )
        begun = {
            "status": "running",
            "receipt": receipt,
            "attempts": items.c.attempts + 1,
            "started_at": now_ms,
        }
        async with writing(self._engine, "jobs") as connection:
            taken = update(items).where(ours).values(begun).returning(*OF_ITEM)
            row = (await connection.execute(taken)).mappings().first()
            if row is None:
                return None
            await _begin_task(connection, delivery, now_ms)
            return item_of(row)

    async def finish(self, claim: Claim, outcome: Outcome, now_ms: int) -> list[Delivery]:
        """What the run leaves to be done, with its result. Of a canceled item only the result is kept."""
        kept = {"result": json_text(outcome.result), "error": outcome.error}
        async with writing(self._engine, "jobs") as connection:
            held = select(items, tasks.c.root_id, tasks.c.created_by).join(tasks).where(_held(claim))
            row = (await connection.execute(held)).first()
            if row is None:
                return []
            if row.status != "running":
                await connection.execute(update(items).where(items.c.item_id == claim.item_id).values(kept))
                return []
            if outcome.failures:
                await add_failed(connection, row.task_id, outcome.failures, now_ms)
            if outcome.payloads:
                await add_items(connection, row.task_id, outcome.payloads, now_ms)
            if not outcome.children:
                return await settle(connection, claim.item_id, outcome.status, now_ms, **kept)
            await connection.execute(update(items).where(_held(claim)).values(**kept, ended=True))
            started = await _start(connection, row, outcome.children, now_ms)
            sent = [await close(connection, task_id, now_ms) for task_id in (*started, row.task_id)]
            return [delivery for some in sent for delivery in some]

    async def give_back(self, claim: Claim, *, delay_s: float = 0, counted: bool = True) -> list[Delivery]:
        """Queued again, to be begun after `delay_s`. Not `counted`: the attempt was none."""
        again = {
            **_NOTHING_DONE,
            "status": "queued",
            "sending": items.c.sending + 1,
            "attempts": items.c.attempts - (0 if counted else 1),
        }
        async with writing(self._engine, "jobs") as connection:
            held = and_(_held(claim), items.c.status == "running", items.c.ended.is_(False))
            share = await connection.scalar(select(items.c.share).where(held))
            if share is None:
                return []
            requeued = update(items).where(held).values(again).returning(items.c.task_id, items.c.sending)
            row = (await connection.execute(requeued)).one()
            await tell(connection, row.task_id, "task.updated", claim.item_id)
            await climb(connection, row.task_id, -share)
            name = select(tasks.c.type).where(tasks.c.task_id == row.task_id)
            type_name = (await connection.execute(name)).scalar_one()
            return [Delivery(type_name, row.task_id, claim.item_id, row.sending, delay_s)]

    async def held(self, claims: Collection[Claim]) -> set[Claim]:
        """Those that still are."""
        ids = [claim.item_id for claim in claims]
        mine = select(items.c.item_id, items.c.receipt).where(items.c.item_id.in_(ids), items.c.status == "running")
        async with self._engine.connect() as connection:
            return {Claim(row.item_id, row.receipt) for row in await connection.execute(mine)} & set(claims)

    async def note(self, notes: Iterable[Note]) -> None:
        async with writing(self._engine, "jobs") as connection:
            for note in notes:
                await _note(connection, note)

    # -- upkeep ------------------------------------------------------------------------------------------------

    async def sent(self, after: TaskItemId, limit: int) -> list[Sent]:
        """Items that ought to have a message, in the order of their ids."""
        waits, runs = items.c.status == "queued", items.c.status == "running"
        sent = and_(waits, items.c.sending > 0, tasks.c.paused.is_(False))
        ought = or_(sent, and_(runs, items.c.ended.is_(False)))
        page = (
            select(tasks.c.type, items.c.task_id, items.c.item_id, items.c.sending, items.c.receipt, items.c.status)
            .join(tasks)
            .where(items.c.item_id > after, items.c.status.in_(may_become("canceled")), ought)
            .order_by(items.c.item_id)
            .limit(limit)
        )
        async with self._engine.connect() as connection:
            return [_sent(*row) for row in await connection.execute(page)]

    async def changes(self, limit: int) -> list[Change]:
        oldest = select(changes.c.number, changes.c.task_id, changes.c.item_id, changes.c.name)
        async with self._engine.connect() as connection:
            rows = await connection.execute(oldest.order_by(changes.c.number).limit(limit))
            return [Change(*row) for row in rows]

    async def told(self, published: Sequence[Change]) -> None:
        async with writing(self._engine) as connection:
            numbers = [change.number for change in published]
            await connection.execute(delete(changes).where(changes.c.number.in_(numbers)))


def _held(claim: Claim) -> ColumnElement[bool]:
    return and_(items.c.item_id == claim.item_id, items.c.receipt == claim.receipt)


async def _begin_task(connection: AsyncConnection, delivery: Delivery, now_ms: int) -> None:
    waits = and_(tasks.c.task_id == delivery.task_id, tasks.c.status == "queued")
    await connection.execute(update(tasks).where(waits).values(status="running", started_at=now_ms))
    await tell(connection, delivery.task_id, "task.updated", delivery.item_id)


async def _start(connection: AsyncConnection, row: Any, children: Sequence[NewTask], now_ms: int) -> list[TaskId]:
    """All of them before the first is closed, which without items ends at once, and the item with it."""
    parent = (row.task_id, row.item_id, row.root_id)
    new = [replace(child, created_by=row.created_by) for child in children]
    started = [await add_task(connection, child, now_ms, parent) for child in new]
    await climb(connection, started[0], 0.0)
    return started


async def _note(connection: AsyncConnection, note: Note) -> None:
    held = and_(_held(note.claim), items.c.status == "running")
    before = await connection.scalar(select(items.c.share).where(held))
    if before is None:
        return
    share = share_of(note.done, note.total)
    told = {"done": note.done, "total": note.total, "share": share, "log": items.c.log + note.lines}
    noted = update(items).where(held).values(told).returning(items.c.task_id)
    task_id = (await connection.execute(noted)).scalar_one()
    await tell(connection, task_id, "task.updated", note.claim.item_id)
    await climb(connection, task_id, share - before)


def _sent(type_name: str, task_id: TaskId, item_id: TaskItemId, number: int, receipt: str | None, status: str) -> Sent:
    claim = Claim(item_id, receipt) if status == "running" and receipt else None
    return Sent(Delivery(type_name, task_id, item_id, number), claim)

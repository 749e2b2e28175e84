"""Messages in one SQLite file, for who wants no Redis to keep them. Each verb is one transaction of the one writer."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from api_queue.drivers.sql import connect, writing
from api_queue.errors import MessagesAway, MessagesDamaged
from api_queue.messages.models import Death, Info, Message, Page, Take, Taken, Wish, first_of_each_id
from api_queue.messages.names import dead_letters_of, is_dead, living
from api_queue.messages.sqlite_tables import (
    first,
    hidden,
    message_of,
    messages,
    metadata,
    names,
    next_visible,
    of,
    overdue,
    row_of,
    size_bytes,
    totals,
)
from api_queue.types import MessageId, MessageQueueName, Receipt

#: Rows that one statement moves at most, so that no writer waits long for another.
_SLICE: Final = 1000
#: A dead letter dies no more.
_NEVER: Final = 1 << 62


class SqliteMessages:
    """`models.Store`. The file and its tables are made at first use.

    Raises MessagesAway (the disk is full, the folder cannot be written), and MessagesDamaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._engine = connect(f"sqlite+aiosqlite:///{path.resolve()}")
        self._turn = asyncio.Lock()  # between processes SQLite waits by looking again and again, and fairly to nobody
        self._made = False

    async def close(self) -> None:
        await self._engine.dispose()

    # -- sending -----------------------------------------------------------------------------------------------

    async def send(self, queue: MessageQueueName, sent: Sequence[Message], now_ms: int) -> None:
        ids = [message.id for message in sent]
        known = select(messages.c.id).where(messages.c.queue == living(queue), messages.c.id.in_(ids))
        async with self._writing() as connection:
            there = set(await connection.scalars(known))
            fresh = [message for message in first_of_each_id(sent) if message.id not in there]
            if fresh:
                await connection.execute(insert(messages), [row_of(queue, message) for message in fresh])
                await _count(connection, queue, now_ms, len(fresh), sum(len(each.body.encode()) for each in fresh))

    async def update(
        self, queue: MessageQueueName, message_id: MessageId, body: str, timestamp: str, now_ms: int
    ) -> bool:
        this = (of(queue), messages.c.id == message_id)
        async with self._writing() as connection:
            before = await connection.scalar(select(size_bytes).where(*this))
            if before is None:
                return False
            await connection.execute(update(messages).where(*this).values(body=body, timestamp=timestamp))
            await _count(connection, queue, now_ms, 0, len(body.encode()) - before)
        return True

    async def redrive(self, queue: MessageQueueName, most: int, now_ms: int) -> int:
        moved = 0
        while step := await self._redrive(queue, min(_SLICE, most - moved), now_ms):
            moved += step
        return moved

    async def _redrive(self, queue: MessageQueueName, most: int, now_ms: int) -> int:
        dead = dead_letters_of(queue)
        async with self._writing() as connection:
            await _settle(connection, dead, now_ms)
            rows = (await connection.execute(first(dead, Wish(), _NEVER, most))).all()
            if rows:
                await _move(connection, rows, queue, now_ms, receive_count=0, died_at_ms=None, reason=None)
        return len(rows)

    # -- receiving ---------------------------------------------------------------------------------------------

    async def receive(self, queue: MessageQueueName, take: Take, now_ms: int) -> Taken:
        async with self._writing() as connection:
            await _settle(connection, queue, now_ms)
            rows = await _choose(connection, queue, take, now_ms)
            if take.wish.delete:
                await _drop(connection, queue, now_ms, messages.c.place.in_([row.place for row in rows]))
            elif rows:
                await connection.execute(_HIDE, [_held(row, take, at) for at, row in enumerate(rows)])
            next_ms = None if rows else await connection.scalar(next_visible(queue))
        return Taken(tuple(take.handed(message_of(row), at) for at, row in enumerate(rows)), next_ms)

    async def delete(self, queue: MessageQueueName, receipt: Receipt, now_ms: int) -> bool:
        async with self._writing() as connection:
            return await _drop(connection, queue, now_ms, hidden(queue, now_ms), messages.c.receipt == receipt)

    async def delete_by_id(self, queue: MessageQueueName, message_id: MessageId, now_ms: int) -> bool:
        async with self._writing() as connection:
            return await _drop(connection, queue, now_ms, messages.c.id == message_id)

    async def extend(self, queue: MessageQueueName, receipt: Receipt, visible_at_ms: int, now_ms: int) -> bool:
        this = (hidden(queue, now_ms), messages.c.receipt == receipt)
        async with self._writing() as connection:
            later = update(messages).where(*this).values(visible_at_ms=visible_at_ms)
            return bool((await connection.execute(later)).rowcount)

    async def clear(self, queue: MessageQueueName, now_ms: int) -> None:
        nothing = {"messages": 0, "size_bytes": 0, "changed_at_ms": now_ms}
        async with self._writing() as connection:
            await connection.execute(delete(messages).where(of(queue)))
            await connection.execute(update(totals).where(totals.c.queue == queue).values(nothing))

    # -- looking -----------------------------------------------------------------------------------------------

    async def look(self, queue: MessageQueueName, offset: int, limit: int, now_ms: int) -> Page:
        there = select(messages).where(of(queue), messages.c.visible_at_ms <= now_ms)
        async with self._reading() as connection:
            rows = await connection.execute(there.order_by(messages.c.place).offset(offset).limit(limit))
            return Page(
                tuple(message_of(row, now_ms) for row in rows), (await _info(connection, queue, now_ms)).available
            )

    async def message(self, queue: MessageQueueName, message_id: MessageId, now_ms: int) -> Message | None:
        async with self._reading() as connection:
            found = await connection.execute(select(messages).where(of(queue), messages.c.id == message_id))
            row = found.first()
        return message_of(row, now_ms) if row else None

    async def existing(self, queue: MessageQueueName, message_ids: Sequence[MessageId]) -> Collection[MessageId]:
        async with self._reading() as connection:
            there = select(messages.c.id).where(of(queue), messages.c.id.in_(message_ids))
            return set(await connection.scalars(there))

    async def info(self, queue: MessageQueueName, now_ms: int) -> Info:
        async with self._reading() as connection:
            return await _info(connection, queue, now_ms)

    async def every(self, queue: MessageQueueName) -> AsyncIterator[Message]:
        every = select(messages).where(of(queue)).order_by(messages.c.place)
        async with self._reading() as connection, connection.stream(every) as rows:
            async for row in rows:
                yield message_of(row)

    # -- the list of queues ------------------------------------------------------------------------------------

    async def register(self, queue: MessageQueueName, queues_max: int) -> bool:
        async with self._writing() as connection:
            known = set(await connection.scalars(select(names.c.queue)))
            if queue not in known and len(known) < queues_max:
                await connection.execute(insert(names).values(queue=queue))
        return queue in known or len(known) < queues_max

    async def queues(self) -> list[MessageQueueName]:
        async with self._reading() as connection:
            return list(await connection.scalars(select(names.c.queue).order_by(names.c.queue)))

    # -- transactions ------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        with self._sentences():
            async with self._turn:
                await self._make()
                async with writing(self._engine) as connection:
                    yield connection

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        with self._sentences():
            await self._make()
            async with self._engine.connect() as connection:
                yield connection

    async def _make(self) -> None:
        if not self._made:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            async with writing(self._engine) as connection:
                await connection.run_sync(metadata.create_all)
            self._made = True

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, OSError) as error:
            reason = error.orig if isinstance(error, OperationalError) else error.strerror
            raise MessagesAway(reason=reason, retry_after=5) from error
        except DatabaseError as error:
            raise MessagesDamaged(file=self._path.name, reason=error.orig) from error


# -- parts of a transaction ------------------------------------------------------------------------------------

_AT: Final = messages.c.place == bindparam("at")
_HIDE: Final = (
    update(messages)
    .where(_AT)
    .values(
        receive_count=messages.c.receive_count + 1,
        visible_at_ms=bindparam("until_ms"),
        receipt=bindparam("new_receipt"),
        consumers=bindparam("had_by"),
    )
)


async def _settle(connection: AsyncConnection, queue: MessageQueueName, now_ms: int) -> None:
    """Those whose time is over are in their places again. More than a slice of them come with the next receives."""
    over = overdue(queue, now_ms, _SLICE)
    back = update(messages).where(messages.c.place.in_(over)).values(visible_at_ms=0, receipt=None)
    await connection.execute(back)


async def _choose(connection: AsyncConnection, queue: MessageQueueName, take: Take, now_ms: int) -> list[Row[Any]]:
    """The first that fit. Those that were received too often go to the dead letters on the way."""
    chosen: list[Row[Any]] = []
    place, receive_max = 0, _NEVER if is_dead(queue) else take.receive_max
    while len(chosen) < len(take.receipts):
        following = first(queue, take.wish, receive_max, len(take.receipts) - len(chosen))
        rows = (await connection.execute(following.where(messages.c.place > place))).all()
        if not rows:
            break
        place = rows[-1].place
        for row in rows:
            if row.receive_count < receive_max:
                chosen.append(row)
            else:
                await _die(connection, queue, row, now_ms)
    return chosen


async def _die(connection: AsyncConnection, queue: MessageQueueName, row: Row[Any], now_ms: int) -> None:
    death = Death.after(row.receive_count, now_ms)
    await _move(connection, [row], dead_letters_of(queue), now_ms, died_at_ms=death.at_ms, reason=death.reason)


async def _move(
    connection: AsyncConnection, rows: Sequence[Row[Any]], target: MessageQueueName, now_ms: int, **changes: object
) -> None:
    """From a queue to its dead letters, or back: to the end, in their order."""
    last = await connection.scalar(select(func.max(messages.c.place)))
    there = {"place": bindparam("to"), "dead": int(is_dead(target)), "consumers": "\n", **changes}
    places = [{"at": row.place, "to": last + number} for number, row in enumerate(rows, 1)]
    await connection.execute(update(messages).where(_AT).values(there), places)
    source = living(target) if is_dead(target) else dead_letters_of(target)
    size = sum(row.size_bytes for row in rows)
    await _count(connection, source, now_ms, -len(rows), -size)
    await _count(connection, target, now_ms, len(rows), size)


async def _drop(connection: AsyncConnection, queue: MessageQueueName, now_ms: int, *which: ColumnElement[bool]) -> bool:
    gone = delete(messages).where(of(queue), *which).returning(size_bytes)
    sizes = (await connection.scalars(gone)).all()
    if sizes:
        await _count(connection, queue, now_ms, -len(sizes), -sum(sizes))
    return bool(sizes)


async def _count(connection: AsyncConnection, queue: MessageQueueName, now_ms: int, count: int, size: int) -> None:
    """So many messages and bytes more, or fewer."""
    new = upsert(totals).values(
        queue=queue, messages=count, size_bytes=size, created_at_ms=now_ms, changed_at_ms=now_ms
    )
    more = {"messages": totals.c.messages + count, "size_bytes": totals.c.size_bytes + size, "changed_at_ms": now_ms}
    await connection.execute(new.on_conflict_do_update(index_elements=["queue"], set_=more))


async def _info(connection: AsyncConnection, queue: MessageQueueName, now_ms: int) -> Info:
    dead = None if is_dead(queue) else dead_letters_of(queue)
    rows = await connection.execute(select(totals).where(totals.c.queue.in_([queue, dead])))
    total = {row.queue: row for row in rows}
    dead_letters = total[dead].messages if dead in total else 0
    if queue not in total:
        return Info(dead_letters=dead_letters)
    in_flight = await connection.scalar(select(func.count()).where(hidden(queue, now_ms))) or 0
    _, count, size, created_at_ms, changed_at_ms = total[queue]
    return Info(count - in_flight, in_flight, size, dead_letters, created_at_ms, changed_at_ms)


def _held(row: Row[Any], take: Take, at: int) -> dict[str, object]:
    """Variables of `_HIDE`, for the message that gets receipt number `at`."""
    consumers = take.remembered(row.consumers.split("\n")[1:-1])
    had_by = "\n".join(("", *consumers, ""))
    return {"at": row.place, "until_ms": take.visible_at_ms, "new_receipt": take.receipts[at], "had_by": had_by}

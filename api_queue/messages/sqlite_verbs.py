"""The verbs on messages in SQLite: each is called inside a transaction of its own, alone with its connection."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from api_queue.messages.models import Death, Info, Message, Page, Take, Taken, Wish, first_of_each_id
from api_queue.messages.names import dead_letters_of, is_dead, living
from api_queue.messages.sqlite_tables import (
    first,
    hidden,
    message_of,
    messages,
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
SLICE: Final = 1000
#: A dead letter dies no more.
_NEVER: Final = 1 << 62

# -- sending ---------------------------------------------------------------------------------------------------


def send(connection: Connection, queue: MessageQueueName, sent: Sequence[Message], now_ms: int) -> None:
    ids = [message.id for message in sent]
    known = select(messages.c.id).where(messages.c.queue == living(queue), messages.c.id.in_(ids))
    there = set(connection.scalars(known))
    fresh = [message for message in first_of_each_id(sent) if message.id not in there]
    if fresh:
        connection.execute(insert(messages), [row_of(queue, message) for message in fresh])
        _count(connection, queue, now_ms, len(fresh), sum(len(each.body.encode()) for each in fresh))


def rewrite(
    connection: Connection, queue: MessageQueueName, message_id: MessageId, body: str, timestamp: str, now_ms: int
) -> bool:
    this = (of(queue), messages.c.id == message_id)
    before = connection.scalar(select(size_bytes).where(*this))
    if before is None:
        return False
    connection.execute(update(messages).where(*this).values(body=body, timestamp=timestamp))
    _count(connection, queue, now_ms, 0, len(body.encode()) - before)
    return True


def redrive(connection: Connection, queue: MessageQueueName, most: int, now_ms: int) -> int:
    dead = dead_letters_of(queue)
    settle(connection, dead, now_ms)
    rows = connection.execute(first(dead, Wish(), _NEVER, most)).all()
    if rows:
        _move(connection, rows, queue, now_ms, receive_count=0, died_at_ms=None, reason=None)
    return len(rows)


# -- receiving -------------------------------------------------------------------------------------------------


def settle(connection: Connection, queue: MessageQueueName, now_ms: int) -> bool:
    """Those whose time is over are in their places again: a slice of them, and whether there may be more."""
    over = messages.c.place.in_(overdue(queue, now_ms, SLICE))
    back = update(messages).where(over).values(visible_at_ms=0, receipt=None)
    return connection.execute(back).rowcount == SLICE


def receive(connection: Connection, queue: MessageQueueName, take: Take, now_ms: int) -> Taken | None:
    """None: there are more to settle first."""
    if settle(connection, queue, now_ms):
        return None
    rows = _choose(connection, queue, take, now_ms)
    if take.wish.delete:
        drop(connection, queue, now_ms, messages.c.place.in_([row.place for row in rows]))
    elif rows:
        connection.execute(_HIDE, [_held(row, take, number) for number, row in enumerate(rows)])
    handed = tuple(take.handed(message_of(row), number) for number, row in enumerate(rows))
    return Taken(handed, None if rows else connection.scalar(next_visible(queue)))


def extend(connection: Connection, queue: MessageQueueName, receipt: Receipt, visible_at_ms: int, now_ms: int) -> bool:
    this = (hidden(queue, now_ms), messages.c.receipt == receipt)
    return bool(connection.execute(update(messages).where(*this).values(visible_at_ms=visible_at_ms)).rowcount)


def clear(connection: Connection, queue: MessageQueueName, now_ms: int) -> None:
    connection.execute(delete(messages).where(of(queue)))
    nothing = {"messages": 0, "size_bytes": 0, "changed_at_ms": now_ms}
    connection.execute(update(totals).where(totals.c.queue == queue).values(nothing))


def drop(connection: Connection, queue: MessageQueueName, now_ms: int, *which: ColumnElement[bool]) -> bool:
    gone = delete(messages).where(of(queue), *which).returning(size_bytes)
    sizes = (connection.scalars(gone)).all()
    if sizes:
        _count(connection, queue, now_ms, -len(sizes), -sum(sizes))
    return bool(sizes)


# -- looking ---------------------------------------------------------------------------------------------------


def look(connection: Connection, queue: MessageQueueName, offset: int, limit: int, now_ms: int) -> Page:
    """Once all are settled."""
    rows = connection.execute(first(queue, Wish(), _NEVER, limit).offset(offset))
    return Page(tuple(map(message_of, rows)), info(connection, queue, now_ms).available)


def show(connection: Connection, queue: MessageQueueName, message_id: MessageId, now_ms: int) -> Message | None:
    row = connection.execute(select(messages).where(of(queue), messages.c.id == message_id)).first()
    return message_of(row, now_ms) if row else None


def existing(
    connection: Connection, queue: MessageQueueName, message_ids: Sequence[MessageId]
) -> Collection[MessageId]:
    return set(connection.scalars(select(messages.c.id).where(of(queue), messages.c.id.in_(message_ids))))


def following(connection: Connection, queue: MessageQueueName, place: int) -> Sequence[Row[Any]]:
    """A slice of the messages behind that place, hidden or not."""
    this = (messages.c.queue + "" == living(queue), messages.c.dead == int(is_dead(queue)))  # no index but the order's
    behind = select(messages).where(messages.c.place > place, *this)
    return connection.execute(behind.order_by(messages.c.place).limit(SLICE)).all()


def info(connection: Connection, queue: MessageQueueName, now_ms: int) -> Info:
    dead = None if is_dead(queue) else dead_letters_of(queue)
    rows = connection.execute(select(totals).where(totals.c.queue.in_([queue, dead])))
    total = {row.queue: row for row in rows}
    dead_letters = total[dead].messages if dead in total else 0
    if queue not in total:
        return Info(dead_letters=dead_letters)
    in_flight = connection.scalar(select(func.count()).where(hidden(queue, now_ms))) or 0
    _, count, size, created_at_ms, changed_at_ms = total[queue]
    return Info(count - in_flight, in_flight, size, dead_letters, created_at_ms, changed_at_ms)


# -- the list of queues ----------------------------------------------------------------------------------------


def register(connection: Connection, queue: MessageQueueName, queues_max: int) -> bool:
    known = set(queues(connection))
    if queue not in known and len(known) < queues_max:
        connection.execute(insert(names).values(queue=queue))
    return queue in known or len(known) < queues_max


def queues(connection: Connection) -> list[MessageQueueName]:
    return list(connection.scalars(select(names.c.queue).order_by(names.c.queue)))


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


def _choose(connection: Connection, queue: MessageQueueName, take: Take, now_ms: int) -> list[Row[Any]]:
    """The first that fit. Those that were received too often go to the dead letters on the way."""
    chosen: list[Row[Any]] = []
    place, receive_max = 0, _NEVER if is_dead(queue) else take.receive_max
    while len(chosen) < len(take.receipts):
        following = first(queue, take.wish, receive_max, len(take.receipts) - len(chosen))
        rows = (connection.execute(following.where(messages.c.place > place))).all()
        if not rows:
            break
        place = rows[-1].place
        for row in rows:
            if row.receive_count < receive_max:
                chosen.append(row)
            else:
                _die(connection, queue, row, now_ms)
    return chosen


def _die(connection: Connection, queue: MessageQueueName, row: Row[Any], now_ms: int) -> None:
    death = Death.after(row.receive_count, now_ms)
    _move(connection, [row], dead_letters_of(queue), now_ms, died_at_ms=death.at_ms, reason=death.reason)


def _move(
    connection: Connection, rows: Sequence[Row[Any]], target: MessageQueueName, now_ms: int, **changes: object
) -> None:
    """From a queue to its dead letters, or back: to the end, in their order."""
    last = connection.scalar(select(func.max(messages.c.place)))
    there = {"place": bindparam("to"), "dead": int(is_dead(target)), "consumers": "\n", **changes}
    places = [{"at": row.place, "to": last + number} for number, row in enumerate(rows, 1)]
    connection.execute(update(messages).where(_AT).values(there), places)
    source = living(target) if is_dead(target) else dead_letters_of(target)
    size = sum(row.size_bytes for row in rows)
    _count(connection, source, now_ms, -len(rows), -size)
    _count(connection, target, now_ms, len(rows), size)


def _count(connection: Connection, queue: MessageQueueName, now_ms: int, count: int, size: int) -> None:
    """So many messages and bytes more, or fewer."""
    new = upsert(totals).values(
        queue=queue, messages=count, size_bytes=size, created_at_ms=now_ms, changed_at_ms=now_ms
    )
    more = {"messages": totals.c.messages + count, "size_bytes": totals.c.size_bytes + size, "changed_at_ms": now_ms}
    connection.execute(new.on_conflict_do_update(index_elements=["queue"], set_=more))


def _held(row: Row[Any], take: Take, number: int) -> dict[str, object]:
    """Variables of `_HIDE`, for the message that gets receipt of that number."""
    consumers = take.remembered(row.consumers.split("\n")[1:-1])
    had_by = "\n".join(("", *consumers, ""))
    return {"at": row.place, "until_ms": take.visible_at_ms, "new_receipt": take.receipts[number], "had_by": had_by}

"""The file of messages in SQLite: its tables, which it makes itself, and the statements that must never scan them.

It is no part of the database that `migrations/` keeps: whoever puts messages there may take them away as one file.
"""

from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    and_,
    cast,
    func,
    literal_column,
    or_,
    select,
)

from api_queue.messages.models import Death, Message, Wish
from api_queue.messages.names import is_dead, living
from api_queue.types import MessageId, MessageQueueName, Receipt

#: Literal, for the partial index of those nobody received yet: a planner cannot tell what a variable will be.
_NONE: Final[ColumnElement[int]] = literal_column("0")

metadata = MetaData()

#: `place` is the order. Dead letters stand beside the messages of their queue, so that an id is there once.
messages = Table(
    "messages",
    metadata,
    Column("place", Integer, primary_key=True),
    Column("queue", Text, nullable=False),
    Column("dead", Integer, nullable=False),
    Column("id", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("timestamp", Text, nullable=False),
    Column("receive_count", Integer, nullable=False),
    Column("visible_at_ms", Integer, nullable=False),
    Column("receipt", Text),
    #: A line for each that had it, with a line end before and behind.
    Column("consumers", Text, nullable=False, default="\n"),
    Column("died_at_ms", Integer),
    Column("reason", Text),
)
Index("ix_messages_id", messages.c.queue, messages.c.id, unique=True)
Index("ix_messages_receipt", messages.c.receipt, unique=True)
_ORDER: Final = (messages.c.queue, messages.c.dead, messages.c.visible_at_ms, messages.c.place)
Index("ix_messages_visible", *_ORDER)
Index("ix_messages_fresh", *_ORDER, sqlite_where=messages.c.receive_count == _NONE)

#: What there is on each queue, counted as it changes; `q.dead` has a row of its own.
totals = Table(
    "totals",
    metadata,
    Column("queue", Text, primary_key=True),
    Column("messages", Integer, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("created_at_ms", Integer, nullable=False),
    Column("changed_at_ms", Integer, nullable=False),
)

names = Table("names", metadata, Column("queue", Text, primary_key=True))

size_bytes = func.length(cast(messages.c.body, LargeBinary)).label("size_bytes")


def of(queue: MessageQueueName) -> ColumnElement[bool]:
    return and_(messages.c.queue == living(queue), messages.c.dead == int(is_dead(queue)))


def hidden(queue: MessageQueueName, now_ms: int) -> ColumnElement[bool]:
    return and_(of(queue), messages.c.visible_at_ms > now_ms)


def first(queue: MessageQueueName, wish: Wish, receive_max: int, most: int) -> Select[*tuple[Any, ...]]:
    """Those that can be had and fit, in their order, once all whose time is over are back in their places.

    Also those that were received `receive_max` times, whoever had them: they are to die.
    """
    found = select(messages, size_bytes).where(of(queue), messages.c.visible_at_ms == 0)
    if wish.only_new:
        found = found.where(messages.c.receive_count == _NONE)
    if wish.consumer_id:
        has_not_had = func.instr(messages.c.consumers, f"\n{wish.consumer_id}\n") == 0
        found = found.where(or_(has_not_had, messages.c.receive_count >= receive_max))
    return found.order_by(messages.c.place).limit(most)


def next_visible(queue: MessageQueueName) -> Select[int | None]:
    return select(func.min(messages.c.visible_at_ms)).where(of(queue), messages.c.visible_at_ms > 0)


def overdue(queue: MessageQueueName, now_ms: int, most: int) -> Select[int]:
    """Places of hidden ones whose time is over, those that waited longest first."""
    over = select(messages.c.place).where(of(queue), messages.c.visible_at_ms.between(1, now_ms))
    return over.order_by(messages.c.visible_at_ms).limit(most)


def row_of(queue: MessageQueueName, message: Message) -> dict[str, object]:
    return {
        "queue": living(queue),
        "dead": int(is_dead(queue)),
        "id": message.id,
        "body": message.body,
        "timestamp": message.timestamp,
        "receive_count": message.receive_count,
        "visible_at_ms": message.visible_at_ms,
        "died_at_ms": message.death.at_ms if message.death else None,
        "reason": message.death.reason if message.death else None,
    }


def message_of(row: Row[Any], now_ms: int = 0) -> Message:
    """As it is at that time."""
    is_hidden = row.visible_at_ms > now_ms
    return Message(
        id=MessageId(row.id),
        body=row.body,
        timestamp=row.timestamp,
        receive_count=row.receive_count,
        visible_at_ms=row.visible_at_ms if is_hidden else 0,
        receipt=Receipt(row.receipt) if is_hidden and row.receipt else None,
        death=None if row.died_at_ms is None else Death(row.died_at_ms, row.reason),
    )

"""The tables of tasks; `migrations/versions/jobs_0001.py` makes them. Points in time are ms since 1970."""

from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text, false
from sqlalchemy.engine import RowMapping

from api_queue.drivers.sql import RowNumber, metadata
from api_queue.jobs.models import Json, Task, TaskItem

#: `closing` is the payload of the item that is still to come when all others are final. Of live tasks one has a key.
tasks: Final = Table(
    "queue_tasks",
    metadata,
    Column("task_id", RowNumber, primary_key=True),
    Column("type", String(64), nullable=False),
    Column("status", String(10), nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("key", String(200)),
    Column("meta", Text, nullable=False),
    Column("closing", Text),
    Column("concurrency", Integer),
    Column("retry_of", RowNumber),
    Column("paused", Boolean, nullable=False, server_default=false()),
    Column("parent_item_id", RowNumber, index=True),
    Column("parent_task_id", RowNumber, index=True),
    Column("root_id", RowNumber, index=True),
    Column("total_items", Integer, nullable=False),
    Column("completed_items", Integer, nullable=False, server_default="0"),
    Column("failed_items", Integer, nullable=False, server_default="0"),
    Column("canceled_items", Integer, nullable=False, server_default="0"),
    Column("work_done", Float, nullable=False, server_default="0"),
    Column("furthest", Float, nullable=False, server_default="0"),
    Index("ix_queue_tasks_status_created_at", "status", "created_at"),
    Index("ix_queue_tasks_created_at", "created_at"),
    sqlite_autoincrement=True,  # the number of a task that is gone stays its own
)
LIVE_KEY: Final = Index(
    "uq_queue_tasks_live_key",
    tasks.c.key,
    unique=True,
    sqlite_where=tasks.c.status.in_(("queued", "running")),
    postgresql_where=tasks.c.status.in_(("queued", "running")),
)

#: `sending` counts the messages made for it, 0 while it has none yet; `receipt` is that of the worker who runs it.
#: `ended`: its run has, and its child tasks have not. `share` is how much of it is done, 0 to 1.
items: Final = Table(
    "queue_items",
    metadata,
    Column("item_id", RowNumber, primary_key=True),
    Column("task_id", ForeignKey(tasks.c.task_id, ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("status", String(10), nullable=False),
    Column("payload", Text, nullable=False),
    Column("result", Text),
    Column("error", Text, nullable=False, server_default=""),
    Column("log", Text, nullable=False, server_default=""),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("sending", Integer, nullable=False, server_default="0"),
    Column("receipt", String(64)),
    Column("ended", Boolean, nullable=False, server_default=false()),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("total", BigInteger, nullable=False, server_default="0"),
    Column("share", Float, nullable=False, server_default="0"),
    Column("created_at", BigInteger, nullable=False),
    Column("started_at", BigInteger),
    Column("finished_at", BigInteger),
    Index("ix_queue_items_task_id_number", "task_id", "number", unique=True),
    Index("ix_queue_items_task_id_status_sending", "task_id", "status", "sending", "number"),
    Index("ix_queue_items_status_created_at", "status", "created_at"),
    sqlite_autoincrement=True,
)

#: The outbox: what changed and was not told yet, written with the change.
changes: Final = Table(
    "queue_task_changes",
    metadata,
    Column("number", RowNumber, primary_key=True),
    Column("task_id", RowNumber, nullable=False),
    Column("item_id", RowNumber),
    Column("name", String(20), nullable=False),
    sqlite_autoincrement=True,
)

OF_TASK: Final = [column for column in tasks.c if column.name != "closing"]
#: Without the log, which only who asks for the one item wants.
OF_ITEM: Final = [
    *(items.c.item_id, items.c.task_id, items.c.number.label("index"), items.c.status, items.c.payload),
    *(items.c.result, items.c.error, items.c.attempts, items.c.started_at, items.c.finished_at),
    *(items.c.done, items.c.total),
]


def json_text(value: Json) -> str:
    return msgspec.json.encode(value).decode()


def task_of(row: RowMapping) -> Task:
    return Task(**_decoded(row, "meta"))


def item_of(row: RowMapping) -> TaskItem:
    return TaskItem(**_decoded(row, "payload", "result"))


def json_value(text: str) -> Json:
    return msgspec.json.decode(text)


def _decoded(row: RowMapping, *columns: str) -> dict[str, Any]:
    values: dict[str, Any] = dict(row)
    return values | {name: msgspec.json.decode(values[name]) if values[name] else None for name in columns}

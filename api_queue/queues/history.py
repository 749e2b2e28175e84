"""What left the head of a queue's list, in SQL."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, Float, Index, Integer, String, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from api_queue.drivers.sql import insert_missing, metadata, writing
from api_queue.queues.models import Item
from api_queue.types import QueueName

history = Table(
    "queue_history",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("queue", String(32), nullable=False),
    Column("id", String(10), nullable=False),
    Column("track_id", String(200), nullable=False),
    Column("performer_name", String(64), nullable=False),
    Column("session_owner", String(64), nullable=False),
    Column("timestamp_play", BigInteger),
    Column("timestamp_added", BigInteger, nullable=False),
    Column("track_duration_ms", BigInteger, nullable=False),
    Column("weight", Float, nullable=False),
    Column("status", String(10), nullable=False),
    Column("added_by", String(10), nullable=False),
    Column("key_shift", Integer, nullable=False),
    Column("tempo", Float, nullable=False),
    Index("ix_queue_history_queue_id", "queue", "id", unique=True),
)
_OF_ITEM = [column for column in history.columns if column.name not in {"number", "queue"}]


class SqlHistory:
    """`models.History`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def keep(self, name: QueueName, items: Sequence[Item]) -> None:
        """Again what is there already is passed over: a crash between here and Redis repeats it."""
        rows = [{"queue": name, **{c.name: getattr(item, c.name) for c in _OF_ITEM}} for item in items]
        if rows:
            async with writing(self._engine) as connection:
                await connection.execute(insert_missing(connection, history), rows)

    async def read(self, name: QueueName, limit: int) -> list[Item]:
        newest = select(*_OF_ITEM).where(history.c.queue == name).order_by(history.c.number.desc()).limit(limit)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(newest)).mappings().all()
        return [Item(**row) for row in reversed(rows)]

    async def forget(self, name: QueueName) -> None:
        async with writing(self._engine) as connection:
            await connection.execute(delete(history).where(history.c.queue == name))

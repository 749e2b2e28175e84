"""Who is registered as a device of which queue, in SQL: beside the token that it acts by."""

from typing import Any

from msgspec.structs import asdict
from sqlalchemy import BigInteger, Column, Select, String, Table, Text, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql import Delete

from api_queue.drivers.sql import metadata, writing
from api_queue.errors import DevicesFull
from api_queue.playback.devices import MOST, Device
from api_queue.types import DeviceId, QueueName

#: `migrations/versions/playback_0001.py` makes it.
devices = Table(
    "devices",
    metadata,
    Column("queue", String(32), primary_key=True),
    Column("device_id", String(64), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("platform", String(64), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("owner", Text, nullable=False),
    Column("token_id", Text, nullable=False, unique=True),
    Column("registered_at", BigInteger, nullable=False, key="registered_at_ms"),
)
_c = devices.c


class SqlDevices:
    """devices.DeviceStore."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def devices(self, queue: QueueName) -> list[Device]:
        of_queue = select(devices).where(_c.queue == queue)
        return await self._read(of_queue.order_by(_c.registered_at_ms, _c.device_id))

    async def device(self, queue: QueueName, device_id: DeviceId) -> Device | None:
        return await self._one(select(devices).where(_c.queue == queue, _c.device_id == device_id))

    async def by_token(self, token_id: str) -> Device | None:
        return await self._one(select(devices).where(_c.token_id == token_id))

    async def put(self, device: Device) -> str | None:
        of_queue = _c.queue == device.queue
        this = of_queue & (_c.device_id == device.device_id)
        async with writing(self._engine, "devices") as connection:
            before: str | None = await connection.scalar(select(_c.token_id).where(this))
            there = await connection.scalar(select(func.count()).where(of_queue))
            if before is None and (there or 0) >= MOST:
                raise DevicesFull(limit=MOST)
            await connection.execute(delete(devices).where(this))
            await connection.execute(insert(devices).values(asdict(device)))
        return before

    async def remove(self, device: Device) -> None:
        """Not one that was registered under the same id meanwhile."""
        await self._delete(delete(devices).where(_c.token_id == device.token_id))

    async def forget(self, queue: QueueName) -> None:
        await self._delete(delete(devices).where(_c.queue == queue))

    async def _delete(self, which: Delete) -> None:
        async with writing(self._engine) as connection:
            await connection.execute(which)

    async def _one(self, query: Select[Any]) -> Device | None:
        return next(iter(await self._read(query)), None)

    async def _read(self, query: Select[Any]) -> list[Device]:
        async with self._engine.connect() as connection:
            rows = await connection.execute(query)
            return [Device(**dict(zip(Device.__struct_fields__, row, strict=True))) for row in rows]

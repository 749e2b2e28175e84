"""API keys in SQL. Times are milliseconds since 1970; rights are JSON, since they are only ever read whole."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, Column, Table, Text, func, insert, select, update

from api_queue.accounts.api_keys import ApiKey
from api_queue.accounts.store import SqlStore
from api_queue.drivers.sql import metadata
from api_queue.types import Right
from api_queue.web.programs import Program

API_KEYS = Table(
    "api_keys",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("key_hash", Text, nullable=False, unique=True),
    Column("description", Text, nullable=False),
    Column("queues", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False, key="created_at_ms"),
    Column("revoked_at", BigInteger, key="revoked_at_ms"),
    Column("last_used_at", BigInteger, key="last_used_at_ms"),
)
_QUEUES: Final = msgspec.json.Decoder(dict[str, frozenset[Right]])


class SqlApiKeys(SqlStore):
    """api_keys.ApiKeyStore."""

    async def add(self, key: ApiKey) -> None:
        await self._write(insert(API_KEYS).values(_row_of(key)))

    async def by_hash(self, key_hash: str) -> ApiKey | None:
        rows = await self._read(select(API_KEYS).where(API_KEYS.c.key_hash == key_hash))
        return _key_of(*rows[0]) if rows else None

    async def keys(self) -> Sequence[ApiKey]:
        rows = await self._read(select(API_KEYS).order_by(API_KEYS.c.created_at_ms.desc(), API_KEYS.c.key_id))
        return [_key_of(*row) for row in rows]

    async def revoke(self, key_id: str, now_ms: int) -> bool:
        first = func.coalesce(API_KEYS.c.revoked_at_ms, now_ms)
        change = update(API_KEYS).where(API_KEYS.c.key_id == key_id).values(revoked_at_ms=first)
        return await self._write(change) == 1

    async def touch(self, key_id: str, now_ms: int) -> None:
        await self._write(update(API_KEYS).where(API_KEYS.c.key_id == key_id).values(last_used_at_ms=now_ms))


def _row_of(key: ApiKey) -> dict[str, object]:
    program = key.program
    return {
        "key_id": program.key_id,
        "key_hash": key.key_hash,
        "description": program.description,
        "queues": msgspec.json.encode(program.queues, order="deterministic").decode(),
        "created_at_ms": key.created_at_ms,
    }


def _key_of(key_id: str, key_hash: str, description: str, queues: str, *times: Any) -> ApiKey:
    return ApiKey(Program(key_id, description, _QUEUES.decode(queues)), key_hash, *times)

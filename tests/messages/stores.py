"""The stores that have to keep the contract: every test that takes `post` runs on each of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from api_queue.drivers.redis import Redis
from api_queue.messages.json_store import JsonMessages
from api_queue.messages.models import Store
from api_queue.messages.redis_store import RedisMessages
from api_queue.messages.sqlite_store import SqliteMessages

KINDS = ("redis", "sqlite", "json")


@asynccontextmanager
async def open_store(kind: str, redis: Redis, folder: Path) -> AsyncIterator[Store]:
    """Empty, if `redis` and the folder are."""
    if kind == "redis":
        yield RedisMessages(redis)
        return
    store = SqliteMessages(folder / "messages.sqlite") if kind == "sqlite" else JsonMessages(folder / "messages")
    yield store
    await store.close()

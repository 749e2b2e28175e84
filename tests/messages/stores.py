"""The stores that have to keep the contract: every test that takes `post` runs on each of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from api_queue.drivers.redis import Redis
from api_queue.messages.models import Store
from api_queue.messages.redis_store import RedisMessages

KINDS = ("redis",)


@asynccontextmanager
async def open_store(_kind: str, redis: Redis, _folder: Path) -> AsyncIterator[Store]:
    """Empty, if `redis` and the folder are."""
    yield RedisMessages(redis)

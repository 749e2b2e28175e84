"""`OrderStore` in Redis."""

from typing import Final

from api_queue.drivers.redis import Redis
from api_queue.jobs.models import TaskId

_KEPT_MS: Final = 7 * 24 * 3_600_000


class RedisOrders:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def add(self, correlation_id: str, task_id: TaskId) -> None:
        await self._redis.call("SET", f"tracklist:order:{correlation_id}", task_id, "PX", _KEPT_MS)

    async def task_of(self, correlation_id: str) -> TaskId | None:
        task_id = await self._redis.call("GET", f"tracklist:order:{correlation_id}")
        return None if task_id is None else TaskId(int(task_id))

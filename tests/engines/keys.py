"""What is in Redis, wherever it is: KEYS sees one node of a Cluster."""

from api_queue.drivers.redis import Redis


async def keys_like(redis: Redis, pattern: str = "*") -> list[str]:
    return sorted({key async for some in redis.keys(pattern) for key in some})

"""Tokens in Redis: only how often each was used where it does not belong.

| key | holds |
|---|---|
| `media:bad:{token id}` | bad uses; forgotten a day after the last |
"""

from typing import Final

from api_queue.drivers.redis import Redis

#: Longer than a token can be kept alive by any party's heartbeats.
_FORGET_S: Final = 24 * 3600


class RedisMediaStore:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def bad_uses(self, token_id: str) -> int:
        return int(await self._redis.call("GET", _key(token_id)) or 0)

    async def count_bad_use(self, token_id: str) -> None:
        await self._redis.call("INCR", _key(token_id))
        await self._redis.call("EXPIRE", _key(token_id), _FORGET_S)


def _key(token_id: str) -> str:
    return f"media:bad:{token_id}"

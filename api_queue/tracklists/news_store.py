"""The event stream of tracklists, in Redis."""

from api_queue.drivers.redis import Redis
from api_queue.stream.models import TRACKLISTS
from api_queue.types import EventName

_KEYS = tuple(f"q:{{{TRACKLISTS}}}:{part}" for part in ("events", "bell", "meta"))


class RedisTracklistEvents:
    """`kept`: about how many events the stream holds."""

    def __init__(self, redis: Redis, kept: int) -> None:
        self._redis = redis
        self._kept = kept

    async def publish(self, name: EventName, text: str, now_ms: int) -> None:
        """`text` is a JSON object; `rev`, `type` and `ts` are put before it."""
        await self._redis.script("tracklists/publish", _KEYS, (TRACKLISTS, self._kept, now_ms, name, text[1:-1]))

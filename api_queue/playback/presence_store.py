"""Which device was heard of when, in Redis: heartbeats come by the thousand, and SQL is not asked.

| key | holds |
|---|---|
| `d:{X}:presence` | HASH device id -> `Presence` as JSON; under '' a mark that changes with who is registered |
| `d:present` | ZSET `X device` -> when it was heard of (ms), of all that are taken to be there |
"""

import secrets
from typing import Final

import msgspec

from api_queue.drivers.redis import Redis
from api_queue.playback.devices import Presence
from api_queue.types import DeviceId, QueueName

PRESENT: Final = "d:present"
_MARK: Final = ""
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Presence).decode


class RedisPresence:
    """devices.PresenceStore."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def beat(self, queue: QueueName, device_id: DeviceId, presence: Presence) -> bool:
        return bool(await self._redis.script("playback/beat", [_key(queue)], [device_id, _encode(presence)]))

    async def arrive(self, queue: QueueName, device_id: DeviceId, presence: Presence) -> None:
        mark = secrets.token_hex(8)
        await self._redis.call("HSET", _key(queue), device_id, _encode(presence), _MARK, mark)
        await self.came(queue, device_id, presence.last_seen_ms)

    async def leave(self, queue: QueueName, device_id: DeviceId) -> None:
        await self._redis.call("HSET", _key(queue), _MARK, secrets.token_hex(8))
        await self._redis.call("HDEL", _key(queue), device_id)
        await self._redis.call("ZREM", PRESENT, f"{queue} {device_id}")

    async def forget(self, queue: QueueName) -> None:
        await self._redis.call("DEL", _key(queue))

    async def seen(self, queue: QueueName) -> tuple[str, dict[DeviceId, Presence]]:
        kept: dict[str, str] = await self._redis.call("HGETALL", _key(queue))
        mark = kept.pop(_MARK, None) or await self._first_mark(queue)
        return mark, {DeviceId(device_id): _decode(text) for device_id, text in kept.items()}

    async def _first_mark(self, queue: QueueName) -> str:
        await self._redis.call("HSETNX", _key(queue), _MARK, secrets.token_hex(8))
        return str(await self._redis.call("HGET", _key(queue), _MARK))

    async def came(self, queue: QueueName, device_id: DeviceId, now_ms: int) -> bool:
        return bool(await self._redis.call("ZADD", PRESENT, now_ms, f"{queue} {device_id}"))

    async def went(self, queue: QueueName, device_id: DeviceId) -> bool:
        return bool(await self._redis.call("ZREM", PRESENT, f"{queue} {device_id}"))

    async def overdue(self, until_ms: int) -> list[tuple[QueueName, DeviceId]]:
        pairs = [line.partition(" ") for line in await self._redis.call("ZRANGEBYSCORE", PRESENT, "-inf", until_ms)]
        return [(QueueName(queue), DeviceId(device_id)) for queue, _, device_id in pairs]

    async def heard(self, since_ms: int) -> int:
        """How many devices were heard of since then."""
        return int(await self._redis.call("ZCOUNT", PRESENT, since_ms, "+inf"))

    async def gone(self, until_ms: int) -> None:
        await self._redis.call("ZREMRANGEBYSCORE", PRESENT, "-inf", until_ms)

    async def oldest_ms(self) -> int | None:
        for first in await self._redis.call("ZRANGE", PRESENT, 0, 0):
            score = await self._redis.call("ZSCORE", PRESENT, first)
            return None if score is None else int(score)
        return None


def _key(queue: QueueName) -> str:
    return f"d:{{{queue}}}:presence"

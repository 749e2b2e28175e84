"""Devices that wait to be let in, in Redis.

| key | holds |
|---|---|
| `d:{X}:pairings` | HASH code -> `Pairing` as JSON; gone ten minutes after the last one came |
"""

from typing import Literal, cast

import msgspec

from api_queue.drivers.redis import Redis
from api_queue.playback.pairing import MOST_WAITING, WAITS_MS, Pairing
from api_queue.types import QueueName

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Pairing).decode


class RedisPairings:
    """pairing.PairingStore."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def ask(self, queue: QueueName, pairing: Pairing, now_ms: int) -> Literal["ok", "taken", "full"]:
        args = (now_ms, pairing.code, _encode(pairing), MOST_WAITING, WAITS_MS)
        answer = await self._redis.script("playback/ask", [_key(queue)], args)
        return cast('Literal["ok", "taken", "full"]', answer)

    async def find(self, queue: QueueName, code: str) -> Pairing | None:
        text = await self._redis.call("HGET", _key(queue), code)
        return _decode(text) if text else None

    async def pairings(self, queue: QueueName) -> list[Pairing]:
        return [_decode(text) for text in await self._redis.call("HVALS", _key(queue))]

    async def settle(self, queue: QueueName, before: Pairing, after: Pairing | None) -> bool:
        args = (before.code, _encode(before), _encode(after) if after else "")
        return bool(await self._redis.script("playback/settle", [_key(queue)], args))

    async def forget(self, queue: QueueName) -> None:
        await self._redis.call("DEL", _key(queue))


def _key(queue: QueueName) -> str:
    return f"d:{{{queue}}}:pairings"

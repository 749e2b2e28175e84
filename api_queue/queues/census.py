"""How many queues there are, of which kind, and what waits in each: without reading any of them."""

import asyncio
from typing import Final, NamedTuple

from api_queue.drivers.redis import Redis
from api_queue.queues.keys import NAMES, key
from api_queue.types import QueueKind, QueueName

#: Asked for at once; requests are answered in between.
_TOGETHER: Final = 100


class Counted(NamedTuple):
    """One queue: items that wait, and guests who were seen since its last end."""

    name: QueueName
    kind: QueueKind
    waiting: int
    guests: int


class RedisCensus:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def take(self) -> list[Counted]:
        names = sorted(await self._redis.call("SMEMBERS", NAMES))
        counted: list[Counted] = []
        for first in range(0, len(names), _TOGETHER):
            some = await asyncio.gather(*map(self._count, names[first : first + _TOGETHER]))
            counted += [each for each in some if each is not None]
        return counted

    async def _count(self, name: QueueName) -> Counted | None:
        """None: it was deleted meanwhile."""
        (kind, head), total, guests = await asyncio.gather(
            self._redis.call("HMGET", key(name, "meta"), "kind", "head"),
            self._redis.call("LLEN", key(name, "items")),
            self._redis.call("SCARD", key(name, "guests")),
        )
        return None if kind is None else Counted(name, kind, max(0, total - int(head)), guests)

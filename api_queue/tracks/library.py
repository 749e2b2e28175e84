"""What every process knows of the library through Redis: its version, and what screens are told."""

import msgspec

from api_queue.drivers.redis import Redis

_VERSION = "tracks:version"
_ANNOUNCEMENT = "tracks:library"


class Announcement(msgspec.Struct, frozen=True):
    """`hash` names the data file of all tracks; `updated` is in ms since 1970."""

    hash: str
    count: int
    updated: int


class RedisLibrary:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def version(self) -> int:
        return int(await self._redis.call("GET", _VERSION) or 0)

    async def announce(self, data_hash: str, count: int, now_ms: int) -> None:
        await self._redis.call("SET", _ANNOUNCEMENT, msgspec.json.encode(Announcement(data_hash, count, now_ms)))
        await self._redis.call("INCR", _VERSION)

    async def library(self) -> str | None:
        announcement: str | None = await self._redis.call("GET", _ANNOUNCEMENT)
        return announcement

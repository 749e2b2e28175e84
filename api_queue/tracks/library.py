"""What every process knows of the library through Redis: its version, and what screens are told."""

import msgspec

from api_queue.drivers.redis import Redis
from api_queue.tracks.models import Announcement

_VERSION = "tracks:version"
_ANNOUNCEMENT = "tracks:library"
_CHANGES = "tracks:changes"
_SETTLED = "tracks:settled"


class RedisLibrary:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def version(self) -> int:
        return int(await self._redis.call("GET", _VERSION) or 0)

    async def announce(self, announcement: Announcement) -> None:
        await self._redis.call("SET", _ANNOUNCEMENT, msgspec.json.encode(announcement))
        await self._redis.call("INCR", _VERSION)

    async def changing(self) -> None:
        await self._redis.call("INCR", _CHANGES)

    async def unsettled(self) -> int:
        changes, settled = [int(await self._redis.call("GET", key) or 0) for key in (_CHANGES, _SETTLED)]
        return changes if changes != settled else 0

    async def settle(self, changes: int) -> None:
        await self._redis.call("SET", _SETTLED, changes)

    async def announced(self) -> Announcement | None:
        text = await self.library()
        return msgspec.json.decode(text, type=Announcement) if text else None

    async def library(self) -> str | None:
        """The announcement as MQTT carries it: `{hash, count, updated}`."""
        text: str | None = await self._redis.call("GET", _ANNOUNCEMENT)
        return text

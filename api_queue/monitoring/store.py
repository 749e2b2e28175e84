"""Snapshots in Redis: one field of one HASH for each process. Whoever reads them drops those of the dead."""

from collections.abc import Iterable
from typing import Final

import msgspec

from api_queue.drivers.redis import Redis
from api_queue.monitoring.models import GONE_MS, Snapshot

_KEY: Final = "monitoring:snapshots"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Snapshot).decode


class RedisSnapshots:
    """models.SnapshotStore."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def leave(self, snapshot: Snapshot) -> None:
        await self._redis.call("HSET", _KEY, _field(snapshot.host, snapshot.process), _encode(snapshot))

    async def all(self, now_ms: int) -> list[Snapshot]:
        said: Iterable[str] = await self._redis.call("HVALS", _KEY)
        found = [snapshot for snapshot in map(_read, said) if snapshot is not None]
        # One of a time to come: the clock was set back since, and whoever still runs says so anew.
        gone = [each for each in found if abs(now_ms - each.at_ms) >= GONE_MS]
        for each in gone:
            await self.forget(each.host, each.process)
        return sorted((each for each in found if each not in gone), key=lambda each: (each.host, each.process))

    async def forget(self, host: str, process: str) -> None:
        await self._redis.call("HDEL", _KEY, _field(host, process))


def _read(text: str) -> Snapshot | None:
    """None: it is of another version, whose process may still run beside us."""
    try:
        return _decode(text)
    except msgspec.DecodeError:
        return None


def _field(host: str, process: str) -> str:
    return f"{host}/{process}"

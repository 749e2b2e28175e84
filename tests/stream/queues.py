"""Queues that hold nothing but a revision: enough to write events as the product's scripts do."""

import asyncio
from typing import Any, Final

from api_queue.drivers.lua import load
from api_queue.drivers.redis import Redis
from api_queue.errors import UnknownQueue
from api_queue.stream.models import Snapshot
from api_queue.types import EventId, QueueName

KEPT: Final = 1000

CHANGE: Final = """
local rev = redis.call('HINCRBY', KEYS[3], 'rev', 1)
local id = emit(KEYS[1], ARGV[2], rev, 1700000000000, ARGV[3], ARGV[4], ARGV[5])
if ARGV[6] == 'gone' then redis.call('DEL', KEYS[3]) end
if ARGV[7] == 'ring' then ring(KEYS[2], ARGV[1]) end
return rev
"""

VIEW: Final = """
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
return {redis.call('HGET', KEYS[2], 'rev') or '', last and last[1] or '0-0'}
"""


class Queues:
    """Writes, and is the SnapshotSource; `reads` counts its snapshots."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self.reads = 0
        self.held = asyncio.Event()
        self.held.set()

    async def create(self, queue: str) -> QueueName:
        await self.change(queue, "settings_change", "settings", '"settings":{"title":"x"}')
        await self._redis.call("SADD", "q:names", queue)
        return QueueName(queue)

    async def change(
        self,
        queue: str,
        name: str = "items_change",
        kind: str = "queue",
        fields: str = '"changes":[]',
        *,
        ring: bool = True,
    ) -> int:
        return await self._write(queue, name, kind, fields, "stays", ring=ring)

    async def delete(self, queue: str) -> None:
        await self._redis.call("SREM", "q:names", queue)
        await self._write(queue, "settings_change", "settings", '"settings":null', "gone", ring=True)

    async def _write(self, queue: str, name: str, kind: str, fields: str, then: str, *, ring: bool) -> int:
        text = load("stream/emit").text + CHANGE
        keys = [f"q:{{{queue}}}:{part}" for part in ("events", "bell", "state")]
        bell = "ring" if ring else "silent"
        return int(await self._redis.call("EVAL", text, 3, *keys, queue, KEPT, name, kind, fields, then, bell))

    async def rev(self, queue: str) -> int:
        return int(await self._redis.call("HGET", f"q:{{{queue}}}:state", "rev") or 0)

    async def snapshot(self, queue: QueueName) -> Snapshot:
        self.reads += 1
        await self.held.wait()
        rev, last = await self._view(queue)
        if not rev:
            raise UnknownQueue(queue=queue)
        data = f'{{"rev":{rev},"type":"snapshot","ts":1700000000000,"queue":"{queue}"}}'
        return Snapshot(queue, EventId(last), int(rev), data)

    async def names(self) -> list[QueueName]:
        return [QueueName(name) for name in await self._redis.call("SMEMBERS", "q:names")]

    async def retained(self, queue: QueueName) -> dict[str, str]:
        rev, _ = await self._view(queue)
        if not rev:
            return {}
        state = f'{{"rev":{rev}}}'
        return {"items": state, "items.csv": f"{rev}\r\n", "settings": '{"title":"x"}', "session": state}

    async def _view(self, queue: QueueName) -> Any:
        keys = (f"q:{{{queue}}}:events", f"q:{{{queue}}}:state")
        return await self._redis.call("EVAL", VIEW, 2, *keys)

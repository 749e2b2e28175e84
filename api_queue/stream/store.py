"""Event streams, the bell, and what the relay remembers, on Redis. The keys are those of `docs/architecture.md`."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Final, cast

from redis.exceptions import RedisError

from api_queue.drivers.redis import Redis, end_task
from api_queue.events import Event
from api_queue.stream.models import START, Page
from api_queue.types import EventId, EventName, QueueName

BELL: Final = "q:bell"
#: Queues that have something retained at the broker, to be cleared when they are gone.
ANNOUNCED: Final = "relay:announced"
RECONNECT_S: Final = 0.2

_Entry = tuple[str, list[str]]


class RedisEventLog:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def read(self, queue: QueueName, after: EventId, count: int) -> Page:
        known, last, entries = await self._redis.script("stream/read", [_events(queue)], [after, count])
        events = [_event(queue, entry) for entry in entries]
        return Page(bool(known), events[-1].event_id if events else EventId(last), events)

    async def bells(self) -> AsyncGenerator[QueueName | None, None]:
        rung: asyncio.Queue[QueueName | None] = asyncio.Queue()
        listening = asyncio.create_task(self._listen(rung), name="bell")
        try:
            while True:
                yield await rung.get()
        finally:
            await end_task(listening)

    async def _listen(self, rung: "asyncio.Queue[QueueName | None]") -> None:
        while True:
            try:
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(BELL)
                    async for message in pubsub.listen():
                        rung.put_nowait(QueueName(message["data"]) if message["type"] == "message" else None)
            except (RedisError, OSError):
                await asyncio.sleep(RECONNECT_S)


class RedisRelayStore:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def acknowledged(self, queue: QueueName) -> EventId:
        return EventId(await self._redis.call("HGET", _relayed(queue), "event_id") or START)

    async def acknowledge(self, queue: QueueName, event_id: EventId, fence: int) -> bool:
        return bool(await self._redis.script("stream/acknowledge", [_relayed(queue)], [event_id, fence]))

    async def announce(self, queue: QueueName) -> None:
        await self._redis.call("SADD", ANNOUNCED, queue)

    async def announced(self) -> set[QueueName]:
        return {QueueName(name) for name in await self._redis.call("SMEMBERS", ANNOUNCED)}

    async def forget(self, queue: QueueName) -> None:
        """The position outlives the stream, which a deleted queue keeps for a day."""
        await self._redis.call("SREM", ANNOUNCED, queue)
        await self._redis.call("PEXPIRE", _relayed(queue), 2 * 24 * 3600 * 1000)

    async def trim(self, queue: QueueName, before_ms: int) -> None:
        newest = await self._redis.call("XREVRANGE", _events(queue), "+", "-", "COUNT", 1)
        if newest:
            last_ms = int(newest[0][0].partition("-")[0])
            await self._redis.call("XTRIM", _events(queue), "MINID", min(before_ms, last_ms))


def _events(queue: QueueName) -> str:
    return f"q:{{{queue}}}:events"


def _relayed(queue: QueueName) -> str:
    return f"q:{{{queue}}}:relayed"


def _event(queue: QueueName, entry: _Entry) -> Event:
    event_id, flat = entry
    fields = dict(zip(flat[::2], flat[1::2], strict=True))
    return Event(EventId(event_id), queue, cast("EventName", fields["name"]), int(fields["rev"]), fields["data"])

"""What jobs keep in Redis: their event stream, and what each worker does just now."""

from collections.abc import Sequence
from typing import Final

import msgspec

from api_queue.drivers.redis import Redis
from api_queue.jobs.models import WORKER_SEEN_MS, WorkerState
from api_queue.stream.models import TASKS
from api_queue.types import EventId, EventName

_EVENTS, _BELL, _META = (f"q:{{{TASKS}}}:{part}" for part in ("events", "bell", "meta"))
_WORKERS: Final = "jobs:workers"


class RedisTaskEvents:
    """`kept`: about how many events the stream holds."""

    def __init__(self, redis: Redis, kept: int) -> None:
        self._redis = redis
        self._kept = kept

    async def publish(self, events: Sequence[tuple[EventName, str]], now_ms: int) -> None:
        """Each with its JSON object; `rev`, `type` and `ts` are put before it."""
        told = [part for name, text in events for part in (name, text[1:-1])]
        await self._redis.script("jobs/publish", (_EVENTS, _BELL, _META), (TASKS, self._kept, now_ms, *told))

    async def begin_anew(self) -> None:
        """Whoever follows finds nothing of what they had, and asks for a snapshot."""
        await self._redis.script("jobs/begin_anew", (_EVENTS, _BELL), (TASKS,))

    async def position(self) -> tuple[int, EventId]:
        """Revision and id of the last event."""
        rev, event_id = await self._redis.script("jobs/position", (_EVENTS, _META), ())
        return int(rev), EventId(event_id)


class RedisWorkers:
    """models.Workers."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def say(self, state: WorkerState) -> None:
        await self._redis.call("HSET", _WORKERS, state.worker, msgspec.json.encode(state))

    async def leave(self, worker: str) -> None:
        await self._redis.call("HDEL", _WORKERS, worker)

    async def all(self, now_ms: int) -> list[WorkerState]:
        said = await self._redis.call("HGETALL", _WORKERS)
        states = (msgspec.json.decode(text, type=WorkerState) for text in said.values())
        return sorted((s for s in states if now_ms - s.seen_at < WORKER_SEEN_MS), key=lambda state: state.since)

    async def forget_the_dead(self, now_ms: int) -> None:
        known = {state.worker for state in await self.all(now_ms)}
        for worker in set(await self._redis.call("HKEYS", _WORKERS)) - known:
            await self.leave(worker)

"""A queue with everything that serves it but HTTP, at a time that the test says."""

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from api_queue.app import WebParts
from api_queue.drivers.redis import Redis
from api_queue.queues.adding import Placed
from api_queue.queues.keys import key
from api_queue.queues.models import Queue, QueueView
from api_queue.queues.wire import list_json
from api_queue.tracks.models import Search
from api_queue.types import GuestId, ItemId, QueueName, Role, TrackId
from api_queue.web.identity import Caller, Grant
from tests.house import house_settings
from tests.queues.builders import FakeClock, names

X = QueueName("x")


def guest(name: str = "ana") -> Caller:
    return Caller(GuestId(name), "10.0.0.1")


def somebody(role: Role, queue: QueueName | None = X) -> Caller:
    return Caller(GuestId(f"the-{role}"), "10.0.0.2", (Grant(role, queue, f"token-{role}"),))


HOST = somebody("host")
ADMIN = somebody("admin", None)


@dataclass
class Party:
    """`tracks`: some of the library's, by title."""

    parts: WebParts
    clock: FakeClock
    tracks: list[TrackId]

    async def add(
        self, performer: str = "Ana", by: Caller | None = None, *, track: int = 0, item_id: ItemId | None = None
    ) -> Placed:
        return await self.parts.adding.add(X, self.tracks[track], performer, by or guest(), item_id)

    async def add_all(self, performers: str) -> list[ItemId]:
        return [(await self.add(performer)).item.id for performer in performers]

    async def set(self, **fields: Any) -> None:
        await self.parts.queues.change_settings(X, fields)

    async def press(self, command: str, **args: Any) -> Queue:
        return await self.parts.transport.command(X, command, args, "host")

    async def view(self) -> QueueView:
        return await self.parts.queues.view(X)

    async def shown(self) -> dict[str, Any]:
        """The list as everybody gets it."""
        return list_json(await self.view(), self.clock.ms)

    async def waiting(self) -> list[str]:
        return names((await self.view()).to_come)

    async def events(self) -> list[dict[str, Any]]:
        """All that was told of the queue, oldest first."""
        entries = await self.parts.redis.call("XRANGE", key(X, "events"), "-", "+")
        return [{"name": fields["name"], **json.loads(fields["data"])} for _, fields in entries]


@asynccontextmanager
async def a_party(redis: Redis, redis_url: str, furnished: Path, data: Path) -> AsyncIterator[Party]:
    """The queue `x`, empty, over the demo library; its data folder is `data`."""
    shutil.copytree(furnished, data, dirs_exist_ok=True)
    clock = FakeClock()
    parts = WebParts(house_settings(redis_url, data), clock)
    parts.chance = Random(1)
    try:
        await redis.call("INCR", "tracks:version")
        await parts.queues.ensure(X, "X")
        found = await parts.tracks.search(Search())
        yield Party(parts, clock, [track.track_id for track in found.tracks])
    finally:
        await parts.close()

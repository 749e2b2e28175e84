"""A screen: follows the queue over SSE, comes back with its Last-Event-ID, and notes all that it is told."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import httpx
import msgspec

from api_queue.clients.chaos.replica import Replica
from api_queue.clients.chaos.system import QUEUE
from api_queue.formats.sse_reader import SseReader
from api_queue.types import ItemId

#: More than two of the comments that keep a stream open.
_SILENT_S: Final = 25.0
_BACK_S: Final = 0.2


class Told(NamedTuple):
    """`event_id` is empty where the position does not change; `moved`: ids of what it moves."""

    name: str
    rev: int
    event_id: str
    moved: tuple[ItemId, ...] = ()


@dataclass(slots=True)
class Screen:
    url: str
    replica: Replica = field(default_factory=Replica)
    told: list[Told] = field(default_factory=list)
    connections: int = 0
    _last_id: str = ""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self) -> None:
        """Until it is cancelled."""
        timeout = httpx.Timeout(5, read=_SILENT_S)
        async with httpx.AsyncClient(base_url=self.url, timeout=timeout, trust_env=False) as http:
            while True:
                with suppress(httpx.HTTPError):
                    await self._listen(http)
                await asyncio.sleep(_BACK_S)

    async def reach(self, rev: int) -> None:
        while self.replica.rev < rev:
            self._news.clear()
            await self._news.wait()

    @property
    def waiting(self) -> list[ItemId]:
        return [item["id"] for item in self.replica.items if item["status"] == "queued"]

    async def _listen(self, http: httpx.AsyncClient) -> None:
        headers = {"Last-Event-ID": self._last_id} if self._last_id else {}
        async with http.stream("GET", f"/queue/{QUEUE}/events", headers=headers) as reply:
            reply.raise_for_status()
            self.connections += 1
            reader = SseReader()
            async for piece in reply.aiter_raw():
                for name, text in reader.feed(piece):
                    self._take(name, msgspec.json.decode(text), reader.last_id)

    def _take(self, name: str, data: dict[str, Any], event_id: str) -> None:
        moved = tuple(change["id"] for change in data.get("changes", ()) if change["op"] == "move")
        self.told.append(Told(name, data.get("rev", self.replica.rev), event_id, moved))
        self._last_id = event_id or self._last_id
        self.replica.apply(name, data)
        self._news.set()

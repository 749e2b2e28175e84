"""A screen as a test has it: follows a queue over SSE and keeps its own copy of the list by the documented rules."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.serving import NO_TLS


@dataclass
class Screen:
    """`cut` breaks the connection; it comes back with its Last-Event-ID, as a browser does."""

    url: str
    queue: str
    items: list[dict[str, Any]] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    session: dict[str, Any] = field(default_factory=dict)
    likes: dict[str, int] = field(default_factory=dict)
    revs: list[int] = field(default_factory=list)
    snapshots: int = 0
    resets: int = 0
    last_id: str = ""
    heard: list[str] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Screen":
        self.come_back()
        await self.until(lambda: self.snapshots > 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.leave()

    async def cut(self) -> None:
        await self.leave()
        self.come_back()

    def come_back(self) -> None:
        self._task = asyncio.create_task(self._follow(), name="screen")

    async def leave(self) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def until(self, holds: Any, timeout_s: float = 10) -> None:
        async with asyncio.timeout(timeout_s):
            while not holds():
                self._news.clear()
                await self._news.wait()

    async def _follow(self) -> None:
        async with httpx.AsyncClient(base_url=self.url, timeout=httpx.Timeout(5, read=30), verify=NO_TLS) as client:
            while True:
                try:
                    await self._listen(client)
                except httpx.HTTPError:
                    await asyncio.sleep(0.1)

    async def _listen(self, client: httpx.AsyncClient) -> None:
        headers = {"Last-Event-ID": self.last_id} if self.last_id else {}
        async with client.stream("GET", f"/queue/{self.queue}/events", headers=headers) as answer:
            fields: dict[str, str] = {}
            async for line in answer.aiter_lines():
                if line:
                    name, _, value = line.partition(":")
                    fields[name] = value.removeprefix(" ")
                    continue
                self._take(fields)
                fields = {}

    def _take(self, fields: dict[str, str]) -> None:
        if "data" not in fields:
            return
        self.last_id = fields.get("id", self.last_id)
        self._apply(fields["event"], json.loads(fields["data"]))
        self._news.set()

    def _apply(self, name: str, data: dict[str, Any]) -> None:
        self.heard.append(name)
        if name == "snapshot":
            self.snapshots += 1
            self.items, self.settings, self.session = data["items"], data["settings"], data["session"]
        elif name == "reset":
            self.resets += 1
        elif name == "items_change":
            for change in data["changes"]:
                change_list(self.items, change)
        elif name == "settings_change":
            self.settings = data["settings"]
        elif name in {"timeline_update", "speaker_change", "options_change"}:
            self.session |= data["session"]
        elif name == "like":
            self.likes[data["track_id"]] = data["likes"]
        if "rev" in data and name not in {"timeline_beacon", "reset"}:
            self.revs.append(data["rev"])

    @property
    def ids(self) -> list[str]:
        return [item["id"] for item in self.items]


def change_list(items: list[dict[str, Any]], change: dict[str, Any]) -> None:
    """docs/events.md: add, update, move, remove."""
    item_id = change.get("id") or change["item"]["id"]
    place = next((n for n, item in enumerate(items) if item["id"] == item_id), None)
    match change["op"]:
        case "add":
            put(items, change["item"], change["before"])
        case "update" if place is not None:
            items[place] = change["item"]
        case "remove" if place is not None:
            del items[place]
        case "move" if place is not None:
            put(items, items.pop(place), change["before"])


def put(items: list[dict[str, Any]], item: dict[str, Any], before: str | None) -> None:
    """What asks to be let in stands behind all others."""
    waits = item["status"] != "lobby"
    places = (n for n, other in enumerate(items) if other["id"] == before or (waits and other["status"] == "lobby"))
    items.insert(next(places, len(items)), item)

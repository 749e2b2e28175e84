"""A real mpv that plays into nothing, in real time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from api_queue.clients.speaker.mpv import Mpv


class Player:
    """mpv, and what it told."""

    def __init__(self) -> None:
        self.mpv = Mpv(self._heard)
        self.listeners: list[Callable[[dict[str, Any]], None]] = []
        self._news = asyncio.Event()

    def _heard(self, event: dict[str, Any]) -> None:
        for listener in self.listeners:
            listener(event)
        self._news.set()

    async def until(self, true: Callable[[], object], timeout_s: float = 20) -> None:
        async with asyncio.timeout(timeout_s):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def reset(self) -> None:
        """As it was when it began."""
        self.listeners.clear()
        await self.mpv.command("stop")
        await self.mpv.volume(0, 0)
        await self.mpv.lease(0)
        await self.mpv.command("af", "set", "")
        await self.mpv.set("speed", 1)
        await self.until(lambda: self.mpv.seen["pause"] and self.mpv.seen["volume"] == 0)


@asynccontextmanager
async def a_player() -> AsyncIterator[Player]:
    player = Player()
    await player.mpv.start("null", None)
    yield player
    await player.mpv.close()


@pytest.fixture
async def player() -> AsyncIterator[Player]:
    async with a_player() as player:
        yield player

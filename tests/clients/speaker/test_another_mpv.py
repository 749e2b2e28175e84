"""An mpv that was killed is followed by another in the same seat, whatever of the server is heard first."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from api_queue.clients.speaker import wire
from api_queue.clients.speaker.api import Api
from api_queue.clients.speaker.clock import ServerClock
from api_queue.clients.speaker.options import Options
from api_queue.clients.speaker.program import play
from api_queue.clients.speaker.speaker import Speaker
from api_queue.clients.speaker.state_file import Known
from api_queue.clients.speaker.status import JsonLines
from api_queue.types import DeviceId, ItemId, QueueName
from tests.clients.speaker.party import Room, choose, control, register
from tests.house import House


class LateNews(Api):
    """None come before a heartbeat was answered: on a busy machine either is first."""

    def __init__(self, url: str, clock: ServerClock) -> None:
        super().__init__(url, clock)
        self.answered = asyncio.Event()

    async def found(self) -> wire.Found:
        await self.answered.wait()
        return await super().found()

    async def beat(
        self, generation: int | None, item: ItemId | None, position_ms: int | None, volume: int
    ) -> wire.Beat:
        answer = await super().beat(generation, item, position_ms, volume)
        self.answered.set()
        return answer


class Program:
    """`play`, with the speakers that it made: one for each mpv."""

    def __init__(self, house: House, files: Path, token: str, device_id: DeviceId) -> None:
        self._clock = ServerClock()
        self._api = LateNews(house.url, self._clock)
        self._api.token = token
        self._known = Known(house.url, QueueName("party"), device_id, token)
        self._files = files
        self._lines = JsonLines()
        self._made: list[Speaker] = []
        self._running = asyncio.create_task(play(self._another, _options(house.url, files, self._lines)))

    def _another(self, generation: int | None) -> Speaker:
        self._api.answered.clear()
        self._made.append(Speaker(self._api, self._clock, self._known, self._files, self._lines, generation))
        return self._made[-1]

    @property
    def room(self) -> Room:
        """With the newest mpv."""
        return Room(self._made[-1], self._lines, self._clock, self._known.device_id, self._running)

    @property
    def number(self) -> int:
        return len(self._made)

    async def end(self) -> None:
        self._running.cancel()
        await asyncio.wait([self._running])
        await self._api.close()


def _options(url: str, folder: Path, show: JsonLines) -> Options:
    return Options(
        server=url,
        interface=None,
        queue=None,
        name="Kitchen",
        token=None,
        output="null",
        state=folder,
        mpv_socket=None,
        show=show,
    )


@pytest.fixture
async def host(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.admin() as host:
        [track, *_] = (await host.get("/tracks", params={"limit": 1})).json()["tracks"]
        await host.post("/queue/party/items", json={"track_id": track["track_id"], "performer_name": "Ann"})
        yield host


@pytest.fixture
async def kitchen(house: House, host: httpx.AsyncClient, tmp_path: Path) -> AsyncIterator[Program]:
    admitted = await register(host, "Kitchen")
    files = tmp_path / "kitchen"
    files.mkdir()
    kitchen = Program(house, files, admitted["token"], DeviceId(admitted["device"]["device_id"]))
    await asyncio.sleep(0)  # it begins
    yield kitchen
    await kitchen.end()


async def test_the_music_goes_on_in_the_same_seat(host: httpx.AsyncClient, kitchen: Program) -> None:
    """Given that its first heartbeat is answered before it hears of the session. The first one that named no generation
    would give the seat up, and nobody would be there to take it.
    """
    first = kitchen.room
    await choose(host, first)
    before = await control(host, "play")
    await first.until(lambda: first.audible, "music")

    os.kill(first.speaker._mpv._process.pid, signal.SIGKILL)

    await first.until(lambda: kitchen.number == 2, "another mpv")
    second = kitchen.room
    await second.until(lambda: second.audible, "music again")
    after = (await host.get("/sessions/party")).json()
    assert (after["active_device_id"], after["generation"]) == (second.device_id, before["generation"])
    assert after["play_state"] == "playing"

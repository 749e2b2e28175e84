"""A party for speakers: a real server, real mpv, and a host's hand on the controls."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from api_queue.clients.speaker.api import Api
from api_queue.clients.speaker.clock import ServerClock
from api_queue.clients.speaker.speaker import Speaker
from api_queue.clients.speaker.state_file import Known
from api_queue.clients.speaker.status import JsonLines, Status
from api_queue.types import DeviceId, QueueName

#: The shortest songs of the demo library: 25 to 27 s.
RAIN, HIGHWAY = "rain-on-the-seventh-window", "night-highway"


class Room:
    """A speaker that runs in the test's own loop."""

    def __init__(
        self, speaker: Speaker, lines: JsonLines, clock: ServerClock, device_id: DeviceId, running: "asyncio.Task[None]"
    ) -> None:
        self.speaker = speaker
        self._lines = lines
        self.clock = clock
        self.device_id = device_id
        self.running = running

    @property
    def status(self) -> Status | None:
        return self._lines.last

    @property
    def audible(self) -> bool:
        return self.speaker._deck.sound.audible

    async def until(self, true: Callable[[], object], what: str, timeout_s: float = 20) -> None:
        """A look every 10 ms: what mpv and the server do has no event in common."""
        try:
            async with asyncio.timeout(timeout_s):
                while not true():  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(f"not within {timeout_s} s: {what}; {self.status}") from None

    def position_ms(self) -> int | None:
        return self.speaker._position()[1]


async def register(host: httpx.AsyncClient, name: str, queue: str | None = "party") -> dict[str, Any]:
    """Without a queue: on the member's own."""
    answer = await host.post("/devices/register", json={"device_name": name, **({"queue": queue} if queue else {})})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@asynccontextmanager
async def a_speaker(
    url: str, host: httpx.AsyncClient, folder: Path, name: str = "Kitchen", queue: str | None = "party"
) -> AsyncIterator[Room]:
    admitted = await register(host, name, queue)
    clock = ServerClock()
    api = Api(url, clock)
    api.token = admitted["token"]
    device_id = DeviceId(admitted["device"]["device_id"])
    files = folder / name
    files.mkdir()
    lines = JsonLines()
    known = Known(url, QueueName(admitted["device"]["queue"]), device_id, api.token)
    speaker = Speaker(api, clock, known, files, lines)
    running = asyncio.create_task(speaker.run("null", None))
    room = Room(speaker, lines, clock, device_id, running)
    try:
        await room.until(lambda: room.status or running.done(), "its first word")
        assert not running.done(), running.exception()
        yield room
    finally:
        running.cancel()
        await asyncio.wait([running])
        await api.close()


async def choose(host: httpx.AsyncClient, room: Room) -> None:
    answer = await host.post("/sessions/party/speaker", json={"device_id": room.device_id})
    assert answer.status_code == 200, answer.text


async def control(host: httpx.AsyncClient, verb: str, **body: object) -> dict[str, Any]:
    answer = await host.post(f"/sessions/party/{verb}", json=body)
    assert answer.status_code == 200, answer.text
    session: dict[str, Any] = answer.json()
    return session

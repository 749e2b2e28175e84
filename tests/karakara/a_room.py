"""A room for each test, in a house that the tests of a file share, at a time that they say."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count, pairwise
from typing import Any

import httpx

from api_queue.accounts.models import new_secret
from api_queue.queues.models import QueueView
from api_queue.tracks.models import Search, Track
from api_queue.types import QueueName
from api_queue.web.singers import HOST, login_token
from tests.house import House
from tests.queues.builders import FakeClock
from tests.serving import NO_TLS

_numbers = count(1)


@dataclass
class Room:
    name: QueueName
    house: House
    clock: FakeClock
    #: Of the library, the shortest first.
    tracks: list[Track]

    @asynccontextmanager
    async def singer(self) -> AsyncIterator[httpx.AsyncClient]:
        """Somebody new, who has gone in as the clients do."""
        address = f"{self.house.url}/api/room/{self.name}"
        async with httpx.AsyncClient(base_url=address, timeout=20, verify=NO_TLS) as client:
            await client.post("login.json", json={"password": "", "create": False})
            yield client

    @asynccontextmanager
    async def host(self) -> AsyncIterator[httpx.AsyncClient]:
        async with self.singer() as client:
            kkhost = new_secret(HOST)
            await self.house.parts.tokens.create("host", self.name, value=login_token(kkhost))
            client.cookies.set("kkhost", kkhost)
            yield client

    def wish(self, performer: str = "Ana", track: int = 0, **fields: Any) -> dict[str, Any]:
        plain = {"video_variant": "Default", "subtitle_variant": "Default"}
        return {"track_id": self.tracks[track].track_id, "performer_name": performer, **plain, **fields}

    async def add(self, client: httpx.AsyncClient, performer: str = "Ana", track: int = 0) -> int:
        """The number of the new item."""
        answer = await client.post("queue.json", json=self.wish(performer, track))
        assert answer.status_code == 200, answer.text
        return int(answer.json()["id"])

    async def queue(self) -> list[dict[str, Any]]:
        async with self.house.nobody() as nobody:
            answer: list[dict[str, Any]] = (await nobody.get(f"/api/room/{self.name}/queue.json")).json()
        return answer

    async def performers(self) -> list[str]:
        return [item["performer_name"] for item in await self.queue()]

    async def starts_in_s(self) -> list[float | None]:
        """From now."""
        starts = [item["start_time"] for item in await self.queue()]
        return [start if start is None else round(start - self.clock.ms / 1000, 3) for start in starts]

    async def press(self, *commands: str) -> None:
        for command in commands:
            await self.house.parts.transport.command(self.name, command, {}, "host")

    async def let_pass(self, seconds: float) -> None:
        """And what is over by then is."""
        self.clock.pass_s(seconds)
        await self.house.parts.transport.end(self.name)

    async def set(self, **fields: Any) -> None:
        await self.house.parts.queues.change_settings(self.name, fields, "admin")

    async def view(self) -> QueueView:
        return await self.house.parts.queues.view(self.name)


async def a_room(house: House, clock: FakeClock, **settings: Any) -> Room:
    """`command_semantics` as in a room that the clients have made, unless they are named."""
    name = QueueName(f"room{next(_numbers)}")
    async with house.admin() as admin:
        fields = {"kind": "named", "name": name, "command_semantics": "karakara", **settings}
        assert (await admin.post("/queue/", json=fields)).status_code == 201
    found = (await house.parts.tracks.search(Search())).tracks
    return Room(name, house, clock, sorted(found, key=lambda track: track.duration_ms))


def check_flow(queue: list[dict[str, Any]], space_s: float) -> None:
    """KaraKara's rule, of what plays and waits: each starts a pause after the end before, or has no start."""
    for before, after in pairwise(queue):
        if before["start_time"] is None:
            assert after["start_time"] is None
        else:
            assert after["start_time"] == round(before["start_time"] + before["track_duration"] + space_s, 3)


def refused(answer: httpx.Response, status: int, message: str) -> dict[str, Any]:
    """The clients look into the body alone; the context of the refusal."""
    body = answer.json()
    assert (answer.status_code, body["status"], body["message"]) == (status, status, message)
    context: dict[str, Any] = body["context"]
    return context

"""Tasks as programs ask for them over HTTP, and the streams that they read."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx


def steps(*names: str, **facts: Any) -> dict[str, Any]:
    return {"type": "steps", "items": [{"name": name} for name in names], **facts}


async def made(admin: httpx.AsyncClient, body: dict[str, Any]) -> int:
    answer = await admin.post("/api/queues/tasks", json=body)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["task_id"])


class Reader:
    """Of one event stream."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.aiter_lines()
        self.last_id = ""

    async def next(self) -> tuple[str, Any]:
        fields: dict[str, str] = {}
        async with asyncio.timeout(30):
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if line:
                    fields[name] = value
                elif "data" in fields:
                    self.last_id = fields.get("id", self.last_id)
                    return fields["event"], json.loads(fields["data"])
                else:
                    fields = {}
        raise AssertionError("the stream has ended")


@asynccontextmanager
async def reading(admin: httpx.AsyncClient, path: str) -> AsyncIterator[Reader]:
    async with admin.stream("GET", path) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream")
        yield Reader(answer)

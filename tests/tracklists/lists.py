"""Lists through a whole server, as those who make them see it."""

from dataclasses import dataclass
from typing import Any

import httpx

LISTS = "/api/v1/tracklists"
#: Of the demo library; 30 s long.
RECORDING = "KAT_TUN_Your_side_Instrumental_"
Json = dict[str, Any]


def row(title: str, start: object = None, **more: object) -> Json:
    return {"artist": "Ana", "title": title, "start_time": start, **more}


@dataclass
class Author:
    """`client` is somebody who may change lists."""

    client: httpx.AsyncClient

    async def make(self, *rows: Json, **more: object) -> Json:
        return await self.done("POST", "/manual", {"tracks": [*rows], **more})

    async def done(self, method: str, path: str, body: Json | None = None, **more: Any) -> Json:
        """What is answered, when all is well."""
        answer = await self.ask(method, path, body, **more)
        assert answer.is_success, answer.text
        told: Json = answer.json() if answer.content else {}
        return told

    async def refused(self, method: str, path: str, body: Json | None = None, **more: Any) -> tuple[int, str, Json]:
        """Status, code and all of it."""
        answer = await self.ask(method, path, body, **more)
        assert not answer.is_success, answer.text
        told: Json = answer.json()
        return answer.status_code, told["code"], told

    async def ask(self, method: str, path: str, body: Json | None = None, **more: Any) -> httpx.Response:
        return await self.client.request(method, f"{LISTS}{path}", json=body, **more)


def titles(tracklist: Json) -> list[str]:
    """And that their positions have no gaps."""
    assert [each["position"] for each in tracklist["tracks"]] == [*range(1, len(tracklist["tracks"]) + 1)]
    return [each["title"] for each in tracklist["tracks"]]

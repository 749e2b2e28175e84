"""The public API as guests and the host ask it: whatever comes back is one of three outcomes."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, TypeVar

import httpx
import msgspec

from api_queue.clients.chaos.system import QUEUE, TOKEN
from api_queue.clients.chaos.wishes import Outcome
from api_queue.types import ItemId, TrackId

TIMEOUT_S: Final = 5.0
#: Between two tries of what is repeated until it is answered.
_REPEAT_S: Final = 1.0
_PENDING: Final = "idempotency_pending"
T = TypeVar("T")


class Answer(msgspec.Struct, frozen=True):
    """`undo_until_ms`: a change of the host's that has changed something."""

    id: ItemId | None = None
    code: str | None = None
    undo_until_ms: int | None = None


class _Track(msgspec.Struct):
    track_id: TrackId


class _Tracks(msgspec.Struct):
    tracks: list[_Track]


@dataclass(frozen=True, slots=True)
class Ask:
    """Sent again it is the same request, by its `key`."""

    who: Mapping[str, str]
    method: str
    path: str
    key: str
    body: Mapping[str, object] | None = None


HOST: Final = MappingProxyType({"Authorization": f"Bearer {TOKEN}"})


def guest(number: int, seed: int) -> Mapping[str, str]:
    return {"Cookie": f"session_id=guest-{seed:06}-{number:010}"}


class Api:
    def __init__(self, url: str) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        self._http = httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S, limits=limits, trust_env=False)
        self.last_done_s = 0.0
        self.longest_s = 0.0

    async def close(self) -> None:
        await self._http.aclose()

    async def ask(self, ask: Ask) -> tuple[Outcome, Answer]:
        """Unknown: no answer, or one that says that the server has a fault, or has not ended what was asked before."""
        headers = {**ask.who, "Idempotency-Key": ask.key}
        try:
            reply = await self._http.request(ask.method, f"/queue/{QUEUE}{ask.path}", json=ask.body, headers=headers)
            answer = msgspec.json.decode(reply.content, type=Answer)
        except (httpx.HTTPError, msgspec.MsgspecError):
            return "unknown", Answer()
        if reply.status_code >= 500 or answer.code == _PENDING:
            return "unknown", answer
        if reply.status_code >= 400:
            return "refused", answer
        self._note_done()
        return "done", answer

    async def insist(self, ask: Ask, patience_s: float) -> tuple[Outcome, Answer]:
        """Asks until it is answered. A refusal says nothing of the times before."""
        try:
            async with asyncio.timeout(patience_s):
                while True:
                    await asyncio.sleep(_REPEAT_S)
                    outcome, answer = await self.ask(ask)
                    if outcome != "unknown":
                        return ("done" if outcome == "done" else "unknown"), answer
        except TimeoutError:
            return "unknown", Answer()

    async def get(self, path: str, **query: str | int) -> Any:
        """Raises httpx.HTTPError."""
        reply = await self._http.get(path, params=query)
        reply.raise_for_status()
        return msgspec.json.decode(reply.content)

    async def tracks(self) -> list[TrackId]:
        reply = await self._http.get("/tracks", params={"limit": 100})
        reply.raise_for_status()
        return [track.track_id for track in msgspec.json.decode(reply.content, type=_Tracks).tracks]

    def _note_done(self) -> None:
        now_s = asyncio.get_running_loop().time()
        if self.last_done_s:
            self.longest_s = max(self.longest_s, now_s - self.last_done_s)
        self.last_done_s = now_s

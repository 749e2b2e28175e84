"""The queue as a guest's phone and the host's know it: over HTTP, each answer with the time that it took."""

import secrets
import time
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, TypeVar

import httpx
import msgspec

from api_queue.types import ItemId, Milliseconds, PlayState, TrackId

_TIMEOUT_S: Final = 30.0
_MOST_SONGS: Final = 100
T = TypeVar("T")


class Song(msgspec.Struct, frozen=True):
    track_id: TrackId
    duration_ms: Milliseconds


class Added(msgspec.Struct, frozen=True):
    """`position`: 1 is the next."""

    id: ItemId
    position: int


class Window(msgspec.Struct, frozen=True):
    """Of a priority token, in ms of the server's clock."""

    valid_from: int
    valid_until: int


class Refused(msgspec.Struct, frozen=True):
    """`retry_after` in seconds."""

    code: str
    detail: str = ""
    retry_after: float | None = None
    token: Window | None = None
    clock_ms: int | None = None

    @property
    def wait_ms(self) -> int | None:
        """Until it is worth to ask again; None: nobody knows."""
        if self.token is not None and self.clock_ms is not None:
            return max(0, self.token.valid_from - self.clock_ms)
        return None if self.retry_after is None else round(self.retry_after * 1000)


class Stage(msgspec.Struct, frozen=True):
    """What plays. `position_ms` is below 0 in the pause before a song."""

    play_state: PlayState
    item_id: ItemId | None
    position_ms: int
    duration_ms: Milliseconds | None


class _Songs(msgspec.Struct):
    tracks: list[Song]


class _Made(msgspec.Struct):
    name: str
    host_token: str


class Api:
    """A queue of its own on the server at `url`. What is no refusal and no answer raises httpx.HTTPError."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=_TIMEOUT_S, trust_env=False)
        self._salt = secrets.token_bytes(16)  # a guest of another night on the same server is another guest
        self._queue = ""
        self._host: dict[str, str] = {}
        self.latencies_ms: list[float] = []

    async def close(self) -> None:
        await self._http.aclose()

    async def songs(self) -> Sequence[Song]:
        """In an order that is the same each time."""
        found = _read(await self._ask("GET", f"/tracks?limit={_MOST_SONGS}"), _Songs).tracks
        return sorted(found, key=lambda song: song.track_id)

    async def make_queue(self, **settings: object) -> None:
        made = _read(await self._ask("POST", "/queue/", {"kind": "transient", **settings}), _Made)
        self._queue, self._host = f"/queue/{made.name}", {"Authorization": f"Bearer {made.host_token}"}

    async def change_settings(self, **settings: object) -> None:
        (await self._ask("PUT", f"{self._queue}/settings", settings, self._host)).raise_for_status()

    async def delete_queue(self) -> None:
        (await self._ask("DELETE", f"{self._queue}/", headers=self._host)).raise_for_status()

    # -- the host ----------------------------------------------------------------------------------------------

    async def command(self, verb: str) -> Stage:
        return _read(await self._ask("POST", f"{self._queue}/command/{verb}", {}, self._host), Stage)

    # -- a guest -----------------------------------------------------------------------------------------------

    async def join(self, cookie: str, table: str) -> Refused | None:
        return _refusal(await self._ask("POST", f"{self._queue}/join", {"table": table}, self._as(cookie)))

    async def add(self, cookie: str, performer: str, song: Song) -> Added | Refused:
        body = {"track_id": song.track_id, "performer_name": performer}
        answer = await self._ask("POST", f"{self._queue}/items", body, self._as(cookie))
        return _refusal(answer) or _read(answer, Added)

    async def take_back(self, cookie: str, item: ItemId) -> Refused | None:
        return _refusal(await self._ask("DELETE", f"{self._queue}/items/{item}", headers=self._as(cookie)))

    def _as(self, cookie: str) -> dict[str, str]:
        return {"Cookie": f"session_id={blake2b(cookie.encode(), key=self._salt, digest_size=16).hexdigest()}"}

    async def _ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        began_s = time.perf_counter()
        answer = await self._http.request(method, path, json=body, headers=headers)
        self.latencies_ms.append((time.perf_counter() - began_s) * 1000)
        self._http.cookies.clear()  # each caller brings its own
        return answer


def _refusal(answer: httpx.Response) -> Refused | None:
    """What is not the server's own fault."""
    return msgspec.json.decode(answer.content, type=Refused) if 400 <= answer.status_code < 500 else None


def _read(answer: httpx.Response, form: type[T]) -> T:
    answer.raise_for_status()
    return msgspec.json.decode(answer.content, type=form)

"""The server's HTTP, as far as a speaker uses it."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import httpx
import msgspec

from api_queue.clients.speaker import wire
from api_queue.clients.speaker.clock import ServerClock, local_ms
from api_queue.clients.speaker.plan import Over
from api_queue.types import DeviceId, ItemId, QueueName, TrackId

#: A third of a lease: two heartbeats may get lost.
TIMEOUT_S: Final = 4.0
T = TypeVar("T")


class Away(Exception):
    """The server cannot be reached, or not be used now."""


@dataclass
class Refused(Exception):
    """It will be the same when asked again. `detail` is the server's sentence."""

    status: int
    detail: str


class _Problem(msgspec.Struct):
    detail: str = ""


class Api:
    """`token` is sent with everything; set it when there is one. Raises Away, Refused."""

    def __init__(self, url: str, clock: ServerClock) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S, verify=_trusted(url))
        self._clock = clock
        self.token: str | None = None

    async def close(self) -> None:
        await self._http.aclose()

    async def found(self) -> wire.Found:
        sent_ms = local_ms()
        found = await self._ask("GET", "/.well-known/api-queue", wire.Found)
        self._clock.heard(found.clock_ms, sent_ms, local_ms())
        return found

    async def register(self, name: str, queue: QueueName | None, device: DeviceId | None) -> wire.Admission:
        body = {"device_name": name, "device_id": device, "queue": queue, "kind": "speaker", "device_platform": "mpv"}
        given = {key: value for key, value in body.items() if value is not None}
        return await self._ask("POST", "/devices/register", wire.Admission, given)

    async def claim(self, claim: str) -> wire.Admission:
        return await self._ask("POST", "/devices/claim", wire.Admission, {"claim": claim})

    async def beat(
        self, generation: int | None, item: ItemId | None, position_ms: int | None, volume: int
    ) -> wire.Beat:
        body = {"generation": generation, "item_id": item, "position_ms": position_ms, "volume": volume}
        given = {key: value for key, value in body.items() if value is not None}
        sent_ms = local_ms()
        answer = await self._ask("PATCH", "/devices/heartbeat", wire.Beat, given)
        self._clock.heard(answer.clock_ms, sent_ms, local_ms())
        return answer

    async def leave(self) -> None:
        await self._ask("PATCH", "/devices/heartbeat", wire.Beat, {"leaving": True})

    async def report(self, queue: QueueName, over: Over) -> wire.Session:
        """The session afterwards."""
        body = {"item_id": over.item_id, "generation": over.generation}
        if over.reason is None:
            return await self._ask(
                "POST", f"/sessions/{queue}/ended", wire.Session, {**body, "ended_at_ms": over.at_ms}
            )
        return await self._ask("POST", f"/sessions/{queue}/failed", wire.Session, {**body, "reason": over.reason[:200]})

    async def address(self, track: TrackId) -> wire.Address:
        """Where the music is, by its whole URL."""
        minted = await self._ask("POST", "/media/token", wire.Address, {"track_id": track})
        return msgspec.structs.replace(minted, url=str(self._http.base_url.join(minted.url)))

    async def track(self, track: TrackId) -> wire.Track:
        return await self._ask("GET", f"/tracks/{track}", wire.Track)

    @asynccontextmanager
    async def stream(self, url: str, **headers: str) -> AsyncIterator[httpx.Response]:
        """An answer as it comes, for as long as it takes: only silence between two pieces is limited."""
        try:
            sent = {**self._headers(), **headers}
            async with self._http.stream("GET", url, headers=sent, timeout=httpx.Timeout(TIMEOUT_S, read=20)) as answer:
                if answer.is_error:
                    await answer.aread()
                _check(answer)
                yield answer
        except httpx.HTTPError as error:
            raise _away(error) from None

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    async def _ask(self, method: str, path: str, form: type[T], body: dict[str, Any] | None = None) -> T:
        try:
            answer = await self._http.request(method, path, json=body, headers=self._headers())
        except httpx.HTTPError as error:
            raise _away(error) from None
        _check(answer)
        try:
            return msgspec.json.decode(answer.content, type=form)
        except msgspec.MsgspecError as error:
            raise Away(f"what it answers at {path} cannot be read: {error}") from None


def _trusted(url: str) -> ssl.SSLContext:
    """What this machine trusts, and SSL_CERT_FILE. To read it takes 20 ms, for nothing where there is no TLS."""
    return ssl.create_default_context() if url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _away(error: httpx.HTTPError) -> Away:
    """In words, and none that an address, which may be a credential, could be among."""
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return Away("its certificate is not trusted here; SSL_CERT_FILE names the file with that of its authority")
    if isinstance(error, httpx.ConnectError):
        return Away(str(error).rpartition("] ")[2])  # behind the number that the system has for it
    return Away("no answer" if isinstance(error, httpx.TimeoutException) else "the connection broke")


def _check(answer: httpx.Response) -> None:
    if answer.status_code in {408, 425, 429} or answer.status_code >= 500:
        raise Away(f"it answers with status {answer.status_code}")
    if answer.is_redirect:
        raise Refused(answer.status_code, f"It has moved to {answer.headers.get('Location', 'another address')}.")
    if answer.is_error:
        raise Refused(answer.status_code, _detail(answer.content))


def _detail(content: bytes) -> str:
    try:
        return msgspec.json.decode(content, type=_Problem).detail
    except msgspec.MsgspecError:
        return ""

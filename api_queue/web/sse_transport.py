"""One open `text/event-stream` answer of Sanic.

Chunks are encoded once for all readers and written straight to each transport, which is twice as fast as
`response.send`. What Sanic does not see it does not count, so the heartbeat goes through `send`: that refreshes its
response timeout, and lets it end a connection whose reader has stopped reading.
"""

import asyncio
import secrets
from typing import Final, cast

from sanic import HTTPResponse, Request
from sanic.response.types import BaseHTTPResponse

from api_queue.formats import sse

HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
#: Readers that were cut off at the same moment come back spread over this time.
RETRY_MS: Final = range(1_000, 5_000)


class SseLine:
    def __init__(self, request: Request) -> None:
        self._request = request
        self._ended = asyncio.Event()
        self._early: list[bytes] = []
        self._transport: asyncio.Transport | None = None

    @property
    def buffered(self) -> int:
        return 0 if self._transport is None else self._transport.get_write_buffer_size()

    def write(self, chunks: bytes) -> None:
        if self._transport is None:
            self._early.append(chunks)
        elif not self._transport.is_closing():
            self._transport.write(chunks)

    def end(self) -> None:
        self.write(sse.chunk(_retry()))
        self._ended.set()

    async def hold(self, heartbeat_s: float) -> None:
        """Sends headers and what was written before, then keeps the line open until it is ended.

        When the reader goes away Sanic cancels whoever waits here.
        """
        response = await self._open()
        while not self._ended.is_set():
            try:
                async with asyncio.timeout(heartbeat_s):
                    await self._ended.wait()
            except TimeoutError:
                await response.send(sse.comment())

    async def _open(self) -> BaseHTTPResponse:
        answer = HTTPResponse(headers=dict(HEADERS), content_type="text/event-stream")
        response: BaseHTTPResponse = await self._request.respond(answer)
        await response.send(_retry())
        self._transport = cast("asyncio.Transport", self._request.transport)
        self.write(b"".join(self._early))
        self._early.clear()
        return response


def _retry() -> bytes:
    return sse.retry(RETRY_MS.start + secrets.randbelow(len(RETRY_MS)))

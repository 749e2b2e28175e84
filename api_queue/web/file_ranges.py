"""Answers that are files, in whole or in ranges.

Sanic's own range code sends wrong bytes (`docs/decisions/0008-ranges-by-preadv.md`). Backpressure is Sanic's: a
slow listener holds a chunk or two, and no thread.
"""

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal, cast
from urllib.parse import quote

from sanic import HTTPResponse, Request
from sanic.exceptions import RequestCancelled
from sanic.response import BaseHTTPResponse

from api_queue.drivers.clock import Clock
from api_queue.errors import FileGone
from api_queue.formats import conditions
from api_queue.formats.byte_ranges import Span
from api_queue.formats.conditions import Validators
from api_queue.web.errors import refusal
from api_queue.web.file_plans import File, Plan, make_plan
from api_queue.web.page_cache import read
from api_queue.web.stall_watch import StallWatch

#: More gains little speed and costs each listener memory; less costs CPU (`bench/media.py` measures it).
CHUNK_BYTES: Final = 256 * 1024

#: A listener as fast as we are never makes `send` wait: after so much, half a millisecond's worth, it is others' turn.
TURN_BYTES: Final = 4 * CHUNK_BYTES

#: Where nginx gets, and nobody else, the folders of the library: under this and their absolute path.
OFFLOAD_PREFIX: Final = "/_media"

_FIELDS: Final = (*conditions.FIELDS, "range")
_NONE: Final[Mapping[str, str]] = {}
_REFUSALS: Final = {
    412: ("precondition_failed", "This file has changed since you last saw it."),
    416: ("range_not_satisfiable", "The file ends before the bytes that were asked for."),
}


class FileSender:
    def __init__(
        self, clock: Clock, offload: Literal["", "nginx"], write_timeout_s: float, data: Path | None = None
    ) -> None:
        """`data` is the folder that nobody but us can read: what is in it we send ourselves."""
        self._clock = clock
        self._offload = offload
        self._write_timeout_s = write_timeout_s
        self._data = data

    async def send(
        self, request: Request, path: Path, content_type: str, headers: Mapping[str, str] = _NONE
    ) -> HTTPResponse | None:
        """What a handler returns: None when the answer has been streamed. Raises FileGone.

        `headers` stand over ours, as a Cache-Control does where the file may be kept.
        """
        if self._offload == "nginx" and not (self._data and path.is_relative_to(self._data)):
            return _by_nginx(path, content_type, headers)
        with _opened(path) as fd:
            file = _describe(fd, content_type)
            plan = make_plan(request.method, _fields(request), file, self._clock.now_ms() // 1000)
            if plan.status in _REFUSALS:
                return _refusal(request, plan)
            plan.headers.update(headers)
            if request.method == "HEAD" or not plan.body:
                return HTTPResponse(None, plan.status, plan.headers)
            await self._stream(request, fd, plan)
        return None

    async def _stream(self, request: Request, fd: int, plan: Plan) -> None:
        transport = cast("asyncio.Transport", request.transport)
        response = await request.respond(status=plan.status, headers=plan.headers)
        try:
            with StallWatch(transport, self._write_timeout_s) as watch:
                for segment in plan.body:
                    await _write(response, fd, segment, watch)
        except EOFError:  # the file shrank: only a broken connection tells that what was promised will not come
            transport.abort()
            raise RequestCancelled from None


async def _write(response: BaseHTTPResponse, fd: int, segment: bytes | Span, watch: StallWatch) -> None:
    if isinstance(segment, bytes):
        await response.send(segment, end_stream=False)
        return
    (at, stop), turn, buffer = segment, 0, _buffer(segment)
    while at < stop:
        if watch.transport.get_write_buffer_size():  # it still holds what it was given; else one buffer serves for all
            buffer = _buffer(segment)
        chunk = await read(fd, at, buffer[: stop - at])
        if not chunk:
            raise EOFError
        await response.send(chunk, end_stream=False)  # type: ignore[type-var]  # Sanic takes any buffer
        watch.progress()
        at, turn = at + len(chunk), turn + len(chunk)
        if turn >= TURN_BYTES:
            turn = 0
            await asyncio.sleep(0)


def _buffer(span: Span) -> memoryview:
    return memoryview(bytearray(min(CHUNK_BYTES, span.stop - span.start)))


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    try:
        fd = os.open(path, os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        raise FileGone from None
    try:
        yield fd
    finally:
        os.close(fd)


def _describe(fd: int, content_type: str) -> File:
    """The change time tells also of an edit that kept size and modification time, as taggers do."""
    stat = os.fstat(fd)
    etag = f'"{stat.st_ino:x}-{stat.st_size:x}-{stat.st_ctime_ns:x}"'
    return File(stat.st_size, Validators(etag, int(stat.st_mtime)), content_type)


def _fields(request: Request) -> dict[str, str]:
    headers = request.headers
    return {name: ", ".join(headers.getall(name)) for name in _FIELDS if name in headers}


def _refusal(request: Request, plan: Plan) -> HTTPResponse:
    code, detail = _REFUSALS[plan.status]
    answer = refusal(request, plan.status, code, detail, {})
    answer.headers.update(plan.headers)
    return answer


def _by_nginx(path: Path, content_type: str, more: Mapping[str, str]) -> HTTPResponse:
    """nginx judges conditions and ranges itself, on the file that this names."""
    place = OFFLOAD_PREFIX + quote(os.fsencode(path))
    headers = {"X-Accel-Redirect": place, "Cache-Control": "no-store", "Content-Type": content_type, **more}
    return HTTPResponse(None, 200, headers)

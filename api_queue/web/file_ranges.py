"""Answers that are files, by RFC 9110: whole, in ranges, or not at all because nothing changed.

Sanic's own range code sends wrong bytes (`docs/decisions/0008-ranges-by-preadv.md`). Backpressure is Sanic's: a
slow listener holds one chunk, and no thread.
"""

import asyncio
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast
from urllib.parse import quote

from sanic import HTTPResponse, Request
from sanic.exceptions import RequestCancelled
from sanic.response import BaseHTTPResponse

from api_queue.drivers.clock import Clock
from api_queue.errors import FileGone
from api_queue.formats import byte_ranges, conditions
from api_queue.formats.byte_ranges import Span
from api_queue.formats.conditions import Validators
from api_queue.web.errors import problem
from api_queue.web.page_cache import read

#: More gains little speed and costs each listener memory; less costs CPU (reference figures in `bench/media.py`).
CHUNK_BYTES: Final = 256 * 1024

#: Where `config/nginx` gives nginx, and nobody else, the folders of the library: this and the absolute path.
OFFLOAD_PREFIX: Final = "/_media"

_FIELDS: Final = (*conditions.FIELDS, "range")
_REFUSALS: Final = {
    412: ("precondition_failed", "This file has changed since you last saw it."),
    416: ("range_not_satisfiable", "The file ends before the bytes that were asked for."),
}


@dataclass(frozen=True, slots=True)
class File:
    size: int
    validators: Validators
    content_type: str


@dataclass(frozen=True, slots=True)
class Plan:
    """An answer before a byte of it is sent: `body` is spans of the file and, in multipart, what stands between."""

    status: int
    headers: dict[str, str]
    body: tuple[bytes | Span, ...] = ()


class FileSender:
    def __init__(self, clock: Clock, offload: Literal["", "nginx"], write_timeout_s: float) -> None:
        self._clock = clock
        self._offload = offload
        self._write_timeout_s = write_timeout_s

    async def send(self, request: Request, path: Path, content_type: str) -> HTTPResponse | None:
        """What a handler returns: None when the answer has been streamed. Raises FileGone."""
        if self._offload == "nginx":
            return _by_nginx(path, content_type)
        with _opened(path) as fd:
            plan = make_plan(request.method, _fields(request), _describe(fd, content_type), self._now_s())
            if plan.status in _REFUSALS:
                return _refusal(plan)
            if request.method == "HEAD" or not plan.body:
                return HTTPResponse(None, plan.status, plan.headers)
            await self._stream(request, fd, plan)
        return None

    def _now_s(self) -> int:
        return self._clock.now_ms() // 1000

    async def _stream(self, request: Request, fd: int, plan: Plan) -> None:
        """A listener who takes nothing for too long, or a file that shrinks under us, ends the connection."""
        response = await request.respond(status=plan.status, headers=plan.headers)
        try:
            await self._write(response, b"")
            for segment in plan.body:
                await self._write_segment(response, fd, segment)
        except (TimeoutError, EOFError):
            cast("asyncio.Transport", request.transport).abort()
            raise RequestCancelled from None

    async def _write_segment(self, response: BaseHTTPResponse, fd: int, segment: bytes | Span) -> None:
        if isinstance(segment, bytes):
            await self._write(response, segment)
            return
        at, stop = segment
        while at < stop:
            chunk = await read(fd, at, min(CHUNK_BYTES, stop - at))
            if not chunk:
                raise EOFError
            at += len(chunk)
            await self._write(response, chunk)

    async def _write(self, response: BaseHTTPResponse, chunk: bytes | bytearray) -> None:
        async with asyncio.timeout(self._write_timeout_s):
            await response.send(chunk, end_stream=False)  # type: ignore[type-var]  # Sanic takes any buffer


def make_plan(method: str, fields: Mapping[str, str], file: File, now_s: int) -> Plan:
    """`fields`: the conditional headers and Range, under lower-case names."""
    common = _common_headers(file, now_s)
    match conditions.judge(fields, file.validators, now_s):
        case "not_modified":
            return Plan(304, common)
        case "precondition_failed":
            return Plan(412, common)
    spans = _asked_spans(method, fields, file, now_s)
    if spans is None:
        return _whole(file, common)
    if not spans:
        return Plan(416, common | {"Content-Range": byte_ranges.unsatisfied_range(file.size)})
    return _one(file, common, spans[0]) if len(spans) == 1 else _several(file, common, spans)


def _asked_spans(method: str, fields: Mapping[str, str], file: File, now_s: int) -> tuple[Span, ...] | None:
    """Range means something for GET only (14.2), and only for the file that If-Range names."""
    if method != "GET" or "range" not in fields:
        return None
    if "if-range" in fields and not conditions.range_applies(fields["if-range"], file.validators, now_s):
        return None
    return byte_ranges.select(fields["range"], file.size)


def _common_headers(file: File, now_s: int) -> dict[str, str]:
    return {
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",
        "Date": conditions.format_date(now_s),
        "ETag": file.validators.etag,
        "Last-Modified": conditions.format_date(file.validators.modified_s),
    }


def _whole(file: File, common: dict[str, str]) -> Plan:
    headers = common | {"Content-Type": file.content_type, "Content-Length": str(file.size)}
    return Plan(200, headers, (Span(0, file.size),) if file.size else ())


def _one(file: File, common: dict[str, str], span: Span) -> Plan:
    headers = common | {
        "Content-Type": file.content_type,
        "Content-Range": byte_ranges.content_range(span, file.size),
        "Content-Length": str(span.stop - span.start),
    }
    return Plan(206, headers, (span,))


def _several(file: File, common: dict[str, str], spans: tuple[Span, ...]) -> Plan:
    boundary = secrets.token_hex(16)
    body: list[bytes | Span] = []
    for span in spans:
        body += (byte_ranges.part_head(boundary, file.content_type, span, file.size), span)
    body.append(byte_ranges.parts_end(boundary))
    headers = common | {
        "Content-Type": f"multipart/byteranges; boundary={boundary}",
        "Content-Length": str(sum(map(_length, body))),
    }
    return Plan(206, headers, tuple(body))


def _length(segment: bytes | Span) -> int:
    return len(segment) if isinstance(segment, bytes) else segment.stop - segment.start


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
    return {name: ", ".join(lines) for name in _FIELDS if (lines := request.headers.get_all(name))}


def _refusal(plan: Plan) -> HTTPResponse:
    code, detail = _REFUSALS[plan.status]
    answer = problem(plan.status, code, detail, {})
    answer.headers.update(plan.headers)
    return answer


def _by_nginx(path: Path, content_type: str) -> HTTPResponse:
    """nginx judges conditions and ranges itself, on the file that this names."""
    place = OFFLOAD_PREFIX + quote(os.fsencode(path))
    headers = {"X-Accel-Redirect": place, "Cache-Control": "no-store", "Content-Type": content_type}
    return HTTPResponse(None, 200, headers)

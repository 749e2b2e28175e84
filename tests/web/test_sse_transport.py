"""One open event stream: what was written before, while and after it is held."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest
from sanic import Request, Sanic

from api_queue.formats import sse
from api_queue.web.sse_transport import RETRY_MS, SseLine
from tests.serving import NO_TLS, serving

HEARTBEAT_S = 0.05


@dataclass
class Stream:
    """Both ends of one line."""

    lines: list[SseLine] = field(default_factory=list)
    url: str = ""
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def line(self) -> SseLine:
        return self.lines[0]

    @asynccontextmanager
    async def read(self) -> AsyncIterator[tuple[httpx.Response, AsyncIterator[str]]]:
        async with (
            asyncio.timeout(30),
            httpx.AsyncClient(verify=NO_TLS) as client,
            client.stream("GET", self.url) as answer,
        ):
            yield answer, answer.aiter_lines()


@pytest.fixture
async def stream() -> AsyncIterator[Stream]:
    stream = Stream()
    app = Sanic("sse_line", configure_logging=False)
    app.config.ACCESS_LOG = False

    @app.get("/")
    async def events(request: Request) -> None:
        line = SseLine(request)
        stream.lines.append(line)
        line.write(sse.chunk(sse.frame("early", "1")))
        try:
            await line.hold(HEARTBEAT_S)
        finally:
            stream.gone.set()

    async with serving(app) as stream.url:
        yield stream


async def upto(lines: AsyncIterator[str], wanted: str) -> list[str]:
    read = []
    async for line in lines:
        read.append(line)
        if line == wanted:
            break
    return read


async def test_headers_and_a_retry_come_before_what_was_written_early(stream: Stream) -> None:
    async with stream.read() as (answer, lines):
        first = await upto(lines, "data: 1")
    assert answer.headers["content-type"] == "text/event-stream"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-accel-buffering"] == "no"
    assert first[1:] == ["", "event: early", "data: 1"]
    assert int(first[0].removeprefix("retry: ")) in RETRY_MS


async def test_what_is_written_later_goes_straight_out(stream: Stream) -> None:
    async with stream.read() as (_, lines):
        await upto(lines, "data: 1")
        stream.line.write(sse.chunk(sse.frame("late", "2", "5-0")))
        assert {"id: 5-0", "event: late"} <= set(await upto(lines, "data: 2"))


async def test_a_silent_line_is_kept_open_by_comments(stream: Stream) -> None:
    async with stream.read() as (_, lines):
        assert (await upto(lines, ":"))[-1] == ":"
        assert (await upto(lines, ":"))[-1] == ":"


async def test_a_line_that_we_end_says_when_to_come_back(stream: Stream) -> None:
    async with stream.read() as (_, lines):
        await upto(lines, "data: 1")
        stream.line.end()
        last = [line async for line in lines if line.startswith("retry: ")]
    assert len(last) == 1
    await stream.gone.wait()


async def test_a_reader_that_goes_ends_the_handler(stream: Stream) -> None:
    async with stream.read() as (_, lines):
        await upto(lines, "data: 1")
    async with asyncio.timeout(30):
        await stream.gone.wait()
    # And what still comes goes nowhere, without a fault
    stream.line.write(sse.chunk(sse.frame("late", "2")))


async def test_nothing_waits_for_a_reader_that_reads(stream: Stream) -> None:
    async with stream.read() as (_, lines):
        await upto(lines, "data: 1")
        assert stream.line.buffered == 0


def test_readers_do_not_all_come_back_at_once() -> None:
    assert len(RETRY_MS) >= 1000
    assert RETRY_MS.start >= 1000

"""Event streams over real connections of the real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from sanic import Request, Sanic

from api_queue.drivers.clock import SystemClock
from api_queue.settings import Settings
from api_queue.stream.blueprint import bp
from api_queue.stream.discovery import Discovery
from api_queue.stream.hub import Hub
from api_queue.web.connection import setup_connections
from api_queue.web.errors import setup_errors
from api_queue.web.identity import Caller
from tests.serving import NO_TLS, serving
from tests.stream.queues import Queues
from tests.stream.screens import Seen, parse
from tests.stream.waiting import eventually

HEARTBEAT_S = 0.2


@pytest.fixture
async def base(hub: Hub) -> AsyncIterator[str]:
    settings = Settings(sse_heartbeat_s=HEARTBEAT_S, mqtt_port=1884, mqtt_ws_port=9002)
    app: Sanic[Any, Any] = Sanic("stream", ctx=SimpleNamespace(hub=hub, settings=settings))
    app.ctx.discovery = Discovery(settings, SystemClock())
    # Less than what the tests wait: a stream that Sanic does not see would be ended by it.
    app.config.RESPONSE_TIMEOUT = 2 * HEARTBEAT_S
    app.blueprint(bp)
    setup_errors(app)
    setup_connections(app, settings)
    app.register_middleware(_let_in, "request")
    async with serving(app) as base:
        yield base


def _let_in(request: Request) -> None:
    request.ctx.caller = Caller(None, request.ip)


class Browser:
    """Reads one event stream in the background."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.body = b""
        self.ended = False
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for data in self.response.aiter_bytes():
            self.body += data
        self.ended = True

    @property
    def seen(self) -> list[Seen]:
        complete, _, _ = self.body.rpartition(b"\n\n")
        return parse(complete)

    def revs(self) -> list[int]:
        return [seen.data["rev"] for seen in self.seen if seen.event_id]

    def stop(self) -> None:
        self._reading.cancel()


@asynccontextmanager
async def browsing(address: str, last_event_id: str = "") -> AsyncIterator[Browser]:
    headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
    async with (
        httpx.AsyncClient(timeout=5, verify=NO_TLS) as client,
        client.stream("GET", address, headers=headers) as response,
    ):
        browser = Browser(response)
        try:
            yield browser
        finally:
            browser.stop()


async def test_a_stream_starts_with_headers_a_retry_and_the_snapshot(base: str, queues: Queues) -> None:
    await queues.create("party")
    async with browsing(f"{base}/queue/party/events") as browser:
        await queues.change("party")
        await eventually(lambda: browser.revs() == [1, 2])
    assert browser.response.headers["content-type"] == "text/event-stream"
    assert browser.response.headers["cache-control"] == "no-store"
    assert browser.response.headers["x-accel-buffering"] == "no"
    assert browser.body.startswith(b"retry: ")


async def test_heartbeats_keep_a_silent_stream_open(base: str, queues: Queues) -> None:
    await queues.create("party")
    async with browsing(f"{base}/queue/party/events") as browser:
        # When nothing happens for longer than the server's response timeout
        await eventually(lambda: browser.body.count(b"\n:\n") >= 4)
        # Then the stream is still there
        await queues.change("party")
        await eventually(lambda: browser.revs() == [1, 2])


async def test_last_event_id_brings_what_was_missed(base: str, queues: Queues) -> None:
    await queues.create("party")
    async with browsing(f"{base}/queue/party/events") as browser:
        await eventually(lambda: browser.revs() == [1])
    last = str(browser.seen[-1].event_id)
    await queues.change("party")
    # By header, and by address for readers that cannot set one
    async with browsing(f"{base}/queue/party/events", last) as browser:
        await eventually(lambda: browser.revs() == [2])
    async with browsing(f"{base}/queue/party/events?last_event_id={last}") as browser:
        await eventually(lambda: browser.revs() == [2])
    # And an unknown one in the address is older than the header
    async with browsing(f"{base}/queue/party/events?last_event_id=1-1", last) as browser:
        await eventually(lambda: browser.revs() == [2])


async def test_a_reader_that_goes_frees_everything(base: str, queues: Queues, hub: Hub) -> None:
    await queues.create("party")
    async with browsing(f"{base}/queue/party/events") as browser:
        await eventually(lambda: browser.revs() == [1])
        assert hub._rooms
    await eventually(lambda: not hub._rooms and not hub._audiences)


async def test_an_unknown_queue_is_a_plain_404(base: str) -> None:
    async with httpx.AsyncClient(verify=NO_TLS) as client:
        answer = await client.get(f"{base}/queue/nowhere/events")
    assert answer.status_code == 404
    assert answer.json()["code"] == "unknown_queue"


async def test_several_queues_on_one_connection(base: str, queues: Queues) -> None:
    await queues.create("a")
    await queues.create("b")
    async with browsing(f"{base}/events?queue=b&queue=a") as browser:
        await eventually(lambda: len(browser.seen) == 2)
    last = str(browser.seen[-1].event_id)
    await queues.change("b")
    async with browsing(f"{base}/events?queue=b&queue=a", last) as browser:
        await eventually(lambda: [seen.data["queue"] for seen in browser.seen] == ["b"])


async def test_streams_of_too_many_queues_are_refused(base: str) -> None:
    async with httpx.AsyncClient(verify=NO_TLS) as client:
        answer = await client.get(f"{base}/events?" + "&".join(f"queue=q{n}" for n in range(21)))
    assert answer.status_code == 422
    assert answer.json()["code"] == "too_many_queues"


async def test_a_server_that_ends_says_when_to_come_back(base: str, queues: Queues, hub: Hub) -> None:
    await queues.create("party")
    async with browsing(f"{base}/queue/party/events") as browser:
        await eventually(lambda: browser.revs() == [1])
        hub.close()
        await eventually(lambda: browser.ended)
    assert browser.body.rpartition(b"retry: ")[2].strip().isdigit()


async def test_a_reader_that_stops_reading_does_not_grow_and_is_dropped(base: str, queues: Queues, hub: Hub) -> None:
    await queues.create("party")
    host, port = base.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
    writer.write(b"GET /queue/party/events HTTP/1.1\r\nHost: x\r\n\r\n")
    await reader.readuntil(b"event: snapshot")
    # Given a reader that takes nothing more, and changes of 20 kB each
    cast("asyncio.Transport", writer.transport).pause_reading()
    padding = f'"changes":["{"x" * 20_000}"]'
    most = 0
    with closing(writer.transport):
        for _ in range(400):
            await queues.change("party", fields=padding)
            most = max(
                [most, *(listener.line.buffered for audience in hub._audiences.values() for listener in audience)]
            )
        # Then what waits for it was bounded
        assert 0 < most < 3_000_000
        # And it is dropped in the end
        await eventually(lambda: not hub._audiences)


async def test_discovery_tells_where_the_broker_is(base: str) -> None:
    async with httpx.AsyncClient(verify=NO_TLS) as client:
        found = (await client.get(f"{base}/.well-known/api-queue")).json()
    assert found["mqtt"] == {
        "host": "127.0.0.1", "port": 1884, "websocket_url": "ws://127.0.0.1:9002", "prefix": "api_queue"
    }  # fmt: skip
    assert found["clock_ms"] > 1_700_000_000_000


async def test_a_head_does_not_wait_for_the_end_of_a_stream(base: str, queues: Queues) -> None:
    await queues.create("party")
    async with httpx.AsyncClient(timeout=2, verify=NO_TLS) as client:
        assert (await client.head(f"{base}/queue/party/events")).status_code == 405

"""Real connections to a real server: what arrives too slowly, comes too often, or finds no room."""

import asyncio
import resource
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from sanic import HTTPResponse, Request, Sanic
from structlog.testing import capture_logs

from api_queue.settings import Settings
from api_queue.web import connection, connections
from api_queue.web.connection import IDLE_S, REQUEST_S, setup_connections
from api_queue.web.errors import setup_errors
from api_queue.web.replies import reply
from tests.serving import serving

ADDRESS = "127.0.0.2"  # this machine's, but not the one that is not counted
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"


@dataclass
class Server:
    port: int = 0
    wires: list[asyncio.StreamWriter] = field(default_factory=list)

    async def connect(self, address: str = ADDRESS) -> "Wire":
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(address, 0))
        self.wires.append(writer)
        return Wire(reader, writer)


@dataclass
class Wire:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, said: bytes = GET) -> bytes:
        self.writer.write(said)
        return await self.heard()

    async def heard(self) -> bytes:
        """An answer in whole, which names its length."""
        async with asyncio.timeout(30):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            return head + await self.reader.readexactly(int(length))

    async def ended(self) -> bool:
        async with asyncio.timeout(30):
            with suppress(ConnectionError):
                await self.reader.read()
        return True


@asynccontextmanager
async def a_server(most: int = 2, request_s: float = 30, idle_s: float = 30) -> AsyncIterator[Server]:
    app: Sanic[Any, Any] = Sanic("connection", configure_logging=False)
    setup_errors(app)
    setup_connections(app, Settings(load_connections_per_address=most))
    app.config.REQUEST_TIMEOUT, app.config.KEEP_ALIVE_TIMEOUT = request_s, idle_s

    @app.route("/", methods=["GET", "POST"])
    async def hello(request: Request) -> HTTPResponse:
        return reply({"bytes": len(request.body)})

    server = Server()
    async with serving(app) as url:
        server.port = int(url.rpartition(":")[2])
        yield server
        for wire in server.wires:
            wire.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with a_server() as server:
        yield server


@pytest.fixture
async def hurried() -> AsyncIterator[Server]:
    """A request has 0.2 s to arrive."""
    async with a_server(request_s=0.2) as server:
        yield server


# -- too slow --------------------------------------------------------------------------------------------------


async def drip(wire: Wire) -> None:
    """One byte after the other, sooner than any timeout between two bytes."""
    with suppress(ConnectionError):
        while True:
            wire.writer.write(b"x")
            await asyncio.sleep(0.02)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "REFUSED_S", 0.05)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("begin", [b"GET / HTTP/1.1\r\nX-Slow: ", POST])
async def test_a_request_that_drips_in_is_given_up(hurried: Server, begin: bytes) -> None:
    wire = await hurried.connect()
    wire.writer.write(begin)
    dripping = asyncio.create_task(drip(wire))
    answer = await wire.heard()
    assert b" 408 " in answer
    assert b"was not here in whole after 0.2 seconds" in answer
    assert await wire.ended()
    dripping.cancel()


@pytest.mark.usefixtures("impatient")
async def test_nor_is_the_rest_of_what_was_refused_waited_for(hurried: Server) -> None:
    wire = await hurried.connect()
    assert b" 405 " in await wire.ask(POST.replace(b"POST", b"PUT"))
    dripping = asyncio.create_task(drip(wire))
    assert await wire.ended()
    dripping.cancel()


async def test_one_that_comes_in_pieces_within_its_time_is_answered(server: Server) -> None:
    wire = await server.connect()
    for piece in (GET[:7], GET[7:20]):
        wire.writer.write(piece)
        await asyncio.sleep(0)
    assert b" 200 " in await wire.ask(GET[20:])


async def test_who_asks_one_thing_after_the_other_is_not_late(hurried: Server) -> None:
    wire = await hurried.connect()
    body = POST + bytes(1000)
    end_s = asyncio.get_running_loop().time() + 0.5
    while asyncio.get_running_loop().time() < end_s:
        assert b'{"bytes":1000}' in await wire.ask(body)


async def test_a_connection_on_which_nothing_is_asked_is_closed() -> None:
    async with a_server(idle_s=0.2) as server:
        assert await (await server.connect()).ended()


def test_the_real_times_fit_phones_and_proxies() -> None:
    assert REQUEST_S <= 30
    assert IDLE_S > 60, "which is what nginx keeps a connection to us for"


# -- too many --------------------------------------------------------------------------------------------------


async def test_one_address_too_many_hears_when_to_come_again(server: Server) -> None:
    wires = [await server.connect() for _ in range(3)]
    answers = [await wire.ask() for wire in wires]
    assert [b" 200 " in answer for answer in answers] == [True, True, False]
    assert b"HTTP/1.1 429 " in answers[2]
    assert b"retry-after: 5" in answers[2].lower()
    assert b'"code":"too_many_connections"' in answers[2]
    assert await wires[2].ended()
    # And others, and those that are open, notice nothing
    assert b" 200 " in await (await server.connect("127.0.0.3")).ask()


@pytest.mark.usefixtures("impatient")
async def test_a_refused_one_that_says_nothing_is_closed_soon(server: Server) -> None:
    wires = [await server.connect() for _ in range(3)]
    assert await wires[2].ended()


async def test_who_closes_makes_room(server: Server) -> None:
    wires = [await server.connect() for _ in range(2)]
    wires[0].writer.close()
    await wires[0].writer.wait_closed()
    await answered(server.connect)


async def answered(connect: Callable[[], Awaitable[Wire]]) -> None:
    """As soon as there is room again."""
    async with asyncio.timeout(30):
        while b" 200 " not in await (await connect()).ask():
            continue


# -- no more open files ----------------------------------------------------------------------------------------


@contextmanager
def few_files() -> Iterator[None]:
    """This process can open forty more, of which connections get thirty."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with socket.socket() as next_one:
        resource.setrlimit(resource.RLIMIT_NOFILE, (next_one.fileno() + 40, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_a_full_table_of_files_refuses_and_the_server_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "RESERVED_FILES", 10)
    strangers = [socket.socket() for _ in range(60)]
    with ExitStack() as all_of_them, capture_logs() as lines, few_files():
        for stranger in strangers:
            all_of_them.enter_context(stranger).setblocking(False)
        async with a_server(most=100) as server:
            # Given more connections than there are files
            for stranger in strangers:
                stranger.connect_ex(("127.0.0.1", server.port))
                with suppress(OSError):
                    stranger.send(GET)
            heard = [await what_is_heard(stranger) for stranger in strangers]
            assert {b"HTTP/1.1 200", b"HTTP/1.1 503"} <= set(heard)
            assert [line["why"] for line in lines] == ["its table of open files is full"]
            # Then those that are in are served, and when they go, others are let in
            assert heard[0] == b"HTTP/1.1 200"
            strangers[0].send(GET)
            assert await what_is_heard(strangers[0]) == b"HTTP/1.1 200"
            for stranger in strangers:
                stranger.close()
            await answered(server.connect)


async def what_is_heard(stranger: socket.socket) -> bytes:
    """The beginning of an answer; nothing, where the connection was only closed."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(30):
        try:
            return (await loop.sock_recv(stranger, 4096))[:12]
        except OSError:
            return b""

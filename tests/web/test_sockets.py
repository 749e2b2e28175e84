"""A websocket whose client asks without end and takes no answer."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sanic import Request, Sanic, Websocket

from api_queue.settings import Settings
from api_queue.web.connection import setup_connections
from tests.serving import serving
from tests.stream.waiting import eventually

HELLO = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
#: With 125 bytes, which come back in a pong; masked with nothing.
PING = b"\x89\xfd" + bytes(4) + bytes(125)

#: What the kernel may keep, so that the test need not send the megabytes that it else does.
SMALL_BYTES = 256 * 1024


@dataclass
class Ends:
    """The transport of our end, and the other end."""

    transport: Any = None
    client: socket.socket = field(default_factory=socket.socket)


@pytest.fixture
async def ends() -> AsyncIterator[Ends]:
    ends, loop = Ends(), asyncio.get_running_loop()
    app: Sanic[Any, Any] = Sanic("sockets", configure_logging=False)
    setup_connections(app, Settings())

    @app.websocket("/")  # type: ignore[untyped-decorator]  # Sanic does not say
    async def silent(request: Request, _line: Websocket) -> None:
        ends.transport = request.transport
        request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL_BYTES)
        await asyncio.Event().wait()

    async with serving(app) as url:
        with ends.client as client:
            client.setblocking(False)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BYTES)
            await loop.sock_connect(client, ("127.0.0.1", int(url.rpartition(":")[2])))
            await loop.sock_sendall(client, HELLO)
            assert b" 101 " in await loop.sock_recv(client, 4096)
            yield ends


async def ping(client: socket.socket) -> None:
    while True:
        await asyncio.get_running_loop().sock_sendall(client, PING * 500)


async def take(client: socket.socket) -> None:
    while await asyncio.get_running_loop().sock_recv(client, 1 << 20):
        pass


async def test_who_takes_no_answer_is_not_heard_until_they_do(ends: Ends) -> None:
    pinging = asyncio.create_task(ping(ends.client))
    # Given pings without end, and nobody who takes the pongs, then they wait at the sender and not with us
    await eventually(lambda: not ends.transport.is_reading())
    assert len([task for task in asyncio.all_tasks() if "data_received" in f"{task}"]) < 20
    # And when the pongs are taken, the rest is heard
    pinging.cancel()
    taking = asyncio.create_task(take(ends.client))
    await eventually(ends.transport.is_reading)
    taking.cancel()

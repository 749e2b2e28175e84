"""A websocket whose client asks without end and takes no answer."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sanic import Request, Sanic, Websocket

from api_queue.settings import Settings
from api_queue.web.connection import setup_connections
from tests.serving import serving

HELLO = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
#: With 125 bytes, which come back in a pong; masked with nothing.
PING = b"\x89\xfd" + bytes(4) + bytes(125)


@pytest.fixture
async def port() -> AsyncIterator[int]:
    app: Sanic[Any, Any] = Sanic("sockets", configure_logging=False)
    setup_connections(app, Settings())

    @app.websocket("/")  # type: ignore[untyped-decorator]  # Sanic does not say
    async def silent(_request: Request, _line: Websocket) -> None:
        await asyncio.Event().wait()

    async with serving(app) as url:
        yield int(url.rpartition(":")[2])


async def said(client: socket.socket) -> int:
    """How much could be said before nobody listened any more, for a second."""
    loop, total = asyncio.get_running_loop(), 0
    try:
        while True:
            async with asyncio.timeout(1):
                await loop.sock_sendall(client, PING * 500)
            total += 500
    except TimeoutError:
        return total


async def test_who_takes_no_answer_is_not_heard_until_they_do(port: int) -> None:
    loop = asyncio.get_running_loop()
    with socket.socket() as client:
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", port))
        await loop.sock_sendall(client, HELLO)
        assert b" 101 " in await loop.sock_recv(client, 4096)
        # Given pings without end, and nobody who reads the pongs
        before = len(asyncio.all_tasks())
        pings = await said(client)
        # Then they wait at the sender, and not with us
        assert pings < 200_000
        assert len(asyncio.all_tasks()) - before < 100
        # And when the pongs are read, the rest is heard
        taken = 0
        async with asyncio.timeout(30):
            while taken < pings * 100:
                taken += len(await loop.sock_recv(client, 1 << 20))

"""A websocket at `/api/mqtt`, bare: for what a client of a library would not do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Self, cast

PATIENCE_S: Final = 20.0
BINARY, TEXT, CLOSE, PING = 2, 1, 8, 9


class Road:
    """Frames out, bytes of MQTT in; `closed_with` is the code of the server's last frame."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer
        self._transport = cast("asyncio.Transport", writer.transport)
        self._unread = b""
        self.closed_with: int | None = None

    @classmethod
    async def open(cls, url: str, protocol: str = "mqtt") -> Self:
        host, port = url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            f"GET /api/mqtt HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: {protocol}\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head.splitlines()[0], head
        assert b"sec-websocket-protocol: mqtt" in head.lower()
        return cls(reader, writer)

    def say(self, *packets: bytes, opcode: int = BINARY) -> Self:
        """Each in a frame of its own, wherever a packet ends."""
        self.writer.write(b"".join(_frame(opcode, packet) for packet in packets))
        return self

    def pause(self) -> None:
        """It does not read."""
        self._transport.pause_reading()

    def resume(self) -> None:
        self._transport.resume_reading()

    async def read(self, size: int) -> bytes:
        """So many bytes of MQTT, in however many frames they come; fewer where the line ended before."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self._unread) < size and self.closed_with is None:
                await self._take_frame()
        taken, self._unread = self._unread[:size], self._unread[size:]
        return taken

    async def hear(self, last: bytes) -> None:
        """Until that is the last that was said."""
        async with asyncio.timeout(PATIENCE_S):
            while not self._unread.endswith(last):
                await self._take_frame()

    async def ended(self) -> int | None:
        """The code with which the server closes; None where it hangs up without."""
        async with asyncio.timeout(PATIENCE_S):
            try:
                while self.closed_with is None:
                    await self._take_frame()
            except (asyncio.IncompleteReadError, ConnectionError):
                return None
        return self.closed_with

    async def _take_frame(self) -> None:
        opcode, length = await self._reader.readexactly(2)
        if length > 125:
            length = int.from_bytes(await self._reader.readexactly({126: 2, 127: 8}[length]))
        data = await self._reader.readexactly(length)
        if opcode & 0x0F == CLOSE:
            self.closed_with = int.from_bytes(data[:2])
        elif opcode & 0x0F == BINARY:
            self._unread += data


def _frame(opcode: int, data: bytes) -> bytes:
    """Masked with zeros, which is quick and changes nothing; clients of libraries are tested too."""
    length = len(data)
    head = bytes([0x80 | length]) if length < 126 else bytes([0x80 | 127]) + length.to_bytes(8)
    return bytes([0x80 | opcode]) + head + bytes(4) + data


@asynccontextmanager
async def road(url: str, *said: bytes) -> AsyncIterator[Road]:
    one = await Road.open(url)
    try:
        yield one.say(*said)
    finally:
        one.writer.transport.abort()

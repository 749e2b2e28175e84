"""A room full of readers in a process of its own: it says when the last of them has heard of each add."""

import asyncio
import time
from collections.abc import Callable
from enum import Enum, auto
from multiprocessing.connection import Connection
from typing import cast

import uvloop

from bench.measure import allow_many_files

#: Connections that are opened at the same time.
AT_ONCE = 500
PROTOCOL_NAME = b"\x00\x04MQTT\x04\x02\x00\x00"


class Kind(Enum):
    SSE = auto()
    MQTT = auto()


def marker(round_: int) -> str:
    """The performer of a round's add, by which its event is known."""
    return f"Singer of round {round_}."


class Room:
    """Counts who has heard of the present round, and tells the other process when all have."""

    def __init__(self, size: int, tell: Callable[[float], None]) -> None:
        self.size = size
        self.round = 0
        self.heard = 0
        self._tell = tell

    def hear(self) -> None:
        self.heard += 1
        if self.heard == self.size:
            self.heard, self.round = 0, self.round + 1
            self._tell(time.monotonic())


class Screen(asyncio.Protocol):
    """Sends `hello`, and is there when something is answered that `welcomed` knows."""

    def __init__(self, room: Room, hello: bytes, welcome: bytes) -> None:
        self._room = room
        self._hello = hello
        self._welcome = welcome
        self._tail = b""
        self._round = 0
        self.there = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(self._hello)

    def data_received(self, data: bytes) -> None:
        text, self._tail = self._tail + data, data[-64:]
        if not self.there.done():
            if self._welcome in text:
                self.there.set_result(None)
        elif self._round == self._room.round and marker(self._round).encode() in text:
            self._round += 1
            self._room.hear()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.there.done():
            self.there.set_exception(error or ConnectionResetError())


def listen(kind: Kind, queue: str, size: int, port: int, pipe: Connection) -> None:
    """Until it is terminated. Sends True when all are there, then the time of the last one for each round."""
    allow_many_files()
    uvloop.run(_listen(kind, queue, size, port, pipe))


async def _listen(kind: Kind, queue: str, size: int, port: int, pipe: Connection) -> None:
    loop, room = asyncio.get_running_loop(), Room(size, pipe.send)
    for start in range(0, size, AT_ONCE):
        some = range(start, min(start + AT_ONCE, size))
        made = [loop.create_connection(_maker(kind, queue, room, n), "127.0.0.1", port) for n in some]
        await asyncio.gather(*(screen.there for _, screen in await asyncio.gather(*made)))
    pipe.send(True)
    await asyncio.Event().wait()


def _maker(kind: Kind, queue: str, room: Room, number: int) -> Callable[[], Screen]:
    if kind is Kind.SSE:
        hello = f"GET /queue/{queue}/events HTTP/1.1\r\nHost: bench\r\n\r\n".encode()
        return lambda: Screen(room, hello, b"event: snapshot")
    topic = f"api_queue/queue/{queue}/events"
    subscription = _packet(0x82, b"\x00\x01" + _text(topic) + b"\x00")
    hello = _packet(0x10, PROTOCOL_NAME + _text(f"bench-{number}")) + subscription
    return lambda: Screen(room, hello, b"\x90\x03\x00\x01")


def _packet(kind: int, body: bytes) -> bytes:
    """MQTT 3.1.1, for bodies below 128 bytes."""
    return bytes((kind, len(body))) + body


def _text(value: str) -> bytes:
    return len(value).to_bytes(2) + value.encode()

"""What a websocket is sent, on its way to the broker.

Sanic gathers frames to messages, and reads on while whoever takes them is at work: a client that says more than a
broker takes would fill our memory.
"""

import asyncio
from collections.abc import Callable
from socket import SO_RCVBUF, SOL_SOCKET
from typing import Any, Final, Protocol

from websockets.frames import Frame, Opcode

from api_queue.drivers.announcer.packets import ProtocolError, VersionError

#: What the kernel takes for us in advance; it is read in one go, and can be megabytes else.
RECEIVED_BYTES: Final = 64 * 1024
#: Seconds for which a side may take nothing.
STALL_S: Final = 60.0
#: Why a websocket is closed (RFC 6455, 7.4.1).
GOING_AWAY, NOT_BINARY, NOT_ALLOWED = 1001, 1003, 1008


class Line(Protocol):
    """Of Sanic's websocket what is needed here; it has no types for it."""

    assembler: Any
    io_proto: Any
    ws_proto: Any

    def data_received(self, data: bytes, /) -> None: ...
    def pause_frames(self) -> bool: ...
    def resume_frames(self) -> bool: ...
    def fail_connection(self, code: int, /) -> bool: ...
    async def async_data_received(self, answers: list[bytes], events: list[object], /) -> None: ...


class Inlet:
    """Takes the place of Sanic's own reading at once. Nothing more is read before what came is answered and passed on:
    a client that sends pings and takes no answer would fill our memory as well.
    """

    def __init__(self, line: Line, passed: Callable[[bytes], bytes]) -> None:
        """`passed`: of what comes in, what goes out. Raises ProtocolError or VersionError for what may not be said."""
        self._line = line
        self._passed = passed
        self._broker: asyncio.Future[asyncio.StreamWriter] = asyncio.get_running_loop().create_future()
        self._dealing: asyncio.Task[None] | None = None
        line.assembler = self
        line.data_received = self._received  # type: ignore[method-assign]
        line.io_proto.transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_RCVBUF, RECEIVED_BYTES)

    def open(self, broker: asyncio.StreamWriter) -> None:
        self._broker.set_result(broker)

    def close(self) -> None:
        if self._broker.cancel():
            return
        self._broker.result().transport.abort()

    def _received(self, data: bytes) -> None:
        frames = self._line.ws_proto
        frames.receive_data(data)
        self._line.pause_frames()
        self._dealing = asyncio.create_task(self._deal_with(frames.data_to_send(), frames.events_received()))

    async def _deal_with(self, answers: list[bytes], events: list[object]) -> None:
        try:
            async with asyncio.timeout(STALL_S):
                await self._line.async_data_received(answers, events)
        except OSError:
            self._line.fail_connection(GOING_AWAY)
        else:
            self._line.resume_frames()

    async def put(self, frame: Frame) -> None:
        """One at a time, in order. Packets may be cut over frames, or many be in one (MQTT 3.1.1, chapter 6)."""
        broker = await self._broker
        if broker.is_closing():
            return
        if frame.opcode is Opcode.TEXT:
            self._line.fail_connection(NOT_BINARY)
        elif frame.opcode in {Opcode.BINARY, Opcode.CONT}:
            self._write(broker, bytes(frame.data))
            await broker.drain()

    def _write(self, broker: asyncio.StreamWriter, data: bytes) -> None:
        try:
            broker.write(self._passed(data))
        except (ProtocolError, VersionError):
            self._line.fail_connection(NOT_ALLOWED)

"""The two ways in: MQTT over TCP, and over websocket (RFC 6455, sub-protocol `mqtt`)."""

import asyncio
from typing import Final, cast

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from api_queue.drivers.announcer.broker import Broker
from api_queue.drivers.announcer.session import GUEST_PACKET, Session

#: Bytes that wait for one peer before it is left alone until it reads: what a stalled one costs, plus one packet.
WRITE_BUFFER: Final = 256 * 1024
#: Seconds for which a peer may leave that buffer unread.
STALL_S: Final = 60.0
#: Seconds for the last bytes of a connection that is closed.
CLOSE_S: Final = 5.0


class TcpLink(asyncio.Protocol):
    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._loop = asyncio.get_running_loop()
        self._deadline: asyncio.TimerHandle | None = None
        self.blocked = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=WRITE_BUFFER)
        self.session = Session(self._broker, self)

    def data_received(self, data: bytes) -> None:
        self.session.feed(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the loop's signature
        self._keep_deadline(None)
        self.session.lost()

    def pause_writing(self) -> None:
        """Its requests wait as well: their answers would fill the same buffer."""
        self.blocked = True
        if not self._transport.is_closing():
            self._transport.pause_reading()
        self._keep_deadline(STALL_S)

    def resume_writing(self) -> None:
        self.blocked = False
        self._keep_deadline(None)
        if not self._transport.is_closing():
            self._transport.resume_reading()
            self.session.reads_again()

    def _keep_deadline(self, seconds: float | None) -> None:
        if self._deadline:
            self._deadline.cancel()
        self._deadline = self._loop.call_later(seconds, self.session.end) if seconds else None

    def write(self, data: bytes) -> None:
        self._transport.write(data)

    def close(self) -> None:
        self._transport.close()
        self._loop.call_later(CLOSE_S, self._transport.abort)

    def abort(self) -> None:
        self._transport.abort()


class WebSocketLink(TcpLink):
    def __init__(self, broker: Broker) -> None:
        super().__init__(broker)
        self._socket = ServerProtocol(subprotocols=[Subprotocol("mqtt")], max_size=GUEST_PACKET)

    def data_received(self, data: bytes) -> None:
        self._socket.receive_data(data)
        for event in self._socket.events_received():
            if isinstance(event, Request):
                self._socket.send_response(self._socket.accept(event))
            elif isinstance(event, Frame):
                self._frame(event)
        self._flush()
        if self._socket.close_expected():
            super().close()

    def _frame(self, frame: Frame) -> None:
        """Packets come in binary frames, cut anywhere (MQTT 3.1.1, chapter 6)."""
        if frame.opcode in {Opcode.BINARY, Opcode.CONT}:
            self.session.feed(frame.data)
        elif frame.opcode is Opcode.TEXT:
            self._socket.fail(1003)

    def write(self, data: bytes) -> None:
        if self._socket.state is State.OPEN:
            self._socket.send_binary(data)
            self._flush()

    def close(self) -> None:
        if self._socket.state is State.OPEN:
            self._socket.send_close(1000)
        self._flush()
        super().close()

    def _flush(self) -> None:
        for data in self._socket.data_to_send():
            if data:
                self._transport.write(data)

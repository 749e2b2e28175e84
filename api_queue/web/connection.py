"""One connection, as Sanic has it, with what Sanic leaves unbounded.

Sanic counts from the last byte: who sends one now and then would never be late. Here a request has one time to arrive.
"""

import asyncio
from time import monotonic
from typing import Any, Final

from sanic import Request, Sanic
from sanic.exceptions import RequestTimeout
from sanic.headers import format_http1_response
from sanic.http import Http, Stage
from sanic.server.protocols.websocket_protocol import WebSocketProtocol

from api_queue.errors import ApiQueueError
from api_queue.settings import Settings
from api_queue.web.connections import Connections
from api_queue.web.errors import problem, status_of
from api_queue.web.load import Load

#: From its first byte to its last: the largest body, over a phone's worst connection.
REQUEST_S: Final = 30
#: For the next request on a connection; longer than a proxy before us keeps one, which else meets a closed door.
IDLE_S: Final = 75
#: For who is refused: to ask, and so to hear why.
REFUSED_S: Final = 1.0


def setup_connections(app: "Sanic[Any, Any]", settings: Settings) -> None:
    app.ctx.connections = Connections(settings)
    app.ctx.load = Load(settings.load_requests)
    app.config.REQUEST_TIMEOUT = REQUEST_S
    app.config.KEEP_ALIVE_TIMEOUT = IDLE_S


class Connection(WebSocketProtocol):
    """For an app whose context has `connections` and `load`."""

    __slots__ = ("_address", "_began_s")

    def _setup(self) -> None:
        super()._setup()  # type: ignore[no-untyped-call]
        self.request_handler = self._handle
        self._address: str | None = None
        self._began_s = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        address = (transport.get_extra_info("peername") or ("",))[0]
        try:
            self._connections.enter(address, transport.get_extra_info("socket").fileno())
        except ApiQueueError as error:
            transport.set_protocol(Refused(transport, error))
        else:
            self._address = address
            super().connection_made(transport)  # type: ignore[no-untyped-call]

    def connection_lost(self, error: Exception | None) -> None:
        if self._address is not None:
            self._connections.leave(self._address)
        super().connection_lost(error)  # type: ignore[no-untyped-call]

    def data_received(self, data: bytes) -> None:
        if self.http is None or not _arrives(self.http):
            self._began_s = monotonic()
        super().data_received(data)  # type: ignore[no-untyped-call]

    def pause_writing(self) -> None:
        """Who asks by websocket and takes no answer is not heard until they do: the answer to each ping would wait."""
        super().pause_writing()  # type: ignore[no-untyped-call]
        if self.websocket is not None and self.transport:
            self.transport.pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()  # type: ignore[no-untyped-call]
        line, transport = self.websocket, self.transport
        if line is not None and line.pause_frame_fut is None and transport and not transport.is_closing():
            transport.resume_reading()

    def check_timeouts(self) -> None:
        """Sanic calls it every now and then. Who is late hears so, and is cut off: Sanic would read the rest."""
        http = self.http
        late = monotonic() - self._began_s > self.request_timeout
        if late and self._task and self.transport and http is not None and _arrives(http):
            http.exception = RequestTimeout(f"The request was not here in whole after {self.request_timeout} seconds.")
            self._task.cancel()
            self.loop.call_later(REFUSED_S, self.transport.abort)
        else:
            super().check_timeouts()  # type: ignore[no-untyped-call]

    async def _handle(self, request: Request) -> None:
        """An answer leaves the load as it begins; whoever is gone before that gets none."""
        try:
            await self.app.handle_request(request)
        finally:
            self.app.ctx.load.leave(request)

    @property
    def _connections(self) -> Connections:
        connections: Connections = self.app.ctx.connections
        return connections


class Refused(asyncio.Protocol):
    """Who hears why there is no room, as soon as they have asked for something, and is then cut off."""

    def __init__(self, transport: asyncio.Transport, error: ApiQueueError) -> None:
        self._transport = transport
        self._error = error
        self._end = asyncio.get_running_loop().call_later(REFUSED_S, transport.abort)

    def data_received(self, _data: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(_answer(self._error))
            self._transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        self._end.cancel()


def _arrives(http: Http) -> bool:
    """A body also after its answer, since Sanic reads it to its end. Before the first request none is known of."""
    return http.stage is Stage.REQUEST or bool(getattr(http, "request_body", None))


def _answer(error: ApiQueueError) -> bytes:
    said = problem(status_of(error), error.code, error.detail, error.facts)
    said.headers.update({"connection": "close", "content-length": len(said.body or b"")})
    head: bytes = format_http1_response(said.status, said.processed_headers)
    return head + (said.body or b"")

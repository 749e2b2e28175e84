"""A bad road to the server, made of TCP: it is long, loses packets, and can be cut.

What a kernel would send anew after a loss comes late here, and all behind it with it: that is what a program sees of
a lost packet. `netem` would do the same to every packet, but needs a kernel that has it, and root.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

#: Of one packet.
PACKET_BYTES = 1460
_PIECE_BYTES = 10 * PACKET_BYTES


@dataclass(frozen=True)
class Road:
    """`latency_ms` each way; of all packets `loss` (0 to 1) come `resend_ms` late."""

    latency_ms: float = 0
    loss: float = 0
    resend_ms: float = 0


@dataclass
class Link:
    """`url` is the server's, by this road. `lost` counts packets."""

    url: str
    road: Road
    is_cut: bool = False
    lost: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(4))
    open: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """As if nobody were there: whatever is open breaks, and nothing opens."""
        self.is_cut = True
        for writer in self.open:
            writer.transport.abort()

    def mend(self) -> None:
        self.is_cut = False

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One way of one connection, in order."""
        loop, sent = asyncio.get_running_loop(), asyncio.Queue[tuple[float, bytes]]()
        delivering = asyncio.create_task(self._deliver(sent, writer), name="link")
        arrives_s = 0.0
        try:
            while piece := await reader.read(_PIECE_BYTES):
                arrives_s = max(arrives_s, loop.time() + self.road.latency_ms / 1000) + self._held_up_s(len(piece))
                sent.put_nowait((arrives_s, piece))
        except ConnectionError:
            pass
        finally:
            sent.put_nowait((arrives_s, b""))
            await delivering

    async def _deliver(self, sent: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while True:
                arrives_s, piece = await sent.get()
                await asyncio.sleep(arrives_s - asyncio.get_running_loop().time())
                if not piece or writer.is_closing():
                    return writer.close()
                writer.write(piece)
                await writer.drain()

    def _held_up_s(self, size: int) -> float:
        lost = sum(self.chance.random() < self.road.loss for _ in range(-(-size // PACKET_BYTES)))
        self.lost += lost
        return lost * self.road.resend_ms / 1000


@asynccontextmanager
async def a_link(url: str, road: Road = Road()) -> AsyncIterator[Link]:
    """To the server at `url`, which may be a Redis on a socket, on a free port of this machine."""
    there = urlsplit(url)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if link.is_cut:
            return writer.transport.abort()
        if there.scheme == "unix":
            far_reader, far_writer = await asyncio.open_unix_connection(unquote(there.path))
        else:
            far_reader, far_writer = await asyncio.open_connection(there.hostname, there.port)
        ends = {writer, far_writer}
        link.open |= ends
        try:
            await asyncio.gather(link.carry(reader, far_writer), link.carry(far_reader, writer))
        finally:
            link.open -= ends
            for end in ends:
                end.transport.abort()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    link = Link(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", road)
    try:
        yield link
    finally:
        link.cut()
        server.close()
        await server.wait_closed()

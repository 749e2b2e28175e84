"""Websockets that are lines to the broker: what comes in goes out on the other side.

Whoever is slow is waited for, and stops the other side by that alone: nothing is stored here but a packet that has not
come in whole. What may be said is the matter of `guest_packets`.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Final

from sanic import Websocket
from sanic.exceptions import SanicException

from api_queue.drivers.mqtt_line import BrokerAddress, open_line
from api_queue.errors import BrokerAway
from api_queue.karakara.broker_inlet import GOING_AWAY, STALL_S, Inlet
from api_queue.karakara.guest_packets import GuestPackets

#: Of one worker; each costs two open files. An address may be that of a whole party.
MOST_LINES: Final = 2000
MOST_OF_ADDRESS: Final = 500
#: What is read of the broker at once, and becomes one frame.
CHUNK_BYTES: Final = 64 * 1024
#: Why a websocket is closed (RFC 6455, 7.4.1, and its registry).
DONE, TRY_AGAIN = 1000, 1013


class BrokerLines:
    """Those of one worker."""

    def __init__(self, broker: BrokerAddress, prefix: str | None = None) -> None:
        """`prefix` of our topics, where the broker is not ours and has others too."""
        self._broker = broker
        self._prefix = prefix
        self._of_address: Counter[str] = Counter()
        self._open: set[Websocket] = set()

    async def carry(self, line: Websocket, address: str) -> None:
        """Until the broker ends it; when the client goes, Sanic cancels who waits here. `address` is the client's."""
        inlet = Inlet(line, GuestPackets(self._prefix).passed)
        try:
            if len(self._open) < MOST_LINES and self._of_address[address] < MOST_OF_ADDRESS:
                await self._counted(line, inlet, address)
            else:
                await line.close(TRY_AGAIN, "There are too many connections.")
        finally:
            inlet.close()

    async def _counted(self, line: Websocket, inlet: Inlet, address: str) -> None:
        self._open.add(line)
        self._of_address[address] += 1
        try:
            await self._carry(line, inlet)
        finally:
            self._open.discard(line)
            self._of_address -= Counter([address])

    async def _carry(self, line: Websocket, inlet: Inlet) -> None:
        try:
            reader, writer = await open_line(self._broker)
        except BrokerAway:
            await line.close(TRY_AGAIN, "The broker is away.")
            return
        inlet.open(writer)
        with suppress(OSError, SanicException):  # either side is gone, or takes nothing
            await _to_client(reader, line)

    def end(self) -> None:
        """With the worker."""
        for line in list(self._open):
            line.end_connection(GOING_AWAY)  # type: ignore[no-untyped-call]  # Sanic says no more


async def _to_client(reader: asyncio.StreamReader, line: Websocket) -> None:
    while data := await reader.read(CHUNK_BYTES):
        async with asyncio.timeout(STALL_S):
            await line.send(data)
    await line.close(DONE)

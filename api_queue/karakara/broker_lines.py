"""Websockets that are lines to the broker: what comes in goes out on the other side, byte by byte.

Whoever is slow is waited for, and stops the other side by that alone: nothing is stored here. What may be said and who
is told what is the broker's matter, to which these are strangers.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any, Final

from sanic import Websocket
from sanic.server.websockets.frame import WebsocketFrameAssembler
from websockets.frames import Frame, Opcode

from api_queue.drivers.mqtt_line import BrokerAddress, open_line
from api_queue.errors import BrokerAway

#: Of one worker; each costs two open files. An address may be that of a whole party.
MOST_LINES: Final = 2000
MOST_OF_ADDRESS: Final = 500
#: What is read of the broker at once, and becomes one frame.
CHUNK_BYTES: Final = 64 * 1024
#: Seconds for which a side may take nothing.
STALL_S: Final = 60.0

#: Why a websocket is closed (RFC 6455, 7.4.1, and its registry).
DONE, GOING_AWAY, NOT_BINARY, TRY_AGAIN = 1000, 1001, 1003, 1013


class BrokerLines:
    """Those of one worker."""

    def __init__(self, broker: BrokerAddress) -> None:
        self._broker = broker
        self._of_address: Counter[str] = Counter()
        self._open: set[Websocket] = set()

    async def carry(self, line: Websocket, address: str) -> None:
        """Until either side ends. `address` is where the client is."""
        line.assembler = _BinaryFrames(line)
        if len(self._open) >= MOST_LINES or self._of_address[address] >= MOST_OF_ADDRESS:
            await line.close(TRY_AGAIN, "There are too many connections.")
            return
        self._open.add(line)
        self._of_address[address] += 1
        try:
            await self._carry(line)
        finally:
            self._open.discard(line)
            self._of_address -= Counter([address])

    async def _carry(self, line: Websocket) -> None:
        try:
            reader, writer = await open_line(self._broker)
        except BrokerAway:
            await line.close(TRY_AGAIN, "The broker is away.")
            return
        try:
            await _until_one_ends(_to_broker(line, writer), _to_client(reader, line))
        finally:
            writer.transport.abort()

    def end(self) -> None:
        """With the worker."""
        for line in list(self._open):
            line.end_connection(GOING_AWAY)  # type: ignore[no-untyped-call]  # Sanic says no more


class _BinaryFrames(WebsocketFrameAssembler):
    """Text is refused before it is decoded: Sanic would stumble over what is no UTF-8, and hear no more."""

    async def put(self, frame: Frame) -> None:
        if frame.opcode is Opcode.TEXT:
            self.protocol.fail_connection(NOT_BINARY)
        else:
            await super().put(frame)


async def _to_broker(line: Websocket, writer: asyncio.StreamWriter) -> None:
    while isinstance(data := await line.recv(), bytes):
        writer.write(data)
        async with asyncio.timeout(STALL_S):
            await writer.drain()


async def _to_client(reader: asyncio.StreamReader, line: Websocket) -> None:
    while data := await reader.read(CHUNK_BYTES):
        async with asyncio.timeout(STALL_S):
            await line.send(data)
    await line.close(DONE)


async def _until_one_ends(*works: Coroutine[Any, Any, None]) -> None:
    """However it does: that somebody is gone is told by many kinds of errors."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

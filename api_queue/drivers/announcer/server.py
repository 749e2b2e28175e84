"""The announcer as a process of its own."""

import asyncio
import os
import signal
from typing import Final

import uvloop

from api_queue.drivers.announcer.broker import Broker
from api_queue.drivers.announcer.links import TcpLink, WebSocketLink
from api_queue.drivers.open_files import allow_open_files

#: Where the process finds the publisher's password; never an argument, which every user of the machine can read.
PASSWORD_VARIABLE: Final = "API_QUEUE_MQTT_PASSWORD"  # noqa: S105 - a name, not a password
MOST_CLIENTS: Final = 10_000
#: Connections that come in within one turn of the loop: a whole party whose screens come back at once.
BACKLOG: Final = 4096


def run_announcer(host: str, port: int, ws_port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    password = os.environ.pop(PASSWORD_VARIABLE)
    allow_open_files(MOST_CLIENTS + 100)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_stopped(Broker(password, MOST_CLIENTS), host, port, ws_port))


async def _until_stopped(broker: Broker, host: str, port: int, ws_port: int) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    tcp, websocket = await listen(broker, host, port, ws_port)
    async with tcp, websocket:
        await stopped.wait()


async def listen(broker: Broker, host: str, port: int, ws_port: int) -> tuple[asyncio.Server, asyncio.Server]:
    loop = asyncio.get_running_loop()
    return (
        await loop.create_server(lambda: TcpLink(broker), host, port, backlog=BACKLOG),
        await loop.create_server(lambda: WebSocketLink(broker), host, ws_port, backlog=BACKLOG),
    )

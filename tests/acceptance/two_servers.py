"""Two servers as on two machines: each with a data folder and processes of its own, on one set of engines."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from tests.acceptance.live import Live
from tests.acceptance.test_external_broker import Mosquitto
from tests.engines.postgres import databases
from tests.live import LiveServer

GENEROUS = {"API_QUEUE_RATE_ADDS_PER_MINUTE": "100000", "API_QUEUE_RATE_ADDRESS_PER_MINUTE": "100000"}


class Pair(NamedTuple):
    """The first one was there before the second, and so leads. `mqtt_port` of the broker of both."""

    first: Live
    second: Live
    mqtt_port: int


def shared(folder: Path, redis_url: str, mqtt_port: int) -> dict[str, str]:
    """What each of them is told of the engines."""
    return {
        "API_QUEUE_REDIS_URL": redis_url,
        "API_QUEUE_MQTT_URL": f"mqtt://127.0.0.1:{mqtt_port}",
        "API_QUEUE_SQL_URL": databases().of(folder),
        **GENEROUS,
    }


@asynccontextmanager
async def a_pair(folder: Path, redis_url: str) -> AsyncIterator[Pair]:
    """Redis is empty before. Both servers are stopped, the broker too."""
    broker = Mosquitto(folder)
    await broker.start()
    environment = shared(folder, redis_url, broker.port)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(broker.kill)
        first = await stack.enter_async_context(_a_server(folder / "first", environment))
        second = await stack.enter_async_context(_a_server(folder / "second", environment))
        yield Pair(first, second, broker.port)


def _share_files(folder: Path) -> None:
    """As docs/operating.md says."""
    (folder / "data").mkdir(parents=True)
    for name in ("tracks", "exports", "karakara"):
        made_by_any = folder.parent / "files" / name
        made_by_any.mkdir(parents=True, exist_ok=True)
        (folder / "data" / name).symlink_to(made_by_any)


@asynccontextmanager
async def _a_server(folder: Path, environment: dict[str, str]) -> AsyncIterator[Live]:
    _share_files(folder)
    server = LiveServer(folder, "--workers", "1", environment=environment)
    try:
        await asyncio.to_thread(server.wait_until_ready)
        yield Live(server)
    finally:
        if server.process.poll() is None:
            await asyncio.to_thread(server.end)

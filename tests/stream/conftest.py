"""The stream is tested on uvloop, where it runs."""

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
import uvloop

from api_queue.drivers.redis import Redis
from api_queue.stream.hub import Hub
from api_queue.stream.store import RedisEventLog
from api_queue.types import QueueName
from tests.stream.queues import Queues


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], AbstractEventLoop]]:
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
def queues(redis: Redis) -> Queues:
    return Queues(redis)


@pytest.fixture
def log(redis: Redis) -> RedisEventLog:
    return RedisEventLog(redis)


class Beacons:
    """What plays, by queue."""

    def __init__(self) -> None:
        self.playing: dict[QueueName, str] = {}

    async def beacon(self, queue: QueueName) -> str | None:
        return self.playing.get(queue)


@pytest.fixture
def beacons() -> Beacons:
    return Beacons()


@pytest.fixture
async def hub(log: RedisEventLog, queues: Queues, beacons: Beacons) -> AsyncIterator[Hub]:
    hub = Hub(log, queues, beacons, buffer=50, kept=200)
    running = asyncio.create_task(hub.run())
    yield hub
    running.cancel()
    await asyncio.wait([running])

"""A DNS that does not answer: whoever waits for a name waits alone."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any, Final

import pytest

from api_queue.drivers import redis_server
from api_queue.drivers.redis import connect
from api_queue.errors import Unavailable

#: By RFC 6761 nobody has such a name.
NOWHERE: Final = "engine.invalid"


@pytest.fixture
def silent_dns(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """It answers when the event is set, and says then that there is no such name."""
    answering, look_up = threading.Event(), socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **options: Any) -> Any:
        if host == NOWHERE:
            answering.wait(30)
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return look_up(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield answering
    answering.set()


async def _others_go_on(waiting: "asyncio.Task[Any]") -> None:
    for _ in range(20):
        await asyncio.sleep(0.005)
    assert not waiting.done()


async def test_it_holds_up_nobody_else(silent_dns: threading.Event) -> None:
    redis = connect(f"redis://{NOWHERE}:6379")
    asked = asyncio.ensure_future(redis.call("PING"))
    await _others_go_on(asked)
    silent_dns.set()
    with pytest.raises(Unavailable):
        await asked
    await redis.close()


async def test_it_is_given_up(silent_dns: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_server, "TIMEOUT_S", 0.05)
    redis = connect(f"redis://{NOWHERE}:6379")
    with pytest.raises(Unavailable):
        await redis.call("PING")
    silent_dns.set()
    await redis.close()

import itertools
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal

import pytest

from api_queue.drivers import mosquitto
from api_queue.drivers.mqtt_broker import BrokerProcess, EmbeddedBroker
from api_queue.settings import Settings

_numbers = itertools.count()

Kind = Literal["mosquitto", "announcer"]


def need(package: str, found: object) -> None:
    """A part that is not installed skips its tests at home, and fails them where everything has to be there."""
    if not found:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"needs the package {package}")


@contextmanager
def running(kind: Kind, folder: Path) -> Iterator[EmbeddedBroker]:
    if kind == "mosquitto":
        need("mosquitto", mosquitto.find_binary())
    settings = Settings(host="127.0.0.1", mqtt_embedded=kind, mqtt_port=0, mqtt_ws_port=0)
    broker = EmbeddedBroker(settings, folder)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


@pytest.fixture(scope="module", params=["mosquitto", "announcer"])
def embedded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    """Each of the two brokers, kept for a file of tests: each test speaks on topics of its own."""
    with running(request.param, tmp_path_factory.mktemp("broker")) as broker:
        yield broker


@pytest.fixture
def broker(embedded: EmbeddedBroker) -> BrokerProcess:
    return embedded.process


@pytest.fixture
def topic() -> str:
    return f"test/{next(_numbers)}"


@pytest.fixture
def mosquitto_sub() -> str:
    found = shutil.which("mosquitto_sub")
    need("mosquitto-clients", found)
    return str(found)


@pytest.fixture(params=["mosquitto", "announcer"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EmbeddedBroker]:
    """Each of the two brokers, to be killed by one test."""
    with running(request.param, tmp_path) as broker:
        yield broker


class Raw:
    """A bare connection: for peers that do what no library does."""

    def __init__(self, broker: BrokerProcess, *, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(10)
        self.socket.connect((broker.host, broker.port))

    def say(self, *data: bytes) -> "Raw":
        self.socket.sendall(b"".join(data))
        return self

    def read(self, size: int) -> bytes:
        data = b""
        while len(data) < size and (more := self.socket.recv(size - len(data))):
            data += more
        return data

    def ended(self) -> bool:
        """True when the broker closes; waits for it."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionResetError:
            pass
        return True

    def close(self) -> None:
        self.socket.close()


Open = Callable[..., Raw]


@pytest.fixture
def raw(broker: BrokerProcess) -> Iterator[Open]:
    """`raw(*said)`: one more connection, closed with the test."""
    with ExitStack() as opened:

        def open_one(*said: bytes, receive_buffer: int | None = None) -> Raw:
            connection = Raw(broker, receive_buffer=receive_buffer)
            opened.callback(connection.close)
            return connection.say(*said)

        yield open_one

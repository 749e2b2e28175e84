"""A bare line to the broker."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from api_queue.drivers.mqtt_line import BrokerAddress, open_line
from api_queue.errors import BrokerAway
from api_queue.settings import Settings
from tests.clients.speaker.test_api import self_signed


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({"host": "0.0.0.0", "mqtt_port": 1884}, BrokerAddress("127.0.0.1", 1884)),
        ({"host": "::", "mqtt_port": 1884}, BrokerAddress("::1", 1884)),
        ({"host": "192.168.1.5", "mqtt_port": 1884}, BrokerAddress("192.168.1.5", 1884)),
        ({"mqtt_url": "mqtt://broker.example"}, BrokerAddress("broker.example", 1883)),
        ({"mqtt_url": "mqtts://us%40er:p%3Aw@broker.example"}, BrokerAddress("broker.example", 8883, secure=True)),
        ({"mqtt_url": "mqtts://[::1]:99"}, BrokerAddress("::1", 99, secure=True)),
    ],
)
def test_where_the_broker_is_stands_in_the_settings_and_no_login_is_taken(
    settings: dict[str, Any], address: BrokerAddress
) -> None:
    assert BrokerAddress.from_settings(Settings(**settings)) == address


async def test_it_is_tls_where_the_address_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a broker with a certificate of its own
    heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.set_result(await reader.readexactly(5))
        writer.transport.abort()

    async with await asyncio.start_server(listen, "127.0.0.1", 0, ssl=self_signed(tmp_path)) as server:
        address = BrokerAddress("127.0.0.1", server.sockets[0].getsockname()[1], secure=True)
        # Then nothing is said to it unless that is trusted
        with pytest.raises(BrokerAway):
            await open_line(address)
        monkeypatch.setenv("SSL_CERT_FILE", f"{tmp_path}/cert.pem")
        _, writer = await open_line(address)
        writer.write(b"hello")
        assert await heard == b"hello"
        writer.transport.abort()


async def test_a_broker_that_is_not_there_is_away() -> None:
    with pytest.raises(BrokerAway):
        await open_line(BrokerAddress("127.0.0.1", 1))

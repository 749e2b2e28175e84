"""A bare line to the broker, for whoever speaks MQTT through us: as a stranger, never with the publisher's login."""

import asyncio
import ssl
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from api_queue.errors import BrokerAway
from api_queue.settings import Settings

#: Seconds for a broker to be there.
CONNECT_TIMEOUT_S: Final = 5.0
#: Where who listens on every address is to be found.
OWN_ADDRESS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - read, not bound


@dataclass(frozen=True)
class BrokerAddress:
    host: str
    port: int
    secure: bool = False

    @classmethod
    def from_url(cls, url: str) -> "BrokerAddress":
        """`mqtt://` or `mqtts://`; without the login."""
        parts = urlsplit(url)
        secure = parts.scheme == "mqtts"
        return cls(parts.hostname or "localhost", parts.port or (8883 if secure else 1883), secure)

    @classmethod
    def from_settings(cls, settings: Settings) -> "BrokerAddress":
        """`settings` with the port that the embedded broker really has."""
        if settings.mqtt_url:
            return cls.from_url(settings.mqtt_url)
        return cls(OWN_ADDRESS.get(settings.host, settings.host), settings.mqtt_port)

    @property
    def tls(self) -> ssl.SSLContext | None:
        return ssl.create_default_context() if self.secure else None


async def open_line(address: BrokerAddress) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Raises BrokerAway."""
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            return await asyncio.open_connection(address.host, address.port, ssl=address.tls)
    except (OSError, TimeoutError):
        raise BrokerAway(retry_after=1) from None

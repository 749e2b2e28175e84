"""What a client must know to find everything else."""

from typing import Any, Final
from urllib.parse import urlsplit

from api_queue import __version__
from api_queue.drivers.clock import Clock
from api_queue.settings import Settings

_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}


class Discovery:
    def __init__(self, settings: Settings, clock: Clock) -> None:
        """`settings` with the ports that the embedded broker really has."""
        self._settings = settings
        self._clock = clock

    def describe(self, host: str) -> dict[str, Any]:
        """`host` is how the client reached us; the embedded broker answers there too."""
        return {"version": __version__, "mqtt": self._mqtt(host), "clock_ms": self._clock.now_ms()}

    def _mqtt(self, host: str) -> dict[str, Any]:
        where = self._own_broker() if self._settings.mqtt_url else self._embedded_broker(host)
        return {**where, "prefix": self._settings.mqtt_prefix}

    def _own_broker(self) -> dict[str, Any]:
        """Never the login that stands in the address."""
        url = urlsplit(self._settings.mqtt_url)
        port = url.port or _PORTS.get(url.scheme)
        return {"host": url.hostname, "port": port, "websocket_url": self._settings.mqtt_public_url or None}

    def _embedded_broker(self, host: str) -> dict[str, Any]:
        websocket_url = f"ws://{host}:{self._settings.mqtt_ws_port}"
        return {"host": host, "port": self._settings.mqtt_port, "websocket_url": websocket_url}

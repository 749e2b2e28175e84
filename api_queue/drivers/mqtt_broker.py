"""The broker that `serve` brings along: Mosquitto if it is installed, else our announcer, by the same rules."""

import secrets
import socket
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from api_queue.drivers import mosquitto
from api_queue.drivers.announcer.broker import PUBLISHER
from api_queue.drivers.announcer.server import PASSWORD_VARIABLE
from api_queue.drivers.mqtt_line import OWN_ADDRESS
from api_queue.drivers.processes import Program
from api_queue.errors import StartRefused
from api_queue.settings import Settings

#: Where commands beside a running server find its broker. Whoever reads needs no login.
_URL = "url"


@dataclass(frozen=True)
class BrokerProcess:
    """All that a supervisor needs. The same record starts it again on the same ports with the same login."""

    name: str
    command: tuple[str, ...]
    #: Added to the environment; holds the password, like `url_with_credential`.
    env: Mapping[str, str] = field(repr=False)
    host: str
    port: int
    ws_port: int
    url_with_credential: str = field(repr=False)


def prepare_broker(settings: Settings, data_dir: Path) -> BrokerProcess:
    """Choose the broker and the ports, make a login for this start, write what the broker reads."""
    binary = _mosquitto_binary(settings)
    _refuse_unheard_buttons(settings, binary)
    host = settings.host
    port, ws_port = _ports(host, settings.mqtt_port, settings.mqtt_ws_port)
    password = secrets.token_urlsafe(32)
    command: tuple[str, ...]
    if binary:
        folder = data_dir.resolve() / "mqtt"
        at_home = (settings.mqtt_discovery_password, settings.mqtt_prefix, settings.mqtt_discovery_prefix)
        logins = mosquitto.Logins(PUBLISHER, password, *at_home)
        conf = mosquitto.write_configuration(folder, host, port, ws_port, logins)
        name, command, env = "mosquitto", (binary, "-c", str(conf)), {}
    else:
        name, command = "announcer", _announcer(host, port, ws_port)
        env = {PASSWORD_VARIABLE: password}
    url = f"mqtt://{PUBLISHER}:{password}@{_in_url(OWN_ADDRESS.get(host, host))}:{port}"
    return BrokerProcess(name, command, env, host, port, ws_port, url)


def _mosquitto_binary(settings: Settings) -> str | None:
    """None: the announcer."""
    if settings.mqtt_embedded == "announcer":
        return None
    binary = mosquitto.find_binary()
    if binary is None and settings.mqtt_embedded == "mosquitto":
        raise StartRefused(reason="There is no Mosquitto: install the package mosquitto, or use the announcer.")
    return binary


def _refuse_unheard_buttons(settings: Settings, binary: str | None) -> None:
    """Rather than offer some that do nothing."""
    if settings.mqtt_discovery != "buttons":
        return
    if not settings.mqtt_discovery_password:
        raise StartRefused(reason="Home Assistant's buttons need a login at the broker: set mqtt_discovery_password.")
    if binary is None:
        raise StartRefused(
            reason="Home Assistant's buttons need Mosquitto: install the package mosquitto, set mqtt_url to a broker "
            "of your own, or mqtt_discovery to sensors."
        )


def _announcer(host: str, port: int, ws_port: int) -> tuple[str, ...]:
    return sys.executable, "-m", "api_queue.drivers.announcer", host, str(port), str(ws_port)


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _ports(host: str, *wanted: int) -> list[int]:
    """The ports to listen on, 0 replaced by a free one: Mosquitto cannot choose, and a restart must find them again."""
    with ExitStack() as held:
        return [held.enter_context(_bound(host, port)).getsockname()[1] for port in wanted]


def _bound(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        reason = f"Port {port} for MQTT cannot be had ({error.strerror}); set another, or 0 for any free one."
        raise StartRefused(reason=reason) from None


class EmbeddedBroker:
    """Keeps the broker's process; `url` is for the publisher and holds its password."""

    def __init__(self, settings: Settings, data_dir: Path) -> None:
        self.process = prepare_broker(settings, data_dir)
        self._folder = data_dir.resolve() / "mqtt"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        log = self._folder / f"{self.process.name}.log"
        self.program = Program(self.process.name, self.process.command, log, self._answers, env=self.process.env)

    @property
    def url(self) -> str:
        return self.process.url_with_credential

    def start(self) -> None:
        self.program.start()
        host, port = OWN_ADDRESS.get(self.process.host, self.process.host), self.process.port
        (self._folder / _URL).write_text(f"mqtt://{_in_url(host)}:{port}", encoding="utf-8")

    def stop(self) -> None:
        self.program.stop()
        (self._folder / _URL).unlink(missing_ok=True)

    def _answers(self) -> bool:
        address = OWN_ADDRESS.get(self.process.host, self.process.host)
        try:
            for port in (self.process.port, self.process.ws_port):
                socket.create_connection((address, port), timeout=1).close()
        except OSError:
            return False
        return True


def running_url(data_dir: Path) -> str | None:
    """Of the broker of the server that keeps this data folder now, if one does."""
    file = data_dir / "mqtt" / _URL
    return file.read_text(encoding="utf-8") if file.exists() else None

"""The system that is drilled: a server on the loopback interface, a broker beside it, and speakers."""

import os
import shutil
import sys
from pathlib import Path
from typing import Final

import httpx

from api_queue.clients.drill.options import Options
from api_queue.clients.programs import Program, free_port, ours

QUEUE: Final = "party"
#: Known to everybody on this machine, as the demo's are.
TOKEN: Final = "admin"  # noqa: S105
#: Debian keeps daemons where the PATH of an ordinary user does not look.
_SBIN: Final = "/usr/local/sbin:/usr/sbin"
_BROKER_LINES: Final = "listener {port} 127.0.0.1\nallow_anonymous true\n"


class Party:
    """`folder` is where it lives, and what it leaves nothing of."""

    def __init__(self, options: Options, folder: Path) -> None:
        self._folder = folder
        self.broker, mqtt_url = _broker(folder, mosquitto=None if "mosquitto" in options.without else _mosquitto())
        self.server = _server(folder, options.lease_s, mqtt_url)
        self.url = ""
        self._names = options.names
        self.speakers: dict[str, Program] = {}

    async def start(self) -> None:
        """Raises StartRefused."""
        await self.broker.start()
        await self.start_server()
        self.server.words = (*self.server.words, "--port", str(httpx.URL(self.url).port))  # the last one counts
        for name in self._names:
            self.speakers[name] = self._speaker(name)
            await self.speakers[name].start()

    async def start_server(self) -> None:
        await self.server.start()
        self.url = (await self.server.line("ready: ")).split()[1]

    async def end(self) -> None:
        for program in (*self.speakers.values(), self.server, self.broker):
            await program.end()

    def socket(self, name: str) -> Path:
        """Where mpv can be looked into."""
        return self._folder / f"{name}.mpv"

    def _speaker(self, name: str) -> Program:
        state, watched = self._folder / f"{name}.state", self.socket(name)
        where = ("--server", self.url, "--queue", QUEUE, "--name", name, "--state", str(state))
        words = ours("speaker", *where, "--output", "null", "--mpv-socket", str(watched))
        return Program(name, self._folder, words, {"API_QUEUE_TOKEN": TOKEN})


def _server(folder: Path, lease_s: float, mqtt_url: str) -> Program:
    """As a demo, whose token needs no making, with a data folder that outlives a kill."""
    words = ours("serve", "--host", "127.0.0.1", "--data", str(folder / "data"), "--port", "0")
    variables = {
        "API_QUEUE_PROFILE": "demo",
        "API_QUEUE_LIBRARY_ROOTS": "",
        "API_QUEUE_QUEUES_START": QUEUE,
        "API_QUEUE_SPEAKER_LEASE_S": str(lease_s),
        "API_QUEUE_MQTT_URL": mqtt_url,
    }
    return Program("server", folder, words, variables)


def _broker(folder: Path, mosquitto: str | None) -> tuple[Program, str]:
    """With its address for the server. Beside the server, and not embedded in it, it can be restarted alone."""
    port = free_port()
    if mosquitto is None:
        words = (sys.executable, "-m", "api_queue.drivers.announcer", "127.0.0.1", str(port), str(free_port()))
        url = f"mqtt://api_queue:{TOKEN}@127.0.0.1:{port}"
        return Program("broker", folder, words, {"API_QUEUE_MQTT_PASSWORD": TOKEN}), url
    configuration = folder / "mosquitto.conf"
    configuration.write_text(_BROKER_LINES.format(port=port))
    return Program("broker", folder, (mosquitto, "-c", str(configuration)), {}), f"mqtt://127.0.0.1:{port}"


def _mosquitto() -> str | None:
    return shutil.which("mosquitto", path=f"{os.environ.get('PATH', os.defpath)}:{_SBIN}")

"""The server that is struck: all of it embedded, on the loopback interface, started again as an init would."""

import asyncio
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Final

from api_queue.clients.chaos.plan import Part
from api_queue.clients.programs import Program, free_port, ours
from api_queue.errors import StartRefused

QUEUE: Final = "party"
#: Known to everybody on this machine, as the demo's are.
TOKEN: Final = "admin"  # noqa: S105
#: What the names of their processes begin with.
_NAMES: Final[Mapping[Part, tuple[str, ...]]] = MappingProxyType(
    {
        "web": ("aq-web",),
        "relay": ("aq-relay",),
        "conductor": ("aq-conductor",),
        "worker": ("aq-worker",),
        "fork": ("aq-fork",),
        "redis": ("redis-server", "valkey-server"),
        "broker": ("mosquitto", "aq-announcer"),
    }
)
#: One guest of a trial asks as much as a room, and all of them come from one address.
_UNLIMITED: Final = "1000000"
#: A part that dies again and again is waited for up to five seconds by its watch; and machines are busy.
_BACK_S: Final = 60.0
_STARTS: Final = 3
_LOOK_S: Final = 0.02


class System:
    """`folder` is where it lives, and what it leaves nothing of. `ended`: how often the server has by itself."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.port, self.mqtt_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        ports = ("--port", str(self.port), "--mqtt-port", str(self.mqtt_port), "--mqtt-ws-port", str(free_port()))
        words = ours("serve", "--host", "127.0.0.1", *ports, "--data", str(folder / "data"), "--workers", str(workers))
        variables = {
            "API_QUEUE_PROFILE": "demo",
            "API_QUEUE_LIBRARY_ROOTS": "",
            "API_QUEUE_QUEUES_START": QUEUE,
            "API_QUEUE_RATE_ADDS_PER_MINUTE": _UNLIMITED,
            "API_QUEUE_RATE_ADDRESS_PER_MINUTE": _UNLIMITED,
            "API_QUEUE_RATE_CONTROL_PER_MINUTE": _UNLIMITED,
        }
        self._server = Program("server", folder, words, variables)
        self.ended = 0

    async def start(self) -> None:
        """Whoever is killed may keep its data folder for a moment: an init tries again. Raises StartRefused."""
        for left in reversed(range(_STARTS)):
            await self._server.start()
            try:
                await self._server.line("ready: ")
            except StartRefused:
                if not left:
                    raise
                await self._server.end()
            else:
                return

    async def end(self) -> None:
        await self._server.end()

    async def kill(self, part: Part, draw: float) -> None:
        """Waits for one that lives. Raises StartRefused where none comes back."""
        if part == "server":
            await self._server.kill()
            await self.start()
        else:
            _send(await self._one_of(part, draw), signal.SIGKILL)

    async def freeze(self, part: Part, draw: float, seconds: float) -> None:
        pid = await self._one_of(part, draw)
        _send(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            _send(pid, signal.SIGCONT)

    async def whole(self) -> None:
        """All parts run. Raises StartRefused where one does not come back."""
        for part in _NAMES:
            await self._one_of(part, 0)

    async def _one_of(self, part: Part, draw: float) -> int:
        try:
            async with asyncio.timeout(_BACK_S):
                while not (pids := self._pids(part)):
                    await self._look_after()
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError:
            raise StartRefused(reason=f"The part {part} did not come back within {_BACK_S:g} s.") from None
        return pids[min(int(draw * len(pids)), len(pids) - 1)]

    async def _look_after(self) -> None:
        if not self._server.runs:
            self.ended += 1
            await self.start()

    def _pids(self, part: Part) -> list[int]:
        return [pid for name, pid in sorted(self._server.processes.items()) if name.startswith(_NAMES[part])]


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it has ended by itself
        os.kill(pid, number)

"""The server as its users start it: `python -m api_queue serve`, with every process that belongs to it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from api_queue.clients.programs import below, lives
from tests.engines import postgres, redis
from tests.serving import NO_TLS

#: Generous: the tests may share their machine.
START_TIMEOUT_S = 60
#: What the programs that a test has started write to; `tests/conftest.py` shows the end of it when the test fails.
WRITTEN: list[Path] = []


def until(true: Callable[[], object], what: str, timeout_s: float = 20) -> None:
    deadline = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < deadline, f"not within {timeout_s} s: {what}"
        time.sleep(0.02)


def waited_s(pid: int) -> float:
    """How long its threads were ready to run and had no processor. 0 where the kernel does not tell."""
    waited_ns = 0
    for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with suppress(OSError):  # it has ended
            waited_ns += int(thread.read_text().split()[1])
    return waited_ns / 1e9


class Watch:
    """How long something took, besides the time for which a busy machine let this process wait, or `others`."""

    def __init__(self, *others: int) -> None:
        self._waiting = (os.getpid(), *others)
        self._began_s = self._now_s()

    @property
    def seconds(self) -> float:
        return self._now_s() - self._began_s

    def _now_s(self) -> float:
        return time.monotonic() - sum(map(waited_s, self._waiting))


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return "gone"


class LiveServer:
    """One `serve` on free ports of this machine; `folder` is where it is started, and where its data is."""

    def __init__(self, folder: Path, *options: str, environment: dict[str, str] | None = None) -> None:
        ports = ["--port", "0", "--mqtt-port", "0", "--mqtt-ws-port", "0"]
        command = [sys.executable, "-m", "api_queue", "serve", "--host", "127.0.0.1", *ports]
        self.out, self.err, self.data = folder / "out", folder / "err", folder / "data"
        WRITTEN.extend((self.out, self.err))
        engines = {**postgres.environment(self.data), **redis.environment(self.data)}
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(
                [*command, *options],
                stdout=out,
                stderr=err,
                cwd=folder,
                env={**os.environ, "API_QUEUE_LIBRARY_ROOTS": "", **engines, **(environment or {})},
                start_new_session=True,
            )
        self.seen: set[int] = set()

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def ready_line(self) -> str:
        return next((line for line in self.out.read_text().splitlines() if line.startswith("ready: ")), "")

    @property
    def url(self) -> str:
        return self.ready_line.split()[1]

    def wait_until_ready(self) -> "LiveServer":
        until(lambda: self.ready_line or self.process.poll() is not None, "the ready line", START_TIMEOUT_S)
        assert self.ready_line, self.err.read_text()
        return self

    def processes(self) -> dict[str, int]:
        """Name -> process id: `aq-web-0`, `aq-relay`, `redis-server`, `mosquitto` ..."""
        found = [pid for pid in below(self.pid) if lives(pid)]
        self.seen |= set(found)
        return {_name(pid): pid for pid in reversed(found)}  # just forked, a child is still called as its parent

    def waits_s(self) -> dict[int, float]:
        """How long each of its processes has waited for a processor so far."""
        return {pid: waited_s(pid) for pid in (self.pid, *below(self.pid))}

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.url, timeout=20, verify=NO_TLS, cookies={"session_id": "guest-number-000000000001"}
        )

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """The exit code. Whatever belonged to the server is gone afterwards."""
        self.processes()
        self.process.send_signal(number)
        code = self.process.wait(20)
        until(lambda: not any(map(lives, self.seen)), "the end of all processes", 10)
        return code


@contextmanager
def live_server(folder: Path, *options: str, environment: dict[str, str] | None = None) -> Iterator[LiveServer]:
    server = LiveServer(folder, *options, environment=environment)
    try:
        yield server.wait_until_ready()
    finally:
        if server.process.poll() is None:
            server.end()

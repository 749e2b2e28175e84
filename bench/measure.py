"""What every figure needs: servers in processes of their own, what they cost, and medians."""

import json
import multiprocessing
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sanic import HTTPResponse, Request, Sanic
from sanic.response import json as json_answer

from api_queue.serving.addresses import BACKLOG

READY_S = 60

#: One worker, nobody is slowed down by limits, and the broker of Debian.
CONFIG = """
workers = 1
[rate]
adds_per_minute = 10_000_000
address_per_minute = 10_000_000
[mqtt]
embedded = "mosquitto"
[redis]
appendfsync = "{appendfsync}"
[api_keys]
json = '{{"{api_key}": {{"description": "bench", "queues": {{"*": ["READ", "WRITE", "DELETE"]}}}}}}'
"""
API_KEY = "bench-key"

Row = dict[str, object]


@dataclass(frozen=True)
class Process:
    pid: int
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu_s(self) -> float:
        """CPU time of all threads of the process: Linux makes its clock from the pid."""
        return time.clock_gettime((~self.pid << 3) | 2)

    def pss_kb(self) -> int:
        """Memory, with what is shared between processes counted once."""
        lines = Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


@dataclass(frozen=True)
class Live:
    """A whole server; `pid` is of the process that started the others."""

    pid: int

    data: Path
    url: str
    mqtt_port: int
    #: From the command to the first answer over HTTP.
    started_s: float

    @property
    def parts(self) -> list[tuple[str, Process]]:
        """Its processes as they are now, with the names that `ps` shows."""
        return [(_name(pid), Process(pid, urlsplit(self.url).port or 0)) for pid in (self.pid, *_below(self.pid))]

    @property
    def web(self) -> Process:
        return next(part for name, part in self.parts if name == "aq-web-0")

    @property
    def broker(self) -> Process:
        pid = next(part.pid for name, part in self.parts if name in {"mosquitto", "aq-announcer"})
        return Process(pid, self.mqtt_port)

    @property
    def redis_socket(self) -> Path:
        return self.data / "redis" / "redis.sock"

    def admin(self) -> str:
        code = (self.data / "admin-link").read_text().strip().partition("#code=")[2]
        return str(call(f"{self.url}/auth", {"code": code})["access_token"])


@contextmanager
def live_server(appendfsync: str = "always") -> Iterator[Live]:
    """`serve` as users start it, in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        data = Path(folder)
        (data / "bench.toml").write_text(CONFIG.format(appendfsync=appendfsync, api_key=API_KEY))
        options = ["--config", str(data / "bench.toml"), "--data", folder, "--host", "127.0.0.1"]
        ports = ["--port", "0", "--mqtt-port", "0", "--mqtt-ws-port", "0"]
        command = [sys.executable, "-m", "api_queue", "serve", *options, *ports]
        began_s = time.perf_counter()
        with (data / "serve.log").open("wb") as log:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            yield _ready(process, data, began_s)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=READY_S)


def _ready(process: "subprocess.Popen[str]", data: Path, began_s: float) -> Live:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("ready: "):
            url, mqtt, _ = line.split()[1:]
            call(f"{url}/.well-known/api-queue")
            started_s = time.perf_counter() - began_s
            return Live(process.pid, data, url, urlsplit(mqtt).port or 0, started_s)
    sys.exit((data / "serve.log").read_text()[-2000:])


def _below(pid: int) -> Iterator[int]:
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            yield child
            yield from _below(child)


def _name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


@contextmanager
def bare_server() -> Iterator[Process]:
    """The least that Sanic can do: the same loop and backlog, no access log, one handler that answers JSON."""
    with spawned(_bare) as process:
        yield process


def _bare(port: int) -> None:
    app: Sanic[Any, Any] = Sanic("bench_bare", configure_logging=False)

    @app.route("/<path:path>", methods=["GET", "POST", "DELETE"])
    async def hello(_request: Request, path: str) -> HTTPResponse:
        return json_answer({"hello": path})

    app.run("127.0.0.1", port, single_process=True, access_log=False, motd=False, backlog=BACKLOG)


@contextmanager
def spawned(serve: Callable[..., None], *args: object) -> Iterator[Process]:
    """`serve(*args, port)` in a process of its own, until it listens."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(*args, port), daemon=True)
    process.start()
    assert process.pid
    try:
        yield listening(process.pid, port)
    finally:
        process.terminate()
        process.join()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def listening(pid: int, port: int) -> Process:
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return Process(pid, port)
    raise TimeoutError


def call(url: str, body: object = None, *, token: str = "", method: str | None = None) -> Any:
    """One request, JSON both ways."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read() or b"null")


def queue_with_tracks(live: Live, name: str) -> tuple[str, tuple[str, ...]]:
    """A queue without settings, and what can be asked for: the admin's token, the ids of the demo music."""
    token = live.admin()
    call(f"{live.url}/queue", {"kind": "named", "name": name}, token=token)
    while not (found := call(f"{live.url}/tracks")["tracks"]):  # the scan is on its way
        time.sleep(0.1)
    return token, tuple(track["track_id"] for track in found)


def allow_many_files() -> None:
    """For thousands of connections, here and in what is started from here."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def machine() -> str:
    model = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    name = model[0].partition(":")[2].strip() if model else os.uname().machine
    system = next(
        line.partition("=")[2].strip('"')
        for line in Path("/etc/os-release").read_text().splitlines()
        if line.startswith("PRETTY_NAME=")
    )
    return f"{os.cpu_count()} x {name}, {system}, Linux {os.uname().release}, Python {sys.version.split()[0]}"

"""Figure 3: how fast and at what cost the music is sent, beside nginx on the same file in the same run.

Ours is one worker with the sender behind `/media/tracks`; nginx is one process with sendfile. Both are asked over
loopback by one client process with plain sockets; the rounds of the two alternate, and the medians count.
"""

import json
import multiprocessing
import os
import random
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from sanic import HTTPResponse, Request, Sanic

from api_queue.drivers.clock import SystemClock
from api_queue.web.file_ranges import FileSender

FILE_BYTES = 128 << 20
RANGE_BYTES = 1 << 20
ROUNDS = 15
ROUND_S = 0.4
RECEIVE_BYTES = 1 << 20

NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}
"""


@dataclass(frozen=True)
class Server:
    pid: int
    port: int

    def cpu_s(self) -> float:
        """CPU time of all threads of the process: Linux makes its clock from the pid."""
        return time.clock_gettime((~self.pid << 3) | 2)


@dataclass(frozen=True)
class Sample:
    mb_per_s: float
    cpu_s_per_gb: float


def run() -> list[dict[str, object]]:
    """One row for each kind of request and number of clients."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-media-")))
        (folder / "song.flac").write_bytes(os.urandom(FILE_BYTES))
        ours, nginx = stack.enter_context(_ours(folder)), stack.enter_context(_nginx(folder))
        return [
            _row(f"{what}, {clients} client{'s' if clients > 1 else ''}", ours, nginx, headers, clients)
            for what, headers in (("whole file", _whole), (f"random {RANGE_BYTES >> 20} MiB ranges", _random_range))
            for clients in (1, 64)
        ]


def _row(what: str, ours: Server, nginx: Server, request: Callable[[], bytes], clients: int) -> dict[str, object]:
    """The shares are medians of neighbouring rounds: whatever else the machine does meets both alike."""
    pairs = [(_sample(ours, request, clients), _sample(nginx, request, clients)) for _ in range(ROUNDS)]
    return {
        "what": what,
        "ours_mb_per_s": round(median(mine.mb_per_s for mine, _ in pairs)),
        "nginx_mb_per_s": round(median(its.mb_per_s for _, its in pairs)),
        "share_of_nginx": round(median(mine.mb_per_s / its.mb_per_s for mine, its in pairs), 2),
        "ours_cpu_s_per_gb": round(median(mine.cpu_s_per_gb for mine, _ in pairs), 3),
        "nginx_cpu_s_per_gb": round(median(its.cpu_s_per_gb for _, its in pairs), 3),
        "times_nginx_cpu": round(median(mine.cpu_s_per_gb / its.cpu_s_per_gb for mine, its in pairs), 2),
    }


# -- the client ------------------------------------------------------------------------------------------------


def _whole() -> bytes:
    return b"GET /song.flac HTTP/1.1\r\nHost: bench\r\n\r\n"


def _random_range() -> bytes:
    start = random.randrange(FILE_BYTES - RANGE_BYTES)
    header = f"Range: bytes={start}-{start + RANGE_BYTES - 1}"
    return f"GET /song.flac HTTP/1.1\r\nHost: bench\r\n{header}\r\n\r\n".encode()


def _sample(server: Server, request: Callable[[], bytes], clients: int) -> Sample:
    with ExitStack() as stack, selectors.DefaultSelector() as ready:
        for _ in range(clients):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            ready.register(connection, selectors.EVENT_READ, Listener(connection, request))
        cpu_s, started_s = server.cpu_s(), time.perf_counter()
        received = _receive(ready, started_s + ROUND_S)
        took_s, cpu_s = time.perf_counter() - started_s, server.cpu_s() - cpu_s
    return Sample(received / took_s / 1e6, cpu_s / (received / 1e9))


def _receive(ready: selectors.BaseSelector, until_s: float) -> int:
    buffer, received = bytearray(RECEIVE_BYTES), 0
    while time.perf_counter() < until_s:
        for key, _ in ready.select():
            received += key.data.receive(buffer)
    return received


class Listener:
    """Asks again as soon as an answer is complete."""

    def __init__(self, connection: socket.socket, request: Callable[[], bytes]) -> None:
        self._connection = connection
        self._request = request
        self._left = 0
        connection.sendall(request())

    def receive(self, buffer: bytearray) -> int:
        got = self._connection.recv_into(buffer)
        if not got:
            raise ConnectionError
        self._left = (self._left or _length(buffer)) - got
        if self._left == 0:
            self._connection.sendall(self._request())
        return got


def _length(answer: bytearray) -> int:
    """Of the whole answer, whose head is at the start of `answer`."""
    head, _, _ = bytes(answer[:2048]).partition(b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 206")), head
    lines = (line.partition(b":") for line in head.lower().split(b"\r\n"))
    return len(head) + 4 + next(int(value) for name, _, value in lines if name == b"content-length")


# -- the servers -----------------------------------------------------------------------------------------------


@contextmanager
def _ours(folder: Path) -> Iterator[Server]:
    port = _free_port()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(folder, port), daemon=True)
    process.start()
    assert process.pid
    yield _listening(process.pid, port)
    process.terminate()
    process.join()


def _serve(folder: Path, port: int) -> None:
    app: Sanic[Any, Any] = Sanic("bench_media", configure_logging=False)
    sender, path = FileSender(SystemClock(), "", 30), folder / "song.flac"

    @app.get("/song.flac")
    async def song(request: Request) -> HTTPResponse | None:
        return await sender.send(request, path, "audio/flac")

    app.run("127.0.0.1", port, single_process=True, access_log=False, motd=False)


@contextmanager
def _nginx(folder: Path) -> Iterator[Server]:
    port, config = _free_port(), folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port))
    program = shutil.which("nginx") or sys.exit("bench.media compares with nginx: install the package nginx")
    process = subprocess.Popen([program, "-c", config, "-p", folder, "-e", folder / "error.log"])
    yield _listening(process.pid, port)
    process.terminate()
    process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _listening(pid: int, port: int) -> Server:
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return Server(pid, port)
    raise TimeoutError


def main() -> None:
    for row in run():
        print(json.dumps(row))


if __name__ == "__main__":
    main()

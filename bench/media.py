"""Figure 3: how fast and at what cost the music is sent, beside nginx on the same file in the same run.

Ours is one web worker of the whole server, with the token checked at each request; nginx is one process with
sendfile. Both are asked over loopback by one client process with plain sockets. Their rounds alternate: whatever else
the machine does meets both alike.
"""

import json
import os
import random
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from unittest.mock import patch

from bench.measure import Live, Process, Row, call, free_port, listening, live_server

#: White noise, which FLAC cannot make smaller: some 130 MB.
MUSIC_S = 760
RANGE_BYTES = 1 << 20
ROUNDS = 15
ROUND_S = 0.4
RECEIVE_BYTES = 1 << 20
NAME = "noise.flac"

NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
  uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; root {music}; }}
}}
"""


@dataclass(frozen=True)
class Target:
    process: Process
    path: str


@dataclass(frozen=True)
class Load:
    """What is asked for again and again; `range_bytes` 0 is the whole file."""

    what: str
    clients: int
    range_bytes: int
    file_bytes: int

    def request(self, path: str) -> bytes:
        head = f"GET {path} HTTP/1.1\r\nHost: bench\r\n"
        if self.range_bytes:
            start = random.randrange(self.file_bytes - self.range_bytes)
            head += f"Range: bytes={start}-{start + self.range_bytes - 1}\r\n"
        return f"{head}\r\n".encode()


@dataclass(frozen=True)
class Sample:
    mb_per_s: float
    cpu_s_per_gb: float


def run() -> list[Row]:
    """One row for each kind of request and number of clients."""
    with ExitStack() as stack:
        music = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-music-")))
        _make_noise(music / NAME)
        stack.enter_context(patch.dict(os.environ, API_QUEUE_LIBRARY_ROOTS=str(music)))
        live, nginx = stack.enter_context(live_server()), stack.enter_context(_nginx(music))
        admin, track_id = live.admin(), _track_id(live)
        rows = []
        for load in _loads((music / NAME).stat().st_size):
            address = call(f"{live.url}/media/token", {"track_id": track_id}, token=admin)["url"]
            rows.append(_row(load, Target(live.web, address), Target(nginx, f"/{NAME}")))
        return rows


def _loads(file_bytes: int) -> Iterator[Load]:
    for what, range_bytes in (("whole file", 0), (f"random {RANGE_BYTES >> 20} MiB ranges", RANGE_BYTES)):
        for clients in (1, 64):
            yield Load(what, clients, range_bytes, file_bytes)


def _row(load: Load, ours: Target, nginx: Target) -> Row:
    """The shares are medians over pairs of neighbouring rounds."""
    pairs = [(_sample(ours, load), _sample(nginx, load)) for _ in range(ROUNDS)]
    return {
        "what": load.what,
        "clients": load.clients,
        "ours_mb_per_s": round(median(mine.mb_per_s for mine, _ in pairs)),
        "nginx_mb_per_s": round(median(its.mb_per_s for _, its in pairs)),
        "share_of_nginx": round(median(mine.mb_per_s / its.mb_per_s for mine, its in pairs), 2),
        "ours_cpu_s_per_gb": round(median(mine.cpu_s_per_gb for mine, _ in pairs), 3),
        "nginx_cpu_s_per_gb": round(median(its.cpu_s_per_gb for _, its in pairs), 3),
        "times_nginx_cpu": round(median(mine.cpu_s_per_gb / its.cpu_s_per_gb for mine, its in pairs), 2),
    }


# -- the client ------------------------------------------------------------------------------------------------


def _sample(target: Target, load: Load) -> Sample:
    with ExitStack() as stack, selectors.DefaultSelector() as ready:
        for _ in range(load.clients):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", target.process.port)))
            ready.register(connection, selectors.EVENT_READ, Listener(connection, load, target.path))
        cpu_s, started_s = target.process.cpu_s(), time.perf_counter()
        received = _receive(ready, started_s + ROUND_S)
        took_s, cpu_s = time.perf_counter() - started_s, target.process.cpu_s() - cpu_s
    return Sample(received / took_s / 1e6, cpu_s / (received / 1e9))


def _receive(ready: selectors.BaseSelector, until_s: float) -> int:
    buffer, received = bytearray(RECEIVE_BYTES), 0
    while time.perf_counter() < until_s:
        for key, _ in ready.select():
            received += key.data.receive(buffer)
    return received


class Listener:
    """Asks again as soon as an answer is complete."""

    def __init__(self, connection: socket.socket, load: Load, path: str) -> None:
        self._connection = connection
        self._load = load
        self._path = path
        self._left = 0
        self._ask()

    def receive(self, buffer: bytearray) -> int:
        got = self._connection.recv_into(buffer)
        if not got:
            raise ConnectionError
        self._left = (self._left or _length(buffer)) - got
        if self._left == 0:
            self._ask()
        return got

    def _ask(self) -> None:
        self._connection.sendall(self._load.request(self._path))


def _length(answer: bytearray) -> int:
    """Of the whole answer, whose head is at the start of `answer`."""
    head, _, _ = bytes(answer[:2048]).partition(b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 206")), head
    lines = (line.partition(b":") for line in head.lower().split(b"\r\n"))
    return len(head) + 4 + next(int(value) for name, _, value in lines if name == b"content-length")


# -- the servers -----------------------------------------------------------------------------------------------


def _make_noise(path: Path) -> None:
    source = f"anoisesrc=d={MUSIC_S}:r=44100"
    stereo = ("-ac", "2", "-sample_fmt", "s16", "-compression_level", "0")
    subprocess.run([_program("ffmpeg"), "-v", "error", "-f", "lavfi", "-i", source, *stereo, path], check=True)


def _track_id(live: Live) -> str:
    """Of the one track, once the scan that `serve` begins with has found it."""
    for _ in range(300):
        if found := call(f"{live.url}/tracks")["tracks"]:
            return str(found[0]["track_id"])
        time.sleep(0.1)
    raise TimeoutError


@contextmanager
def _nginx(music: Path) -> Iterator[Process]:
    with tempfile.TemporaryDirectory(prefix="bench-nginx-") as folder:
        port, config = free_port(), Path(folder) / "nginx.conf"
        config.write_text(NGINX.format(folder=folder, port=port, music=music))
        command = (_program("nginx"), "-c", config, "-p", folder, "-e", f"{folder}/error.log")
        with subprocess.Popen(command) as process:
            yield listening(process.pid, port)
            process.terminate()


def _program(name: str) -> str:
    return shutil.which(name) or sys.exit(f"bench.media needs {name}: install the package {name}")


def main() -> None:
    for row in run():
        print(json.dumps(row))


if __name__ == "__main__":
    main()

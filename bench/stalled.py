"""Figure 2b: 10,000 SSE clients on one web worker, of whom 1,000 read nothing: what they cost it, and the others.

Beside it, on a server of its own, the 9,000 that read, alone. An add follows another for the whole time, two minutes or
`--minutes`; `last_has_it` is from its answer to the last of those who read. Who reads nothing asks for the stream with
the smallest buffer there is, takes not a byte of it, and comes back as soon as it was cut off. `web_mb` is what the
worker holds more than with nobody there, at its most; `kernel_mb` what the sockets of the whole machine hold more.
"""

import multiprocessing
import select
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles

from bench.fanout import QUEUE, late_ms, room
from bench.measure import Live, Row, allow_many_files, live_server, queue_with_tracks
from bench.screens import Kind

READING, DEAF = 9_000, 1_000
HELLO = f"GET /queue/{QUEUE}/events HTTP/1.1\r\nHost: bench\r\n\r\n".encode()
_PAGE_KB = 4


def run(minutes: float) -> list[Row]:
    return [_row(deaf, minutes * 60) for deaf in (0, DEAF)]


def _row(deaf: int, seconds: float) -> Row:
    with live_server() as live:
        token, tracks = queue_with_tracks(live, QUEUE)
        before = _held_kb(live)
        with room(Kind.SSE, READING, live.web.port) as readers, _deaf_ones(deaf, live.web.port) as silent:
            late, held = _party(live, token, tracks[0], readers, seconds)
            cut_off = _cut_off(silent)
    web_kb, kernel_kb = (most - first for most, first in zip(held, before, strict=True))
    return {
        "readers": f"{READING} read" + (f", {deaf} do not" if deaf else ""),
        "adds": len(late),
        "last_has_it_p50_ms": round(median(late)),
        "last_has_it_p95_ms": round(quantiles(late, n=20)[-1]),
        "worst_ms": round(max(late)),
        "web_mb": round(web_kb / 1024),
        "kernel_mb": round(kernel_kb / 1024),
        "cut_off": cut_off,
    }


def _party(
    live: Live, token: str, track: str, readers: Connection, seconds: float
) -> tuple[list[float], tuple[int, ...]]:
    """How late each add was, and the most that was held meanwhile."""
    late: list[float] = []
    held = [_held_kb(live)]
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        late.append(late_ms(live, token, track, len(late), readers))
        held.append(_held_kb(live))
    return late, tuple(map(max, zip(*held, strict=True)))


def _held_kb(live: Live) -> tuple[int, int]:
    """By the worker; by the kernel for all sockets of TCP."""
    line = next(line for line in Path("/proc/net/sockstat").read_text().splitlines() if line.startswith("TCP:"))
    return live.web.pss_kb(), int(line.split()[-1]) * _PAGE_KB


# -- who reads nothing -----------------------------------------------------------------------------------------


@contextmanager
def _deaf_ones(size: int, port: int) -> Iterator[Connection | None]:
    if not size:
        yield None
        return
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=sit, args=(size, port, theirs), daemon=True)
    process.start()
    try:
        ours.recv()
        yield ours
    finally:
        process.terminate()
        process.join()


def _cut_off(silent: Connection | None) -> int:
    if silent is None:
        return 0
    silent.send(None)
    return int(silent.recv())


def sit(size: int, port: int, pipe: Connection) -> None:
    """Until it is terminated. Sends True when all are there, and, when asked, how many were cut off."""
    allow_many_files()
    watch = select.poll()
    watch.register(pipe, select.POLLIN)
    deaf = dict(_ask(watch, port) for _ in range(size))
    pipe.send(True)
    cut_off = 0
    while True:
        for file, event in watch.poll():
            if file == pipe.fileno():
                pipe.recv()
                pipe.send(cut_off)
            elif event:
                watch.unregister(file)
                deaf.pop(file).close()
                cut_off += 1
                deaf.update([_ask(watch, port)])


def _ask(watch: "select.poll", port: int) -> tuple[int, socket.socket]:
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)  # as little as Linux allows
    one.connect(("127.0.0.1", port))
    one.sendall(HELLO)
    watch.register(one, 0)  # errors, and that the other side has gone
    return one.fileno(), one

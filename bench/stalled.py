"""Figure 2b: 10,000 SSE clients on one web worker, of whom 1,000 read nothing: what they cost it, and the others.

Beside it, on a server of its own, the 9,000 that read, alone. An add follows another for the whole time, two minutes or
`--minutes`; `last_has_it` is from its answer to the last of those who read. Who reads nothing asks for the stream with
the smallest buffer there is, and takes not a byte of it. `web_mb` is what the worker holds more than with nobody there,
at its most; `kernel_mb` what all sockets of the machine hold more; `deaf_at_end` how many of the thousand were not cut
off, and `gone_after_s` when the last one was.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from bench.fanout import QUEUE, late_ms, room
from bench.measure import Live, Row, live_server, queue_with_tracks
from bench.screens import Kind

READING, DEAF = 9_000, 1_000
#: Connections beside those, at most: the adds'.
OTHERS = 5
_PAGE_KB = 4
#: As /proc/net/tcp has it.
_ESTABLISHED = "01"


def run(minutes: float) -> list[Row]:
    return [_row(deaf, minutes * 60) for deaf in (0, DEAF)]


def _row(deaf: int, seconds: float) -> Row:
    with live_server() as live:
        token, tracks = queue_with_tracks(live, QUEUE)
        before = (live.web.pss_kb(), _kernel_kb())
        with room(Kind.SSE, READING, live.web.port) as readers, _deaf_ones(deaf, live.web.port):
            looks = list(_party(live, token, tracks[0], readers, seconds))
    late = [look.late_ms for look in looks]
    left = [max(0, look.streams - READING - OTHERS) for look in looks]
    gone = [look.after_s for look, deaf_left in zip(looks, left, strict=True) if not deaf_left]
    return {
        "readers": f"{READING} read" + (f", {deaf} do not" if deaf else ""),
        "adds": len(late),
        "last_has_it_p50_ms": round(median(late)),
        "last_has_it_p95_ms": round(quantiles(late, n=20)[-1]),
        "worst_ms": round(max(late)),
        "web_mb": round((max(look.web_kb for look in looks) - before[0]) / 1024),
        "kernel_mb": round((max(look.kernel_kb for look in looks) - before[1]) / 1024),
        "deaf_at_end": left[-1],
        "gone_after_s": round(gone[0]) if deaf and gone else "",
    }


class Look(NamedTuple):
    """What an add found, so long after everybody was there."""

    after_s: float
    late_ms: float
    streams: int
    web_kb: int
    kernel_kb: int


def _party(live: Live, token: str, track: str, readers: Connection, seconds: float) -> Iterator[Look]:
    began_s, web = time.monotonic(), live.web
    for number in count():
        late = late_ms(live, token, track, number, readers)
        after_s = time.monotonic() - began_s
        yield Look(after_s, late, _streams(web.port), web.pss_kb(), _kernel_kb())
        if after_s > seconds:
            break


def _kernel_kb() -> int:
    """In all sockets of TCP, both ends."""
    line = next(line for line in Path("/proc/net/sockstat").read_text().splitlines() if line.startswith("TCP:"))
    return int(line.split()[-1]) * _PAGE_KB


# -- who reads nothing -----------------------------------------------------------------------------------------


@contextmanager
def _deaf_ones(size: int, port: int) -> Iterator[None]:
    with ExitStack() as all_of_them:
        for _ in range(size):
            one = all_of_them.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)  # as little as Linux allows
            one.connect(("127.0.0.1", port))
            one.sendall(f"GET /queue/{QUEUE}/events HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        yield


def _streams(port: int) -> int:
    """Connections that the kernel keeps for the server: whoever is cut off without a word does not know of it."""
    ours = f":{port:04X}"
    lines = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return sum(own.endswith(ours) and state == _ESTABLISHED for _, own, _, state, *_ in lines)

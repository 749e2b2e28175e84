"""Figure 2: from the answer of an add to the last of thousands of SSE clients (or MQTT subscribers) who hears of it.

One web worker; the clients are one process, the adds come from another, and both read the same clock.
"""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from statistics import median

from bench.measure import Live, Row, call, live_server, queue_with_tracks
from bench.screens import Kind, listen, marker

SIZES = (1_000, 5_000, 10_000)
SUBSCRIBERS = (1_000, 5_000)
ROUNDS = 9
#: Between two adds, so that each finds everybody at rest.
PAUSE_S = 0.5
TIMEOUT_S = 60
QUEUE = "bench"


def run() -> list[Row]:
    rooms = [(size, Kind.SSE) for size in SIZES] + [(size, Kind.MQTT) for size in SUBSCRIBERS]
    return [_row(size, kind) for size, kind in rooms]


def _row(size: int, kind: Kind) -> Row:
    """A server of its own: memory that earlier readers left behind would be counted as free."""
    with live_server() as live:
        token, tracks = queue_with_tracks(live, QUEUE)
        server = live.web if kind is Kind.SSE else live.broker
        before_kb = server.pss_kb()
        with room(kind, size, server.port) as pipe:
            memory_kb, cpu_s = server.pss_kb() - before_kb, server.cpu_s()
            late = [late_ms(live, token, tracks[0], number, pipe) for number in range(ROUNDS)]
            cpu_s = server.cpu_s() - cpu_s
    return {
        "readers": f"{size} {kind.name}",
        "last_has_it_after_ms": round(median(late)),
        "worst_round_ms": round(max(late)),
        "kb_per_reader": round(memory_kb / size, 1),
        "cpu_us_per_reader_and_event": round(cpu_s / ROUNDS / size * 1e6, 1),
    }


def late_ms(live: Live, token: str, track: str, number: int, pipe: Connection) -> float:
    time.sleep(PAUSE_S)
    wish = {"track_id": track, "performer_name": marker(number)}
    call(f"{live.url}/queue/{QUEUE}/items", wish, token=token)
    answered_s = time.monotonic()
    return max(0.0, (_receive(pipe) - answered_s) * 1000)


@contextmanager
def room(kind: Kind, size: int, port: int) -> Iterator[Connection]:
    ours, theirs = multiprocessing.Pipe()
    args = (kind, QUEUE, size, port, theirs)
    process = multiprocessing.get_context("spawn").Process(target=listen, args=args, daemon=True)
    process.start()
    try:
        assert _receive(ours)
        yield ours
    finally:
        process.terminate()
        process.join()


def _receive(pipe: Connection) -> float:
    if not pipe.poll(TIMEOUT_S):
        raise TimeoutError
    return float(pipe.recv())

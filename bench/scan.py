"""Figure 5: 2,000 files scanned as a task of a server, beside mutagen that only opens them; what adds feel of it.

The bare loop reads the same files with as many processes, and keeps nothing. A scan is measured from its task's start
to its end: walking, starting readers, reading, SQL, full text, announcing. Adds come one after another on one
connection, 20 ms apart: on an idle server, while it scans, and while `analyze` decodes as many tracks at once as there
are cores.
"""

import http.client
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from itertools import repeat
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final
from urllib.parse import urlsplit

from mutagen.flac import FLAC

from bench.measure import Live, Row, call, live_server, queue_with_tracks
from tests.tracks.flacs import song

FILES: Final = 2_000
PROCESSES: Final = 2
ROUNDS: Final = 3
#: Real sound, for `analyze`.
TONES: Final = 12
TONE_S: Final = 240
PAUSE_S: Final = 0.02
#: Adds on an idle server; beside a task they go on until it ends.
ADDS: Final = 400


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="bench-music-") as folder, _library(folder):
        music = Path(folder)
        for number in range(TONES):
            _tone(music / f"{number}.flac", 200 + 50 * number)
        with live_server() as live:
            token, tracks = queue_with_tracks(live, "bench")
            idle_ms = _adds(live, token, tracks[0], iter(range(ADDS)))
            rows = [_scan(live, token, tracks[0], music / f"{number}") for number in range(ROUNDS)]
            items = [{"track_id": track} for track in tracks]
            task = call(f"{live.url}/api/queues/tasks", {"type": "analyze", "items": items}, token=token)["task_id"]
            analyze_ms = _adds(live, token, tracks[0], _while_running(live, token, task))
    scan_ms = [time_ms for _, times_ms in rows for time_ms in times_ms]
    rates = sorted((row for row, _ in rows), key=lambda row: float(str(row["share"])))
    beside = {"idle": idle_ms, "during a scan": scan_ms, "during analyze": analyze_ms}
    return [rates[ROUNDS // 2], *(_row(what, times_ms) for what, times_ms in beside.items())]


@contextmanager
def _library(folder: str) -> Iterator[None]:
    """For the servers that are started within."""
    os.environ |= {"API_QUEUE_LIBRARY_ROOTS": folder, "API_QUEUE_LIBRARY_WATCH": "off"}
    yield
    del os.environ["API_QUEUE_LIBRARY_ROOTS"], os.environ["API_QUEUE_LIBRARY_WATCH"]


def _tone(path: Path, hertz: int) -> None:
    noise = f"sine=frequency={hertz}:sample_rate=44100:duration={TONE_S}"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", noise, "-ac", "2", str(path)], check=True)


# -- scanning --------------------------------------------------------------------------------------------------


def _scan(live: Live, token: str, track: str, folder: Path) -> tuple[Row, list[float]]:
    """And what adds took meanwhile, in ms."""
    files = [song(f"Song {n}", f"{folder}{n // 20}").write(folder / f"{n // 20}" / f"{n}.flac") for n in range(FILES)]
    bare_s = _bare(files)
    task = call(f"{live.url}/library/folders", {"path": str(folder)}, token=token)["task_id"]
    times_ms = _adds(live, token, track, _while_running(live, token, task))
    state = call(f"{live.url}/api/queues/{task}?limit=0", token=token)
    scan_s = (_time(state["finished_at"]) - _time(state["started_at"])).total_seconds()
    empty = dict.fromkeys(("adds", "p50_ms", "p99_ms"), "")
    rates = {"bare_per_s": round(FILES / bare_s), "scan_per_s": round(FILES / scan_s)}
    return {"what": f"{FILES} files", **rates, "share": round(bare_s / scan_s, 2), **empty}, times_ms


def _bare(files: Sequence[Path]) -> float:
    """Seconds, with processes that are there already, as the readers of a worker mostly are not."""
    parts = [files[number::PROCESSES] for number in range(PROCESSES)]
    with ProcessPoolExecutor(PROCESSES) as pool:
        list(pool.map(_open, repeat(files[:1], PROCESSES)))
        began_s = time.perf_counter()
        list(pool.map(_open, parts))
        return time.perf_counter() - began_s


def _open(files: Sequence[Path]) -> int:
    return sum(FLAC(file).info.sample_rate for file in files)  # type: ignore[no-untyped-call]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


# -- adds ------------------------------------------------------------------------------------------------------


def _while_running(live: Live, token: str, task: int) -> Iterator[None]:
    """Asked for now and then: the answer costs as well."""
    while True:
        yield from repeat(None, 10)
        if call(f"{live.url}/api/queues/{task}?limit=0", token=token)["status"] not in {"queued", "running"}:
            return


def _adds(live: Live, token: str, track: str, turns: Iterator[Any]) -> list[float]:
    """Milliseconds of each."""
    add = _adder(live, token, track)
    times_ms = []
    for _ in turns:
        began_s = time.perf_counter()
        add()
        times_ms.append(1000 * (time.perf_counter() - began_s))
        time.sleep(PAUSE_S)
    return times_ms


def _adder(live: Live, token: str, track: str) -> Callable[[], None]:
    connection = http.client.HTTPConnection(urlsplit(live.url).netloc)
    body = json.dumps({"track_id": track, "performer_name": "bench"})
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def add() -> None:
        connection.request("POST", "/queue/bench", body, headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status >= 300:
            raise RuntimeError(said)

    return add


def _row(what: str, times_ms: Sequence[float]) -> Row:
    return {
        "what": f"adds, {what}",
        "adds": len(times_ms),
        "p50_ms": round(median(times_ms), 1),
        "p99_ms": round(quantiles(times_ms, n=100)[98], 1),
    }

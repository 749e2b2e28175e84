"""Figure 5: 2,000 files scanned as a task of a server, beside mutagen that only opens them; what adds feel of it.

The bare side finds the same files, starts as many processes for them, at the priority that readers have, opens each and
keeps nothing. A scan is measured from its task's start to its end: walking, starting readers, reading, SQL, full text,
data file, announcing; both follow each other in each round, and shares are of the round. `small` files have a title and
an artist and a kilobyte of sound; `real` ones have 25 tags and a cover inside. A rescan finds nothing changed.

Adds come one after another on one connection, 20 ms apart: on an idle server, while it scans, and while `analyze`
decodes as many tracks at once as there are cores. All figures are medians of the rounds.
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import islice, repeat
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlsplit

from api_queue.drivers.priority import stand_back
from api_queue.tracks.readers import NICENESS
from bench.measure import Live, Row, call, live_server, queue_with_tracks
from tests.tracks.flacs import JPEG, Flac, song

FILES: Final = 2_000
PROCESSES: Final = 2
ROUNDS: Final = 5
#: Real sound, for `analyze`: some ten seconds of it, so that the worst of a hundred adds is not the worst of all.
TONES: Final = 14
TONE_S: Final = 240
PAUSE_S: Final = 0.02
#: Adds of a round on an idle server; beside a task they go on until it ends, or is canceled.
ADDS: Final = 300

_BARE: Final = """
import json, sys
from mutagen.flac import FLAC
for path in json.load(sys.stdin):
    FLAC(path)
"""
_TAGS: Final = {f"MUSICBRAINZ_{name}": f"{name}-0123456789abcdef" for name in "ABCDEFGHIJKLMNOPQR"}
_COVER: Final = JPEG + bytes(64 << 10)


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="bench-music-") as folder, _library(folder):
        music = Path(folder)
        for number in range(TONES):
            _tone(music / f"{number}.flac", 200 + 50 * number)
        with live_server() as live:
            token, tracks = queue_with_tracks(live, "bench")
            rates = [_rates(live, token, kind, music) for kind in (_small, _real)]
            times = [_round(live, token, tracks, music / f"beside {number}") for number in range(ROUNDS)]
    return [*rates, *(_adds_row(what, [round_[what] for round_ in times]) for what in times[0])]


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


def _small(number: int, folder: Path) -> Flac:
    return song(f"Song {number}", f"{folder.name} {number // 20}")


def _real(number: int, folder: Path) -> Flac:
    artist, genre = f"{folder.name} {number // 20}", ("rock", "pop", "folk")[number % 3]
    tags = {"TITLE": f"Song of the Day {number}", "ARTIST": artist, "ALBUM": f"Album {number // 20}", "GENRE": genre}
    return Flac(f"{folder}{number}", {**tags, "DATE": "1999", "TRACKNUMBER": "7", "ISRC": "X", **_TAGS}, picture=_COVER)


def _write(kind: Callable[[int, Path], Flac], folder: Path) -> Path:
    for number in range(FILES):
        kind(number, folder).write(folder / f"{number // 20}" / f"{number}.flac")
    return folder


def _rates(live: Live, token: str, kind: Callable[[int, Path], Flac], music: Path) -> Row:
    rounds = []
    for number in range(ROUNDS):
        folder = _write(kind, music / f"{kind.__name__} {number}")
        bare_s = _bare(folder)
        scan_s, again_s = (_scanned_s(live, token, _scan(live, token, folder)) for _ in range(2))
        rounds.append((FILES / bare_s, FILES / scan_s, bare_s / scan_s, FILES / again_s))
    bare, scan, share, again = map(median, zip(*rounds, strict=True))
    rates = {"bare_per_s": round(bare), "scan_per_s": round(scan), "share": round(share, 2)}
    what = f"{FILES}{kind.__name__.replace('_', ' ')} files"
    return {"what": what, **rates, "rescan_per_s": round(again), **dict.fromkeys(("adds", "p50_ms", "p99_ms"), "")}


def _bare(folder: Path) -> float:
    """Seconds."""
    began_s = time.perf_counter()
    files = list(folder.rglob("*.flac"))
    started = [_bare_process() for _ in range(PROCESSES)]
    for number, process in enumerate(started):
        assert process.stdin
        process.stdin.write(json.dumps(list(map(str, files[number::PROCESSES]))).encode())
        process.stdin.close()
    if any(process.wait() for process in started):
        raise ChildProcessError
    return time.perf_counter() - began_s


def _bare_process() -> "subprocess.Popen[bytes]":
    process = subprocess.Popen((sys.executable, "-c", _BARE), stdin=subprocess.PIPE, start_new_session=True)
    stand_back(process.pid, NICENESS, os.SCHED_BATCH)
    return process


def _scan(live: Live, token: str, folder: Path) -> int:
    """The task."""
    return int(call(f"{live.url}/library/folders", {"path": str(folder)}, token=token)["task_id"])


def _scanned_s(live: Live, token: str, task: int) -> float:
    while (state := _state(live, token, task))["status"] in {"queued", "running"}:
        time.sleep(0.1)
    return (_time(state["finished_at"]) - _time(state["started_at"])).total_seconds()


def _state(live: Live, token: str, task: int) -> Any:
    return call(f"{live.url}/api/queues/{task}?limit=0", token=token)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


# -- adds ------------------------------------------------------------------------------------------------------


def _round(live: Live, token: str, tracks: Sequence[str], folder: Path) -> dict[str, list[float]]:
    """Milliseconds of each add, by what the server does beside."""
    _write(_small, folder)
    idle_ms = _adds(live, token, tracks[0], range(ADDS))
    scan_ms = _adds(live, token, tracks[0], _while_running(live, token, _scan(live, token, folder)))
    items = [{"track_id": track} for track in tracks]
    task = call(f"{live.url}/api/queues/tasks", {"type": "analyze", "items": items}, token=token)["task_id"]
    analyze_ms = _adds(live, token, tracks[0], islice(_while_running(live, token, task), 2 * ADDS))
    with suppress(HTTPError):  # 409: it was over first
        call(f"{live.url}/api/queues/{task}/cancel", {}, token=token)
    return {"idle": idle_ms, "during a scan": scan_ms, "during analyze": analyze_ms}


def _while_running(live: Live, token: str, task: int) -> Iterator[None]:
    """Asked for now and then: the answer costs as well."""
    while True:
        yield from repeat(None, 10)
        if _state(live, token, task)["status"] not in {"queued", "running"}:
            return


def _adds(live: Live, token: str, track: str, turns: Iterable[Any]) -> list[float]:
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


def _adds_row(what: str, rounds: Sequence[Sequence[float]]) -> Row:
    rates = dict.fromkeys(("bare_per_s", "scan_per_s", "share", "rescan_per_s"), "")
    p99_ms = median(quantiles(times_ms, n=100)[98] for times_ms in rounds)
    times = {"p50_ms": round(median(map(median, rounds)), 1), "p99_ms": round(p99_ms, 1)}
    return {"what": f"adds, {what}", **rates, "adds": sum(map(len, rounds)), **times}

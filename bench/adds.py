"""Figure 1: adds a second through HTTP, guard, rate buckets, one Lua script and outbox, on one worker.

Beside it, in alternating rounds, a bare Sanic handler that is sent the very same requests; and the same script with
the same arguments by redis-benchmark. `share_by_cpu` compares the CPU time that the web process spends on a request:
what the share would be if Redis, the relay and wrk had cores of their own. Moves and deletes are the host's. The queue
is filled anew for each round, and grows by the adds of its second. `with_rules` is the rate of adds to a queue that is
fair, with points, limits and an end of the event, over that of the plain adds of the same round.
"""

import asyncio
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, cast

from api_queue.drivers.lua import load
from api_queue.drivers.redis import Argument, Redis, connect
from api_queue.queues.adding import new_item_id
from api_queue.queues.models import Item, Limits, Queue
from api_queue.queues.order import sorting
from api_queue.queues.store import RedisQueues
from api_queue.types import GuestId, Milliseconds, QueueName, TrackId
from bench.measure import Live, Process, Row, bare_server, call, live_server, queue_with_tracks

LEVELS = (10, 1_000, 10_000)
ROUNDS = 3
ROUND_S = 1
CONNECTIONS = 64
KEPT = 1000
SCRIPTS = Path(__file__).parent / "wrk"
QUEUE = QueueName("bench")
#: Every rule that adds can meet without being refused by it.
RULES = {
    "order": "fair",
    "limit_model": "points",
    "points_max": 10_000,
    "max_items": 100_000,
    "max_per_guest": 100_000,
    "max_minutes_per_guest": 7 * 24 * 60,
    "event_end": "2099-01-01T00:00:00Z",
}
PLAIN: dict[str, object] = {"order": "fifo", "limit_model": "none", "event_end": None}
PLAIN |= dict.fromkeys(("max_items", "max_per_guest", "max_minutes_per_guest"))


@dataclass(frozen=True)
class Party:
    """A queue that is filled anew for each round."""

    live: Live
    token: str
    tracks: tuple[str, ...]

    @property
    def url(self) -> str:
        return f"{self.live.url}/queue/{QUEUE}"

    def fill(self, waiting: int) -> list[str]:
        """The ids of the waiting items."""
        call(f"{self.url}/command/clear", {}, token=self.token)
        return asyncio.run(_fill(self.live, self.tracks, waiting))

    def set(self, settings: Mapping[str, object]) -> None:
        """While nothing waits, since another order sorts what does."""
        call(f"{self.url}/command/clear", {}, token=self.token)
        call(f"{self.url}/settings", settings, token=self.token)


def run() -> list[Row]:
    with bare_server() as bare:
        return [row for appendfsync in ("always", "everysec") for row in _rows(bare, appendfsync)]


def _rows(bare: Process, appendfsync: str) -> list[Row]:
    with live_server(appendfsync) as live:
        party = Party(live, *queue_with_tracks(live, QUEUE))
        by_level = [_row(bare, party, waiting) for waiting in LEVELS]
        script = _by_redis_benchmark(party)
    return [{"appendfsync": appendfsync} | row | {"script_alone_per_s": round(script)} for row in by_level]


@dataclass(frozen=True)
class Sample:
    per_s: float
    #: Of the web process alone; what else runs on the machine hardly changes it.
    cpu_us: float


def _row(bare: Process, party: Party, waiting: int) -> Row:
    """The shares are medians over neighbouring rounds: whatever else the machine does meets both alike."""
    adds: list[tuple[Sample, Sample]] = []
    moves, swaps, with_rules = [], [], []
    ids, web = party.live.data / "ids", party.live.web
    for _ in range(ROUNDS):
        party.fill(waiting)
        add = ("add.lua", QUEUE, *party.tracks)
        adds.append((_sample(web, *add), _sample(bare, *add)))
        party.set(RULES)
        party.fill(waiting)
        with_rules.append(_sample(web, *add).per_s / adds[-1][0].per_s)
        party.set(PLAIN)
        ids.write_text("\n".join(party.fill(waiting)))
        moves.append(_sample(web, "move.lua", QUEUE, party.token, str(ids)).per_s)
        swaps.append(_sample(web, "swap.lua", QUEUE, party.token, party.tracks[0]).per_s)
    return {
        "waiting": waiting,
        "adds_per_s": round(median(ours.per_s for ours, _ in adds)),
        "bare_per_s": round(median(its.per_s for _, its in adds)),
        "share_of_bare": round(median(ours.per_s / its.per_s for ours, its in adds), 2),
        "share_by_cpu": round(median(its.cpu_us / ours.cpu_us for ours, its in adds), 2),
        "with_rules": round(median(with_rules), 2),
        "moves_per_s": round(median(moves)),
        "adds_and_deletes_per_s": round(median(swaps)),
    }


def _sample(server: Process, script: str, *args: str) -> Sample:
    cpu_s = server.cpu_s()
    per_s = wrk(server.url, script, *args)
    return Sample(per_s, (server.cpu_s() - cpu_s) / (per_s * ROUND_S) * 1e6)


def wrk(url: str, script: str, *args: str, connections: int = CONNECTIONS) -> float:
    """Requests a second. All must be answered well."""
    program = shutil.which("wrk") or sys.exit("bench.adds sends its load by wrk: install the package wrk")
    options = ["-t1", f"-c{connections}", f"-d{ROUND_S}s", "-s", str(SCRIPTS / script), url, "--", *args]
    out = subprocess.run([program, *options], check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in out, out
    assert "Socket errors" not in out, out
    return float(re.findall(r"Requests/sec:\s+([\d.]+)", out)[0])


# -- the queue -------------------------------------------------------------------------------------------------


async def _fill(live: Live, tracks: Sequence[str], waiting: int) -> list[str]:
    redis = connect(f"unix://{live.redis_socket}")
    store, items = RedisQueues(redis, KEPT), [_item(tracks[n % len(tracks)], n % 1000) for n in range(waiting)]
    queue = await store.queue(QUEUE)
    for start in range(0, waiting, 500):
        now_ms = time.time_ns() // 1_000_000
        await asyncio.gather(*(_put(store, queue, item, now_ms) for item in items[start : start + 500]))
    await redis.close()
    return [item.id for item in items]


async def _put(store: RedisQueues, queue: Queue, item: Item, now_ms: int) -> None:
    await store.add(QUEUE, item, Limits(), queue.settings_rev, None, now_ms, None, sorting(queue.settings, item))


def _item(track: str, guest: int) -> Item:
    return Item(
        id=new_item_id(),
        track_id=TrackId(track),
        performer_name=f"Singer {guest}",
        session_owner=GuestId(f"bench-{guest}"),
        timestamp_added=time.time_ns() // 1_000_000,
        track_duration_ms=Milliseconds(180_000),
    )


# -- the script alone ------------------------------------------------------------------------------------------


class Recorder:
    """Stands where Redis does, and keeps how the add's script is called."""

    command: tuple[str, ...] = ()

    async def script(self, name: str, keys: Sequence[str], args: Sequence[Argument]) -> Any:
        self.command = ("EVALSHA", load(name).sha, str(len(keys)), *keys, *map(str, args))
        return ["stale"]


def _by_redis_benchmark(party: Party) -> float:
    """Calls a second, each with another id, as many at a time as wrk has connections."""
    party.fill(10)
    command = asyncio.run(_add_command(party))
    program = shutil.which("redis-benchmark") or sys.exit("bench.adds needs the package redis-tools")
    options = ["-s", str(party.live.redis_socket), "-c", str(CONNECTIONS), "-n", "30000", "-r", "1000000000", "--csv"]
    rates = []
    for _ in range(3):
        out = subprocess.run([program, *options, *command], check=True, capture_output=True, text=True).stdout
        rates.append(float(out.split('","')[-7]))  # the first of seven numbers, after the command's own commas
    return median(rates)


async def _add_command(party: Party) -> list[str]:
    recorder = Recorder()
    buckets = (("g:bench", 10_000_000, 1.0), ("a:127.0.0.1", 10_000_000, 1.0))
    settings_rev = await _settings_rev(party)
    store = RedisQueues(cast("Redis", recorder), KEPT)
    item = _item(party.tracks[0], 0)
    await store.add(QUEUE, item, Limits(buckets=buckets), settings_rev, None, item.timestamp_added)
    return [word.replace(item.id, "__rand_int__") for word in recorder.command]


async def _settings_rev(party: Party) -> int:
    redis = connect(f"unix://{party.live.redis_socket}")
    try:
        return (await RedisQueues(redis, KEPT).queue(QUEUE)).settings_rev
    finally:
        await redis.close()

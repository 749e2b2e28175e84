"""What processes leave of themselves, and what becomes of that when they die."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api_queue.drivers.redis import Redis
from api_queue.formats.figures import BOUNDS_S, Figure, Histogram
from api_queue.monitoring.exposition import exposed
from api_queue.monitoring.models import GONE_MS, Snapshot
from api_queue.monitoring.reporter import Reporter
from api_queue.monitoring.store import RedisSnapshots
from tests.monitoring.scraping import families
from tests.queues.builders import FakeClock
from tests.stream.waiting import eventually

HOST = socket.gethostname()


class Watched(RedisSnapshots):
    """`left` is set whenever a process has left something."""

    def __init__(self, redis: Redis) -> None:
        super().__init__(redis)
        self.left = asyncio.Event()

    async def leave(self, snapshot: Snapshot) -> None:
        await super().leave(snapshot)
        self.left.set()


def a_snapshot(process: str = "relay", *figures: Figure, pid: int = 1, at_ms: int = 0, host: str = HOST) -> Snapshot:
    return Snapshot(host=host, process=process, pid=pid, since_ms=0, at_ms=at_ms, figures=list(figures))


def text(*snapshots: Snapshot, shared: tuple[Figure, ...] = ()) -> str:
    return exposed(snapshots, shared, "")[0].decode()


@asynccontextmanager
async def reporting(reporter: Reporter) -> AsyncIterator["asyncio.Task[None]"]:
    task = asyncio.create_task(reporter.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def names(store: RedisSnapshots, now_ms: int = 0) -> list[str]:
    return [each.process for each in await store.all(now_ms)]


# -- in Redis --------------------------------------------------------------------------------------------------


async def test_a_process_leaves_its_figures_and_takes_them_along(redis: Redis) -> None:
    store, clock = Watched(redis), FakeClock()
    reporter = Reporter(store, "web-0", [lambda: [Figure("sse_clients", 7)]], clock)
    async with reporting(reporter):
        await store.left.wait()
        (snapshot,) = await store.all(clock.now_ms())
        assert (snapshot.host, snapshot.pid, snapshot.value("sse_clients")) == (HOST, os.getpid(), 7)
        assert (snapshot.value("process_resident_memory_bytes") or 0) > 1_000_000
    assert await names(store, clock.now_ms()) == []


async def test_the_figures_of_the_dead_do_not_stay(redis: Redis) -> None:
    store = RedisSnapshots(redis)
    await store.leave(a_snapshot("relay", at_ms=1000))
    await store.leave(a_snapshot("worker", at_ms=20_000))
    assert await names(store, GONE_MS + 999) == ["relay", "worker"]
    assert await names(store, GONE_MS + 1000) == ["worker"]
    assert await redis.call("HLEN", "monitoring:snapshots") == 1


async def test_nor_do_they_when_the_clock_is_set_back(redis: Redis) -> None:
    store, hour_ms = RedisSnapshots(redis), 3_600_000
    await store.leave(a_snapshot("relay", at_ms=2 * hour_ms))
    assert await names(store, hour_ms) == []


async def test_who_takes_the_place_of_a_dead_one_has_its_name(redis: Redis) -> None:
    # Given what a process left that was killed just now
    store, clock = Watched(redis), FakeClock()
    dead = await asyncio.create_subprocess_exec("true")
    await dead.wait()
    await RedisSnapshots(redis).leave(a_snapshot("relay", pid=dead.pid, at_ms=clock.now_ms()))
    # When another one is started in its place, then there is one of that name
    async with reporting(Reporter(store, "relay", [], clock)):
        await store.left.wait()
        assert [(each.process, each.pid) for each in await store.all(clock.now_ms())] == [("relay", os.getpid())]


async def test_two_of_a_kind_on_one_machine_have_two_names(redis: Redis) -> None:
    store, clock = Watched(redis), FakeClock()
    await RedisSnapshots(redis).leave(a_snapshot("worker", pid=os.getppid(), at_ms=clock.now_ms()))
    async with reporting(Reporter(store, "worker", [], clock)):
        await store.left.wait()
        assert await names(store, clock.now_ms()) == ["worker", f"worker-{os.getpid()}"]


async def test_processes_of_two_machines_may_be_called_the_same(redis: Redis) -> None:
    store = RedisSnapshots(redis)
    for host in ("bar", "hall"):
        await store.leave(a_snapshot("relay", host=host))
    assert [(each.host, each.process) for each in await store.all(0)] == [("bar", "relay"), ("hall", "relay")]


async def test_nothing_is_lost_but_figures_while_redis_is_away(redis: Redis) -> None:
    counted: list[int] = []

    def source() -> list[Figure]:
        counted.append(1)
        return []

    await redis.close()
    async with reporting(Reporter(RedisSnapshots(redis), "web-0", [source], FakeClock())) as task:
        await eventually(lambda: bool(counted) or task.done())
        assert not task.done()


# -- as text ---------------------------------------------------------------------------------------------------


def test_each_process_has_a_series_of_its_own() -> None:
    said = text(a_snapshot("web-0", Figure("sse_clients", 2)), a_snapshot("web-1", Figure("sse_clients", 3)))
    assert f'api_queue_sse_clients{{host="{HOST}",process="web-0"}} 2.0' in said
    assert f'api_queue_sse_clients{{host="{HOST}",process="web-1"}} 3.0' in said
    assert said.count("# TYPE api_queue_sse_clients gauge") == 1


def test_what_is_shared_is_nobodys() -> None:
    assert 'api_queue_queues{kind="named"} 4.0' in text(shared=(Figure("queues", 4, {"kind": "named"}),))


def test_a_histogram_counts_all_that_is_no_longer_than_its_bounds() -> None:
    histogram = Histogram()
    for seconds in (0.001, 0.002, 0.3, 99):
        histogram.observe(seconds)
    said = text(shared=(histogram.figure("relay_seconds"),))
    (family,) = families(said)
    buckets = {sample.labels["le"]: sample.value for sample in family.samples if sample.name.endswith("_bucket")}
    assert len(buckets) == len(BOUNDS_S) + 1
    assert (buckets["0.001"], buckets["0.0025"], buckets["0.25"], buckets["0.5"], buckets["+Inf"]) == (1, 2, 2, 3, 4)
    sums = {sample.name.rpartition("_")[2]: sample.value for sample in family.samples if not sample.labels}
    assert (sums["count"], sums["sum"]) == (4, 99.303)


def test_a_figure_of_another_version_is_left_out() -> None:
    assert "of_tomorrow" not in text(a_snapshot("web-0", Figure("of_tomorrow", 1)))


def test_a_name_with_quotes_breaks_no_line() -> None:
    said = text(shared=(Figure("waiting_items", 1, {"queue": 'a"} 9\nb'}),))
    (family,) = families(said)
    assert [sample.labels["queue"] for sample in family.samples] == ['a"} 9\nb']

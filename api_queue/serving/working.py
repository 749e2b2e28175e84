"""A task worker, and what one of all workers does for them all."""

import asyncio
import os
import socket
from functools import partial
from typing import Final

import structlog

from api_queue.jobs.ledger import SqlLedger
from api_queue.jobs.redis_store import RedisWorkers
from api_queue.jobs.upkeep import Publisher, Sweep
from api_queue.jobs.worker import Worker
from api_queue.parts import Parts
from api_queue.settings import Settings
from api_queue.tracks.walk import demo_root
from api_queue.tracks.watch import Watch

#: How long after its death another worker tells of changes.
UPKEEP_LEASE_MS: Final = 3_000
#: How long after its death another worker watches the folders of the music.
WATCH_LEASE_MS: Final = 10_000
#: How often old exports are looked for.
EXPORTS_SWEEP_S: Final = 3_600.0
_log = structlog.get_logger()


async def run_worker(settings: Settings) -> None:
    parts = Parts(settings)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_lead(parts), name="worker-upkeep")
            tasks.create_task(_sweep_exports(parts), name="exports-sweep")
            tasks.create_task(parts.reporter().run(), name="reporter")
            tasks.create_task(parts.message_desk.run(), name="tracklist-requests")
            if parts.settings.library_watch == "on":
                tasks.create_task(_watch(parts), name="library-watch")
            await worker_of(parts, settings.jobs_visibility_s / 3).run()
    finally:
        await parts.close()


def worker_of(parts: Parts, keep_s: float) -> Worker:
    name = f"{socket.gethostname()}-{os.getpid()}"
    workers = RedisWorkers(parts.redis)
    return Worker(name, parts.task_types, SqlLedger(parts.engine), parts.courier, workers, parts.clock, keep_s)


async def _lead(parts: Parts) -> None:
    lease = parts.lease("jobs", UPKEEP_LEASE_MS)
    while not await lease.lead(partial(_keep_up, parts)):
        _log.warning("the lease of the upkeep of tasks was lost")


async def _watch(parts: Parts) -> None:
    """One worker does, as long as it lives; the demo songs never change."""
    if demo_root() in parts.library_roots:
        return
    lease = parts.lease("library-watch", WATCH_LEASE_MS)
    while not await lease.lead(Watch(parts.library_keeper, parts.library_roots).run):
        _log.warning("the lease of the watch was lost")


async def _sweep_exports(parts: Parts) -> None:
    """Each worker does: they lie on its own disk."""
    while True:
        await asyncio.to_thread(parts.exports.sweep, parts.clock.now_ms())
        await asyncio.sleep(EXPORTS_SWEEP_S)


async def _keep_up(parts: Parts) -> None:
    ledger, store = SqlLedger(parts.engine), parts.task_store
    sweep = Sweep(store, ledger, parts.courier, RedisWorkers(parts.redis), parts.clock)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(sweep.run(), name="jobs-sweep")
        tasks.create_task(publisher_of(parts).run(), name="jobs-publisher")
        tasks.create_task(parts.timetable.run(), name="tracklist-schedules")


def publisher_of(parts: Parts) -> Publisher:
    return Publisher(parts.task_store, SqlLedger(parts.engine), parts.task_events, parts.job_bell, parts.clock)

"""A scan as a whole: a real worker, and what a task shows of it."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from api_queue.drivers.redis import Redis
from api_queue.jobs.models import FINAL, Task
from api_queue.parts import Parts
from api_queue.serving.working import worker_of
from api_queue.tracks import tasks
from tests.engines.keys import keys_like
from tests.house import house_settings
from tests.live import Watch
from tests.tracks.flacs import song

#: As `work` starts it, with small batches and soon given up.
WORKER = """
import sys
from pathlib import Path
from api_queue.serving.roles import run_role
from api_queue.tracks import tasks
from tests.house import house_settings
tasks.BATCH = 5
url, data, music = sys.argv[1:]
options = {"library_roots": (Path(music),), "library_watch": "off", "jobs_visibility_s": 2}
run_role("worker", house_settings(url, Path(data), **options))
"""


@pytest.fixture
async def parts(
    redis: Redis, redis_url: str, empty_database: Path, music: Path, tmp_path: Path
) -> AsyncIterator[Parts]:
    assert await keys_like(redis) == []
    shutil.copytree(empty_database, tmp_path, dirs_exist_ok=True)
    parts = Parts(house_settings(redis_url, tmp_path, library_roots=(music,), jobs_visibility_s=2))
    yield parts
    await parts.close()


@asynccontextmanager
async def working(parts: Parts) -> AsyncIterator[None]:
    worker = asyncio.create_task(worker_of(parts, 0.5).run())
    yield
    worker.cancel()
    await asyncio.wait([worker])


async def followed(parts: Parts, task: Task, until: Callable[[Task], bool]) -> list[Task]:
    seen = [task]
    async with asyncio.timeout(60):
        while not until(seen[-1]):
            await asyncio.sleep(0.02)
            seen.append(await parts.jobs.task(task.task_id))
    return seen


async def end(parts: Parts, task: Task) -> Task:
    return (await followed(parts, task, lambda seen: seen.status in FINAL))[-1]


def is_over_once(paths: list[str]) -> bool:
    return len(paths) == len(set(paths))


def absurd(path: Path) -> None:
    """Four billion comments."""
    content = bytes(song("Absurd"))
    at = content.index(b"tests") + len(b"tests")
    path.write_bytes(content[:at] + b"\xff\xff\xff\xff" + content[at + 4 :])


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def circle(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


DAMAGES: list[Callable[[Path], object]] = [
    lambda path: path.write_bytes(b"fLaC and no more"),
    lambda path: path.write_bytes(bytes(song("Cut"))[:100]),
    lambda path: path.write_bytes(b""),
    lambda path: path.write_bytes(b"RIFF" + bytes(song("Wave"))[4:]),
    absurd,
    pipe,
    circle,
]


def fill(music: Path, count: int, damaged: range) -> None:
    for number in range(count):
        path = music / f"{number // 50:02}" / f"{number:04}.flac"
        song(f"Song {number}", "Band").write(path)
        if number in damaged:
            DAMAGES[damaged.index(number) % len(DAMAGES)](path)


async def test_twenty_damaged_files_of_two_thousand_are_twenty_failed_items(parts: Parts, music: Path) -> None:
    fill(music, 2000, range(50, 2000, 100))
    async with working(parts):
        task, _ = await parts.library_keeper.scan_all()
        seen = await followed(parts, task, lambda state: state.status in FINAL)
        detail = await parts.jobs.detail(task.task_id, 1000)
    # Then all others are tracks, each damaged file has an item with its path and the reason
    assert (await parts.library_keeper.overview()).everywhere.tracks == 1980
    failed = [item for item in detail.items if item.status == "failed"]
    assert (seen[-1].status, seen[-1].failed_items, len(failed)) == ("failed", 20, 20)
    assert sorted(item.payload["path"] for item in failed) == sorted(
        f"{music}/{number // 50:02}/{number:04}.flac" for number in range(50, 2000, 100)
    )
    assert all(item.error.startswith(f"{item.payload['path']}: it ") for item in failed)
    # And progress never went back
    percents = [state.percent for state in seen]
    assert percents == sorted(percents)
    assert percents[-1] == 100


async def test_a_scan_is_canceled_within_two_seconds(
    parts: Parts, music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "BATCH", 5)
    fill(music, 100, range(0))
    async with working(parts):
        task, _ = await parts.library_keeper.scan_all()
        await followed(parts, task, lambda state: state.completed_items >= 3)
        watch = Watch()
        await parts.jobs.cancel(task.task_id)
        canceled = await end(parts, task)
        assert canceled.status == "canceled"
        detail = await parts.jobs.detail(task.task_id, 1000)
        assert {item.status for item in detail.items} <= {"completed", "canceled"}
        assert watch.seconds < 2
        # When it is scanned again, then all is there
        task, _ = await parts.library_keeper.scan_all()
        assert (await end(parts, task)).status == "completed"
    assert (await parts.library_keeper.overview()).everywhere.tracks == 100


async def test_a_killed_worker_leaves_nothing_undone_and_nothing_twice(
    parts: Parts, redis_url: str, music: Path, tmp_path: Path
) -> None:
    # Given a scan in a process of its own, which is killed in the middle
    fill(music, 90, range(0, 90, 30))
    command = (sys.executable, "-c", WORKER, redis_url, f"{tmp_path}", f"{music}")
    first = await asyncio.to_thread(subprocess.Popen, command)
    task, _ = await parts.library_keeper.scan_all()
    await followed(parts, task, lambda state: state.completed_items >= 5)
    first.send_signal(signal.SIGKILL)
    await asyncio.to_thread(first.wait)
    # When another worker goes on
    second = await asyncio.to_thread(subprocess.Popen, command)
    ended = await end(parts, task)
    second.terminate()
    assert await asyncio.to_thread(second.wait, 20) == 0
    # Then the library is whole, and each damaged file was told once
    detail = await parts.jobs.detail(task.task_id, 1000)
    failed = [item.payload["path"] for item in detail.items if item.status == "failed"]
    assert (ended.status, len(failed)) == ("failed", 3)
    assert is_over_once(failed)
    assert is_over_once([path for item in detail.items for path in item.payload.get("files", [])])
    assert (await parts.library_keeper.overview()).everywhere.tracks == 87

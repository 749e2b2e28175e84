"""kill -9 of a worker and of Redis in the middle of a task: every item is done, and what was done stays so."""

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api_queue.drivers.embedded_redis import EmbeddedRedis
from api_queue.jobs.models import Task
from tests.jobs.house import Jobs
from tests.jobs.types import Stage, Step

ITEMS = 40


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    """To be killed."""
    server = EmbeddedRedis(tmp_path / "redis", "always")
    server.start()
    yield server
    server.stop()


@contextmanager
def worker(redis_url: str, data: Path, file: Path) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "tests.jobs.worker_process", redis_url, str(data), str(file)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


async def test_nothing_is_lost_and_nothing_done_is_done_again(
    own_redis: EmbeddedRedis, migrated: Path, tmp_path: Path
) -> None:
    # Given a task, and a worker in a process of its own
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "lines"
    file.touch()
    jobs = Jobs(own_redis.url, tmp_path, Stage())
    task = await jobs.create(*(Step(str(number), sleep_s=0.05) for number in range(ITEMS)))
    # When the worker is killed in the middle of it, and then, beside the next one, Redis
    with worker(own_redis.url, tmp_path, file) as first:
        await jobs.until(task.task_id, after(5))
        os.kill(first.pid, signal.SIGKILL)
        first.wait(60)
    done = {item.payload["name"] for item in await jobs.items(task) if item.status == "completed"}
    with worker(own_redis.url, tmp_path, file) as second:
        await jobs.until(task.task_id, after(len(done) + 10))
        redis = own_redis.program.pid
        assert redis
        os.kill(redis, signal.SIGKILL)
        task = await jobs.end(task)
        # And the worker is told to end
        second.send_signal(signal.SIGTERM)
        assert second.wait(60) == 0
    await jobs.close()
    # Then all is done, and of what was done before nothing was begun again
    assert (task.status, task.completed_items) == ("completed", ITEMS)
    lines = Counter(file.read_text().split("\n"))
    assert all(lines[f"end {number}"] for number in range(ITEMS))
    assert {lines[f"begin {name}"] for name in done} == {1}


def after(count: int) -> Callable[[Task], bool]:
    return lambda task: task.completed_items >= count

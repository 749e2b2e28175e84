"""The command `scan`, beside a worker in this process."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from api_queue.drivers.redis import Redis
from api_queue.errors import StartRefused
from api_queue.jobs.models import Task, TaskFilter
from api_queue.parts import Parts
from api_queue.serving import scanning, task_progress
from api_queue.serving.working import worker_of
from api_queue.tracks import tasks
from tests.engines.keys import keys_like
from tests.house import house_settings
from tests.tracks.flacs import song

T = TypeVar("T")


@pytest.fixture(autouse=True)
def _own_interrupt() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


async def until(ask: Callable[[], Awaitable[list[T]]]) -> list[T]:
    """What is there, as soon as something is."""
    async with asyncio.timeout(20):
        while True:
            if found := await ask():
                return found
            await asyncio.sleep(0.01)


async def _running(parts: Parts) -> list[Task]:
    return (await parts.jobs.tasks(TaskFilter(status="running")))[1]


@pytest.fixture
async def parts(redis: Redis, redis_url: str, furnished: Path, tmp_path: Path) -> AsyncIterator[Parts]:
    assert await keys_like(redis) == []
    shutil.copytree(furnished, tmp_path, dirs_exist_ok=True)
    music = tmp_path / "music"
    for number in range(60):
        song(f"{number}").write(music / f"{number}.flac")
    parts = Parts(house_settings(redis_url, tmp_path, library_roots=(music,)))
    worker = asyncio.create_task(worker_of(parts, 0.5).run())
    await until(parts.jobs.workers)
    yield parts
    worker.cancel()
    await asyncio.wait([worker])
    await parts.close()


async def test_it_says_what_there_is_and_what_cannot_be_read(parts: Parts, capsys: pytest.CaptureFixture[str]) -> None:
    [music] = parts.library_roots
    assert await scanning._scan(parts.settings, []) == 0
    assert capsys.readouterr().out.endswith("The library has 60 tracks in 60 files.\n")
    (music / "bad.flac").write_bytes(b"bad")
    assert await scanning._scan(parts.settings, [music]) == 1
    told = capsys.readouterr().out
    assert f"{music}/bad.flac: it is no readable FLAC" in told
    assert told.endswith("The library has 60 tracks in 61 files. 1 could not be read.\n")


async def test_an_interrupt_cancels_the_task(
    parts: Parts, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "BATCH", 1)
    scan = asyncio.create_task(scanning._scan(parts.settings, []))
    running = await until(lambda: _running(parts))
    os.kill(os.getpid(), signal.SIGINT)
    async with asyncio.timeout(30):
        assert await scan == 130
    assert (await parts.jobs.task(running[0].task_id)).status == "canceled"
    assert "Canceled." in capsys.readouterr().out


async def test_what_is_printed_beside_the_progress_line_goes_where_it_was_sent(
    parts: Parts, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a terminal for the progress line alone
    monkeypatch.setenv("FORCE_COLOR", "1")
    task, _ = await parts.library_keeper.scan_wherever()

    async def states(*_: object) -> AsyncGenerator[Task, None]:
        sys.stdout.write("ready: http://" + "a-long-name." * 20 + "\n")
        yield task

    monkeypatch.setattr(task_progress, "_states", states)
    # When something else is printed while it is shown
    await scanning._follow(parts, task.task_id)
    # Then that is in stdout, and in one line
    assert capsys.readouterr().out == "ready: http://" + "a-long-name." * 20 + "\n"


def test_without_a_server_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match="No server runs in"):
        scanning.scan(house_settings("", tmp_path), [])

"""Programs beside a party: what they say, at their end or line by line, and that none outlives who asked for it."""

import asyncio
import sys
from pathlib import Path

import pytest

from api_queue.clients.programs import lives
from api_queue.drivers import idle_program
from api_queue.drivers.idle_program import Ended, run_idle
from tests.jobs.house import eventually


@pytest.fixture(autouse=True)
def first_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else they would wait for whatever this machine does beside."""
    monkeypatch.setattr(idle_program, "stand_back", lambda *_: None)


def python(*lines: str) -> tuple[str, ...]:
    return sys.executable, "-I", "-S", "-c", "\n".join(["import os, sys, time", *lines])


async def test_what_it_said_is_told_at_its_end() -> None:
    said = python("print('one')", "print('fault', file=sys.stderr)", "sys.exit(3)")
    assert await run_idle(*said) == Ended(3, b"one\n", b"fault\n")


async def test_its_lines_are_heard_while_it_runs(tmp_path: Path) -> None:
    # Given a program that goes on only when somebody has heard its first line
    mark = tmp_path / "mark"
    waits = f"while not os.path.exists({f'{mark}'!r}): time.sleep(0.01)"
    heard: list[bytes] = []

    def hear(line: bytes) -> None:
        heard.append(line)
        mark.touch()

    said = python("print('one', flush=True)", "print('x' * 100_000, file=sys.stderr)", waits, "print('two')")
    # Then it comes to its end
    ended = await asyncio.wait_for(run_idle(*said, hear=hear), 20)
    assert heard == [b"one\n", b"two\n"]
    assert (ended.status, ended.out, len(ended.err)) == (0, b"", 100_001)


@pytest.mark.parametrize("is_heard", [True, False])
async def test_it_goes_with_who_asked_for_it(tmp_path: Path, is_heard: bool) -> None:
    pid = tmp_path / "pid"
    lasting = python(
        f"open({f'{pid}'!r}, 'w').write(f'{{os.getpid()}}')", "print('here', flush=True)", "time.sleep(999)"
    )
    here = asyncio.Event()
    asked = asyncio.create_task(run_idle(*lasting, hear=(lambda _: here.set()) if is_heard else None))
    if is_heard:
        await asyncio.wait_for(here.wait(), 20)
    else:
        await eventually(lambda: pid.exists() and pid.read_text())
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    assert not lives(int(pid.read_text()))

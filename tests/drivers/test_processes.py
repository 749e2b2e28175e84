import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from api_queue.drivers.processes import LONGEST_DELAY_S, WELL_AFTER_S, Backoff, Program
from api_queue.errors import StartRefused

#: Says that it is there, and then waits to be told to go.
PATIENT = "from pathlib import Path; import signal; Path('there').touch(); signal.pause()"


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline, f"not within 30 s: {what}"
        time.sleep(0.01)


def lives(pid: int) -> bool:
    """A zombie does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Program]]:
    monkeypatch.chdir(tmp_path)
    with ExitStack() as programs:

        def start(code: str = PATIENT, env: dict[str, str] | None = None) -> Program:
            there = tmp_path / "there"
            program = Program("patient", [sys.executable, "-c", code], tmp_path / "log", there.exists, env)
            programs.callback(program.stop, grace_s=0.2)
            program.start()
            return program

        yield start


def test_a_killed_program_is_started_again(started: Callable[..., Program]) -> None:
    program = started()
    killed = program.pid
    assert killed
    os.kill(killed, signal.SIGKILL)
    until(lambda: program.pid != killed, "another process")


def test_a_stopped_program_stays_away(started: Callable[..., Program]) -> None:
    program = started()
    pid = program.pid
    assert pid
    program.stop()
    assert not lives(pid)
    assert program.pid == pid


def test_one_that_ignores_sigterm_is_killed(started: Callable[..., Program]) -> None:
    program = started("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + PATIENT)
    assert program.pid
    program.stop(grace_s=0.1)
    assert not lives(program.pid)


def test_it_gets_what_is_added_to_the_environment(started: Callable[..., Program], tmp_path: Path) -> None:
    started("import os; print(os.environ['WORD'], flush=True);" + PATIENT, env={"WORD": "given"})
    assert (tmp_path / "log").read_text() == "given\n"


def test_a_start_that_ends_says_what_the_program_said_last(started: Callable[..., Program]) -> None:
    with pytest.raises(StartRefused, match="patient does not start: no more today"):
        started("raise SystemExit('no more today')")


def test_no_orphan_is_left_when_the_parent_is_killed(tmp_path: Path) -> None:
    # Given a process that keeps a program
    code = f"""
import sys, time
from pathlib import Path
from api_queue.drivers.processes import Program
program = Program("patient", [sys.executable, "-c", {PATIENT!r}], Path("log"), Path("there").exists)
program.start()
print(program.pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, stdout=subprocess.PIPE)
    assert parent.stdout
    child = int(parent.stdout.readline())
    assert lives(child)
    # When it is killed without a chance to clean up
    parent.kill()
    parent.communicate()
    # Then the program is gone too
    until(lambda: not lives(child), "the end of the child")


def test_deaths_in_a_row_wait_longer_and_a_late_one_does_not() -> None:
    backoff = Backoff()
    delays = [backoff.delay_s(now_s) for now_s in (0, 1, 2, 3, 4, 5, 6)]
    assert delays == sorted(delays)
    assert (delays[0], delays[-1]) == (0.1, LONGEST_DELAY_S)
    assert backoff.delay_s(6 + WELL_AFTER_S) == 0.1

"""The data folder belongs to one server at a time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from api_queue.errors import StartRefused
from api_queue.serving import data_folder
from api_queue.serving.data_folder import locked


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_folder, "PATIENCE_S", 0.1)


def test_it_is_made_for_us_alone(tmp_path: Path) -> None:
    with locked(tmp_path / "new" / "data"):
        assert (tmp_path / "new" / "data").stat().st_mode & 0o777 == 0o700
        assert (tmp_path / "new" / "data" / "lock").stat().st_mode & 0o777 == 0o600


def test_what_is_in_it_stays(tmp_path: Path) -> None:
    (tmp_path / "api_queue.sqlite").write_text("music")
    with locked(tmp_path):
        pass
    assert (tmp_path / "api_queue.sqlite").read_text() == "music"


def test_a_second_server_is_told_what_to_do(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(StartRefused) as refused, locked(tmp_path):
        pass
    assert refused.value.detail == f"Another server uses the data folder {tmp_path}; stop it, or set --data."


def test_it_is_free_again_when_the_server_has_ended(tmp_path: Path) -> None:
    for _ in range(2):
        with locked(tmp_path):
            pass


def test_it_is_free_again_also_after_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), locked(tmp_path):
        raise ZeroDivisionError
    with locked(tmp_path):
        pass


def test_a_refused_server_takes_nothing_from_the_one_that_runs(tmp_path: Path) -> None:
    with locked(tmp_path):
        for _ in range(2):
            with pytest.raises(StartRefused), locked(tmp_path):
                pass


def test_it_is_not_free_while_a_program_that_writes_there_lives(tmp_path: Path) -> None:
    # Given a program that holds the lock of a server that has ended
    with locked(tmp_path) as lock:
        program = subprocess.Popen([sys.executable, "-c", "input()"], pass_fds=[lock], stdin=subprocess.PIPE)
    # Then another server waits for it
    with pytest.raises(StartRefused), locked(tmp_path):
        pass
    # And has the folder when it has ended
    program.communicate(b"\n", timeout=20)
    with locked(tmp_path):
        pass


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_file_in_its_place_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartRefused, match=f"The data folder {tmp_path / place} cannot be written: "):
        locked(tmp_path / place).__enter__()


def test_the_lock_is_a_descriptor_that_is_closed_at_the_end(tmp_path: Path) -> None:
    with locked(tmp_path) as lock:
        os.fstat(lock)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(lock)

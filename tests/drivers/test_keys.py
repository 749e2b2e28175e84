"""A server's key file: made once, the same for every process, readable by nobody else."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from api_queue.drivers.keys import load_or_make


def test_a_key_is_made_once_and_stays(tmp_path: Path) -> None:
    # Given no key / When it is asked for twice / Then both answers are the same 32 random bytes
    path = tmp_path / "keys" / "media"
    first = load_or_make(path)
    assert len(first) == 32
    assert load_or_make(path) == first
    assert load_or_make(tmp_path / "keys" / "other") != first


def test_only_the_server_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "media"
    load_or_make(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_workers_that_start_at_once_agree_and_leave_no_drafts(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "media"
    with ThreadPoolExecutor(16) as workers:
        keys = set(workers.map(lambda _: load_or_make(path, 64), range(64)))
    assert len(keys) == 1
    assert [file.name for file in path.parent.iterdir()] == ["media"]

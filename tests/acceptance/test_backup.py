"""The commands as an operator gives them, beside a server that 50 guests add to, and with a kill at any moment."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from api_queue.errors import StartRefused
from api_queue.serving import keeping_commands
from api_queue.serving.data_folder import is_served
from tests.house import house_settings
from tests.live import LiveServer, live_server, until
from tests.serving import NO_TLS

OWN = "TEST_SQL" in os.environ or "TEST_REDIS" in os.environ
pytestmark = pytest.mark.skipif(
    OWN, reason="of the embedded engines; the others are in tests/keeping and tests/engines"
)
GENEROUS = {"API_QUEUE_RATE_ADDRESS_PER_MINUTE": "100000", "API_QUEUE_RATE_ADDS_PER_MINUTE": "100000"}


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-m", "api_queue", *words]
    return subprocess.run(arguments, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def begun(folder: Path, *words: str) -> "subprocess.Popen[bytes]":
    arguments = [sys.executable, "-m", "api_queue", *words]
    return subprocess.Popen(arguments, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def a_track(server: LiveServer) -> str:
    with server.client() as client:
        found: dict[str, Any] = client.get("/queue/party/tracks.json", follow_redirects=True).json()
    return next(iter(found))


def listed(server: LiveServer) -> list[str]:
    """The ids of the items."""
    with server.client() as client:
        return [item["id"] for item in client.get("/queue/party/queue.json").json()["items"]]


@contextmanager
def guests_adding(server: LiveServer, track: str, answered: list[str]) -> Iterator[None]:
    """Fifty of them, one after the other, until the end."""
    ended = threading.Event()

    def add() -> None:
        with httpx.Client(base_url=server.url, timeout=20, verify=NO_TLS) as client:
            number = 0
            while not ended.is_set():
                number = (number + 1) % 50
                cookies = {"Cookie": f"session_id=guest-number-{number:012}"}
                body = {"track_id": track, "performer_name": f"Guest {number}"}
                answer = client.post("/queue/party/", json=body, headers=cookies)
                if answer.status_code == 201:
                    answered.append(answer.json()["id"])
                ended.wait(0.01)

    adding = threading.Thread(target=add)
    adding.start()
    try:
        yield
    finally:
        ended.set()
        adding.join()


def test_a_backup_under_load_is_a_server_on_a_new_machine(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    answered: list[str] = []
    with live_server(old, environment=GENEROUS) as server:
        with guests_adding(server, a_track(server), answered):
            until(lambda: len(answered) > 10, "ten adds")
            before = list(answered)
            saved = command(old, "backup", str(tmp_path / "saved"), "--keep", "3")
        whole = listed(server)
        server.end(signal.SIGKILL)
    assert saved.returncode == 0, saved.stderr
    assert "It holds keys and the hashes of passwords" in saved.stdout
    keeping_commands.put_back(house_settings("", new / "data"), tmp_path / "saved", over=False)
    with live_server(new) as server:
        items = listed(server)
        assert set(before) <= set(items) <= set(answered)
        assert items == [each for each in whole if each in set(items)]
        resumed = f"Resumed: 1 queue, {len(items)} songs wait; nothing that was answered is lost.\n"
        assert resumed in server.out.read_text()
        assert keeping_commands.check(house_settings("", new / "data"), repair=False) == 0


def test_whoever_is_killed_while_saving_or_restoring_leaves_nothing_half(tmp_path: Path, furnished: Path) -> None:
    saved = tmp_path / "saved"
    old, new = house_settings("", tmp_path / "data"), house_settings("", tmp_path / "new")
    shutil.copytree(furnished, old.data)
    saving = begun(tmp_path, "backup", str(saved))
    kill_when(saving, (saved / "unfinished").exists)
    until(lambda: not is_served(old.data), "the end of its Redis")
    with pytest.raises(StartRefused, match=f"There is no backup in {saved}"):
        keeping_commands.put_back(new, saved, over=False)
    keeping_commands.take_backup(old, saved, None)
    assert not (saved / "unfinished").exists()

    restoring = begun(tmp_path, "restore", str(saved), "--data", str(new.data))
    kill_when(restoring, (new.data / "restoring" / "redis").exists)
    started = command(tmp_path, "serve", "--data", str(new.data), "--port", "0")
    assert started.returncode == 1
    assert started.stderr.endswith(f"A restore into {new.data} did not end: begin it again, with --over.\n")
    keeping_commands.put_back(new, saved, over=True)


def kill_when(process: "subprocess.Popen[bytes]", is_true: Callable[[], bool]) -> None:
    until(lambda: is_true() or process.poll() is not None, "the moment", 60)
    process.kill()
    assert process.wait(20) == -signal.SIGKILL

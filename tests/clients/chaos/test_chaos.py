"""Ten kills with everything real, and the same with a Redis that forgets: chaos sees the difference."""

import os
import shutil
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from api_queue.clients.chaos.chaos import Chaos
from api_queue.clients.chaos.options import Options
from api_queue.clients.chaos.plan import Blow, plan
from api_queue.clients.chaos.verdict import Verdict, lines
from api_queue.clients.programs import below, lives
from api_queue.clients.transcript import Transcript
from tests.tools import needs

SHORT = Options(kills=10, guests=10, screens=2, patience_s=1, seed=4)


async def after(options: Options, log: Path) -> Verdict:
    transcript = Transcript(Console(file=StringIO()), log)
    try:
        return await Chaos(options, transcript).run()
    finally:
        transcript.close()


async def test_whatever_is_killed_nothing_that_was_answered_is_lost(tmp_path: Path) -> None:
    needs("mosquitto")
    log = tmp_path / "log"
    found = await after(SHORT, log)
    assert found.misses == (), "\n".join((log.read_text(), *lines(found)))
    assert found.blows.total() == len(list(plan(SHORT.seed, SHORT.kills)))
    assert found.ended == 0
    assert found.answers["done"] > SHORT.guests
    assert found.connections > SHORT.screens
    # And nothing of it stays
    left = [pid for pid in below(os.getpid()) if lives(pid) and "api_queue-chaos" in command(pid)]
    assert left == []


async def test_a_redis_that_forgets_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a Redis that keeps nothing on the disk, whatever it is told
    folder = tmp_path / "bin"
    folder.mkdir()
    forgetful = folder / "redis-server"
    forgetful.write_text(f'#!/bin/sh\nexec {needs("redis-server")} "$@" --appendonly no\n')
    forgetful.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    assert shutil.which("redis-server") == str(forgetful)
    # When only that one is killed
    monkeypatch.setattr("api_queue.clients.chaos.chaos.plan", lambda *_: [Blow(2, "redis", 0)])
    monkeypatch.setattr("api_queue.clients.chaos.chaos._WELL_S", 2)
    found = await after(Options(kills=1, guests=10, screens=1, patience_s=0.5, seed=1), tmp_path / "log")
    # Then songs are missing
    assert any("was added, and is gone" in sentence for sentence in found.lost)
    assert "what was answered is lost" in found.misses


def command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()

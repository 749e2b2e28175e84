"""A drill of half a minute with everything real: a short lease makes room for each blow.

Only what must hold on any machine is asserted. How soon and how near, which a machine that runs other tests beside it
cannot promise, is measured by `make drill`.
"""

import os
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from api_queue.clients.drill.drill import Drill
from api_queue.clients.drill.options import BROWSER, Options
from api_queue.clients.drill.plan import plan
from api_queue.clients.programs import below, lives
from api_queue.clients.transcript import Transcript
from tests.tools import chromium, needs

SHORT = Options(minutes=0.5, seed=182, lease_s=3)


def test_the_short_plan_has_each_blow() -> None:
    verbs = {strike.verb for strike in plan(SHORT.seed, SHORT.length_s, SHORT.lease_s)}
    assert {"choose", "pause", "seek", "next", "stale", "kill", "freeze", "server", "broker"} <= verbs


async def test_never_two_whatever_is_struck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    needs("mpv")
    chromium()
    monkeypatch.setenv("API_QUEUE_REDIS_URL", "unix:///a/server/that/is/not/the/drills")
    log = tmp_path / "log"
    transcript = Transcript(Console(file=StringIO()), log)
    found = await Drill(SHORT, transcript).run()
    transcript.close()

    assert found.overlaps == (), log.read_text()
    assert found.stale_taken == 0, log.read_text()
    assert found.sound_ms.keys() == {*SHORT.names, BROWSER}
    assert any(found.sound_ms.values()), log.read_text()
    assert [pid for pid in below(os.getpid()) if lives(pid) and "api_queue-drill" in command(pid)] == []


def command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()

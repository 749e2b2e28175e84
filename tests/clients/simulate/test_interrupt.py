"""Ctrl-C, when there is something to clean up."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from api_queue.clients.programs import below, lives
from tests.live import until


def test_ctrl_c_ends_all_that_was_started(tmp_path: Path) -> None:
    # Given a night whose server has begun to start
    command = [sys.executable, "-m", "api_queue", "simulate", "--guests", "100", "--hours", "24", "--order", "fifo"]
    simulating = subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, "TMPDIR": f"{tmp_path}"})
    until(lambda: [*tmp_path.glob("*/redis/redis.log")], "its server's Redis")
    started = [*below(simulating.pid)]
    # When it is interrupted
    simulating.send_signal(signal.SIGINT)
    # Then it says so, and leaves neither process nor file
    _, said = simulating.communicate(timeout=30)
    assert (simulating.returncode, said) == (1, b"interrupted: no verdict\n")
    until(lambda: not any(map(lives, started)), "the end of all processes")
    assert [*tmp_path.iterdir()] == []

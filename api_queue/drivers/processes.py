"""External programs (Redis, a broker) that live as long as we do: watched, restarted, never orphaned."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import structlog

from api_queue.drivers import parent_death
from api_queue.errors import StartRefused

#: Seconds before what died is started again: at once, then slower while it keeps dying.
FIRST_DELAY_S, LONGEST_DELAY_S = 0.1, 5.0
#: A death this long after the one before is a first one again.
WELL_AFTER_S = 10.0
#: Seconds for a first start: the log of a long season takes its time on a small machine.
START_TIMEOUT_S = 60.0

_log = structlog.get_logger()


class Backoff:
    """How long to wait after a death, of which each is told once."""

    def __init__(self) -> None:
        self._delay_s = FIRST_DELAY_S
        self._last_death_s = -WELL_AFTER_S

    def delay_s(self, now_s: float) -> float:
        well = now_s - self._last_death_s >= WELL_AFTER_S
        self._delay_s = FIRST_DELAY_S if well else min(self._delay_s * 2, LONGEST_DELAY_S)
        self._last_death_s = now_s
        return self._delay_s


class Program:
    """`answers` says whether it serves; what it prints goes to the end of `log`; `env` is added to our own. A `command`
    that can be called is so at each start.

    Files of `held` stay open in it: a lock on one of them is free when both of us have ended.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str] | Callable[[], Sequence[str]],
        log: Path,
        answers: Callable[[], bool],
        env: Mapping[str, str] | None = None,
        held: Sequence[int] = (),
    ) -> None:
        self.name = name
        self._command = command if callable(command) else lambda: command
        self._log = log
        self._answers = answers
        self._env = env or {}
        self._held = held
        self._child: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._spawning = threading.Lock()
        # A thread of its own for as long as we live: parent_death says why.
        self._keeper = threading.Thread(target=self._keep, name=f"keep-{name}", daemon=True)

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def start(self) -> None:
        """Returns when it answers. Raises StartRefused when it ends instead, or takes too long."""
        self._keeper.start()
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if self._first_child_ended() or time.monotonic() > deadline:
                self.stop()
                raise StartRefused(reason=f"{self.name} does not start: {self._last_words()}")
            time.sleep(0.01)

    def stop(self, grace_s: float = 10.0) -> None:
        """SIGTERM, and SIGKILL after `grace_s`."""
        with self._spawning:
            self._stopping.set()
            child = self._child
        if child is None:
            return
        child.terminate()
        try:
            child.wait(grace_s)
        except subprocess.TimeoutExpired:
            child.kill()
        self._keeper.join()

    def _keep(self) -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGTERM, signal.SIGINT))  # they are for the main thread
        backoff = Backoff()
        while child := self._spawn():
            status = child.wait()
            if self._stopping.is_set():
                return
            delay_s = backoff.delay_s(time.monotonic())
            _log.warning("a program ended and is started again", program=self.name, status=status, delay_s=delay_s)
            self._stopping.wait(delay_s)

    def _spawn(self) -> subprocess.Popen[bytes] | None:
        with self._spawning:
            if self._stopping.is_set():
                return None
            with self._open_log() as log:
                self._child = subprocess.Popen(  # noqa: S603 - our own command, and no shell reads it
                    _with_parent(self._command()),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    pass_fds=self._held,
                    env={**os.environ, **self._env},
                    start_new_session=True,  # Ctrl-C in the terminal is for us; we stop them last
                )
            return self._child

    def _open_log(self) -> BinaryIO:
        """What it says is lost where the disk takes nothing any more; that is no reason not to start it."""
        try:
            return self._log.open("ab")
        except OSError:
            return Path(os.devnull).open("ab")

    def _first_child_ended(self) -> bool:
        return self._child is not None and self._child.poll() is not None

    def _last_words(self) -> str:
        said = self._log.read_text(errors="replace").split("\n")
        return next((line.strip() for line in reversed(said) if line.strip()), f"{self._command()[0]} said nothing.")


def _with_parent(command: Sequence[str]) -> list[str]:
    script = parent_death.__file__
    return [sys.executable, "-I", "-S", script, str(os.getpid()), str(int(signal.SIGTERM)), *command]

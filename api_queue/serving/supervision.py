"""Sanic's manager, with what it lacks.

By itself it hangs for ever on a signal that comes before all workers are ready, kills its whole process group when
one of them fails to start, and does not start again what dies (`docs/decisions/0001-processes.md`).
"""

import math
import signal
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import structlog
from sanic.worker.constants import ProcessState
from sanic.worker.manager import WorkerManager
from sanic.worker.process import WorkerProcess

from api_queue.drivers.processes import Backoff
from api_queue.serving.forking import ENDING

#: Seconds that all web workers together have until they are ready.
START_TIMEOUT_S = 60.0
#: Seconds in which the first tracks of the library are waited for.
MUSIC_TIMEOUT_S = 10.0
#: Seconds between a stop and the kill of what is still there.
STOP_TIMEOUT_S = 8.0
TICK_S = 0.1
#: Seconds for which a process that cannot be started is tried again. Longer, and it is we who are at fault.
RESTART_TIMEOUT_S = 10.0
#: Seconds until a signal that was sent is heard, on a busy machine.
HEARING_S = 0.5

_log = structlog.get_logger()


class Supervision:
    """Two threads: the main one runs Sanic's manager, the watch does what the manager would not."""

    def __init__(self, manager: WorkerManager, has_music: Callable[[], bool], when_ready: Callable[[], None]) -> None:
        self.failed = False
        self._manager = manager
        self._has_music = has_music
        self._when_ready = when_ready
        self._ready = False
        self._ending = False
        self._told: set[int] = set()
        self._backoffs: defaultdict[str, Backoff] = defaultdict(Backoff)
        #: By name: of whom that has died, and when the next one is asked for.
        self._due_s: dict[str, tuple[int | None, float]] = {}
        self._start_again = manager.restart

    def take_over(self) -> None:
        """In `main_process_ready`, before the manager starts anything, with ENDING blocked in all threads."""
        self._manager.wait_for_ack = self._wait_until_ready  # type: ignore[method-assign]  # see the module's text
        self._manager.restart = self._restart  # type: ignore[assignment, method-assign]
        for number in ENDING:  # multiprocessing unblocks them when it has to start its resource tracker again
            signal.signal(number, self._on_signal)
        threading.Thread(target=self._watch, name="watch", daemon=True).start()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._ending = True

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._ending and not self._all_ready():
            if time.monotonic() > deadline or not all(map(WorkerProcess.is_alive, self._manager.transient_processes)):
                return self._give_up()
            time.sleep(0.02)
        self._wait_for_music()
        if not self._ending:
            self._when_ready()
            self._ready = True
        return None

    def _wait_for_music(self) -> None:
        """Whoever reads that we are ready adds a track at once. From the second start on it is known already."""
        deadline = time.monotonic() + MUSIC_TIMEOUT_S
        while not self._ending and time.monotonic() < deadline and not self._has_music():
            time.sleep(0.05)

    def _all_ready(self) -> bool:
        return bool(self._manager._all_workers_ack())  # type: ignore[no-untyped-call]

    def _give_up(self) -> None:
        """Unless we are told to end as well: whoever tells a whole group may be heard by a worker first."""
        time.sleep(HEARING_S)
        while self._manager.monitor_subscriber.poll():
            self._manager.monitor_subscriber.recv()  # "__TERMINATE_EARLY__", as we know already
        self._leave()  # again, should the watch have said so meanwhile
        self.failed = not self._ending
        self._ending = True

    def _watch(self) -> None:
        while not self._ending:
            if signal.sigtimedwait(ENDING, TICK_S):
                self._ending = True
            elif self._ready:
                self._restart_the_dead()
        self._leave()
        deadline = time.monotonic() + STOP_TIMEOUT_S
        hurry = False
        while True:
            self._end_the_living(kill=hurry)
            hurry = bool(signal.sigtimedwait(ENDING, TICK_S)) or hurry or time.monotonic() > deadline

    def _leave(self) -> None:
        """The monitor's loop, to wait for all to end."""
        self._manager.monitor_publisher.send(None)

    # -- dying ---------------------------------------------------------------------------------------------------

    def _restart_the_dead(self) -> None:
        now_s = time.monotonic()
        for process in self._dead():
            pid, due_s = self._due_s.get(process.name, (None, math.inf))
            if pid != process.pid:
                due_s = now_s + self._backoffs[process.name].delay_s(now_s)
                _log.warning("a process ended and is started again", process=process.name, status=process.exitcode)
            if due_s <= now_s:
                due_s = math.inf  # asked once; the next one has another pid
                self._manager.monitor_publisher.send(f"{process.name}:")
            self._due_s[process.name] = process.pid, due_s

    def _restart(self, process_names: list[str], **how: Any) -> None:
        """In the manager's thread. The fork server may die meanwhile: there is another one at the next try. Where none
        helps (its socket was removed, memory is used up) all of us end: whoever has started us does so again.
        """
        deadline = time.monotonic() + RESTART_TIMEOUT_S
        while not self._ending:
            try:
                self._start_again(process_names, **how)
            except (OSError, EOFError) as error:
                _log.warning("a process could not be started", processes=process_names, reason=repr(error))
            else:
                return
            self._allow_again(process_names)
            time.sleep(TICK_S)
            if time.monotonic() > deadline and not self._ending:
                self.failed = self._ending = True

    def _allow_again(self, process_names: list[str]) -> None:
        for process in (*self._manager.transient_processes, *self._manager.durable_processes):
            if process.name in process_names:
                process.set_state(ProcessState.FAILED, force=True)  # else it may not be started again

    def _dead(self) -> Iterator[WorkerProcess]:
        final = (ProcessState.FAILED, ProcessState.COMPLETED)
        return (process for process in list(self._manager.processes) if process.restartable and process.state in final)

    # -- ending --------------------------------------------------------------------------------------------------

    def _end_the_living(self, *, kill: bool) -> None:
        """SIGTERM once to each, also to one that was being started meanwhile; then, maybe, SIGKILL."""
        for process in list(self._manager.processes):
            if process.is_alive() and kill:
                _log.warning("a process did not end in time and is killed", process=process.name)
                process._current_process.kill()
            elif process.is_alive() and process.pid not in self._told:
                self._told.add(process.pid)
                process._current_process.terminate()

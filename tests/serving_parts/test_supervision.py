"""What the watch does with processes that die, that are being started, or that do not want to end."""

import math
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from sanic.worker.constants import ProcessState
from structlog.testing import capture_logs

from api_queue.serving import supervision
from api_queue.serving.supervision import Supervision


@dataclass
class Process:
    """As Sanic's manager describes one, with what was done to it."""

    name: str
    pid: int
    state: ProcessState = ProcessState.ACKED
    restartable: bool = True
    exitcode: int = -9
    alive: bool = True
    done: list[str] = field(default_factory=list)

    @property
    def _current_process(self) -> "Process":
        return self

    def set_state(self, state: ProcessState, *, force: bool) -> None:
        assert force
        self.state = state

    def is_alive(self) -> bool:
        return self.alive

    def terminate(self) -> None:
        self.done.append("terminate")

    def kill(self) -> None:
        self.done.append("kill")


@dataclass
class Manager:
    processes: list[Process]
    sent: list[str | None] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)

    def restart(self, process_names: list[str], **_how: object) -> None:
        """As Sanic does it, and multiprocessing where the fork server is not there."""
        for process in self.processes:
            if process.name in process_names and process.state in {ProcessState.FAILED, ProcessState.COMPLETED}:
                process.state = ProcessState.STARTING
                if self.faults:
                    raise self.faults.pop(0)
                process.state = ProcessState.STARTED

    @property
    def transient_processes(self) -> list[Process]:
        return self.processes

    @property
    def durable_processes(self) -> list[Process]:
        return []

    @property
    def monitor_subscriber(self) -> "Manager":
        return self

    def poll(self) -> bool:
        return bool(self.sent)

    def recv(self) -> str | None:
        return self.sent.pop(0)

    def _all_workers_ack(self) -> bool:
        return all(process.state is ProcessState.ACKED for process in self.processes)

    @property
    def monitor_publisher(self) -> "Manager":
        return self

    def send(self, message: str | None) -> None:
        self.sent.append(message)


def watching(*processes: Process) -> tuple[Supervision, Manager]:
    manager = Manager(list(processes))
    return Supervision(cast("Any", manager), lambda: True, lambda: None), manager


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the clock."""
    now_s = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now_s[0])

    def later(seconds: float) -> None:
        now_s[0] += seconds

    return later


@pytest.fixture
def no_waiting(later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was slept, without sleeping."""
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        later(seconds)

    monkeypatch.setattr(time, "sleep", sleep)
    return slept


# -- starting --------------------------------------------------------------------------------------------------


def started(music: Callable[[], bool], *processes: Process) -> tuple[Supervision, list[str]]:
    """A start, through to its end one way or another."""
    said: list[str] = []
    watch = Supervision(cast("Any", Manager(list(processes))), music, lambda: said.append("ready"))
    watch._wait_until_ready()
    return watch, said


def test_it_is_ready_when_all_workers_are_and_there_is_music(no_waiting: list[float]) -> None:
    answers = iter([False, False, True])
    watch, said = started(lambda: next(answers), Process("web", 1))
    assert (said, watch.failed, len(no_waiting)) == (["ready"], False, 2)


def test_it_does_not_wait_for_ever_for_music(no_waiting: list[float]) -> None:
    _, said = started(lambda: False, Process("web", 1))
    assert said == ["ready"]
    assert sum(no_waiting) == pytest.approx(supervision.MUSIC_TIMEOUT_S, abs=0.1)


def test_a_worker_that_died_before_it_was_ready_fails_the_start(no_waiting: list[float]) -> None:
    watch, said = started(lambda: True, Process("web", 1, ProcessState.STARTED, alive=False))
    assert (said, watch.failed, no_waiting) == ([], True, [supervision.HEARING_S])


def test_a_worker_that_was_told_to_end_as_we_are_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a worker that heard the signal of the whole group before we did
    watch = Supervision(cast("Any", Manager([Process("web", 1, ProcessState.STARTED, alive=False)])), bool, print)
    monkeypatch.setattr(time, "sleep", lambda _seconds: watch._on_signal(signal.SIGTERM, None))
    watch._wait_until_ready()
    assert not watch.failed


def test_the_word_to_leave_is_kept_though_a_worker_has_ended_before(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a worker that says that it ended too early, and a watch that hears the same signal just then
    manager = Manager([Process("web", 1, ProcessState.STARTED, alive=False)], sent=["__TERMINATE_EARLY__"])
    watch = Supervision(cast("Any", manager), bool, print)

    def watch_hears(_seconds: float) -> None:
        watch._on_signal(signal.SIGTERM, None)
        manager.send(None)

    monkeypatch.setattr(time, "sleep", watch_hears)
    watch._wait_until_ready()
    # Then the monitor that begins now leaves its loop at once
    assert manager.sent == [None]


def test_a_worker_that_is_never_ready_fails_it_in_the_end(no_waiting: list[float]) -> None:
    watch, said = started(lambda: True, Process("web", 1, ProcessState.STARTED))
    assert (said, watch.failed) == ([], True)
    assert sum(no_waiting) == pytest.approx(supervision.START_TIMEOUT_S + supervision.HEARING_S, abs=0.1)


@pytest.mark.parametrize("state", [ProcessState.STARTED, ProcessState.ACKED])
def test_who_ends_us_meanwhile_is_not_told_that_we_are_ready(no_waiting: list[float], state: ProcessState) -> None:
    said: list[str] = []
    manager = cast("Any", Manager([Process("web", 1, state)]))
    watch = Supervision(manager, lambda: False, lambda: said.append("ready"))
    watch._on_signal(15, None)
    watch._wait_until_ready()
    assert (said, watch.failed, no_waiting) == ([], False, [])


# -- dying -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [ProcessState.FAILED, ProcessState.COMPLETED])
def test_what_has_died_is_started_again_once(later: Callable[[float], None], state: ProcessState) -> None:
    watch, manager = watching(Process("Sanic-relay-0", 7, state))
    with capture_logs() as logs:
        for _ in range(5):
            watch._restart_the_dead()
            later(60)
    assert manager.sent == ["Sanic-relay-0:"]
    assert [(line["process"], line["status"]) for line in logs] == [("Sanic-relay-0", -9)]


@pytest.mark.parametrize(
    "process",
    [
        Process("Sanic-Server-0-0", 7, ProcessState.ACKED),
        Process("Sanic-Server-0-0", 7, ProcessState.STARTED),
        Process("Sanic-scan-0", 7, ProcessState.COMPLETED, restartable=False),
    ],
    ids=["lives", "starts", "was only a scan"],
)
def test_what_lives_or_is_done_is_left_alone(process: Process) -> None:
    watch, manager = watching(process)
    watch._restart_the_dead()
    assert manager.sent == []


def test_what_dies_again_and_again_waits_longer_and_longer(later: Callable[[float], None]) -> None:
    process = Process("Sanic-relay-0", 1, ProcessState.FAILED)
    watch, manager = watching(process)
    waits = []
    for pid in range(1, 6):
        process.pid = pid
        waited = 0.0
        while len(manager.sent) < pid:
            watch._restart_the_dead()
            later(0.05)
            waited += 0.05
            assert waited < 120
        waits.append(waited)
    assert waits == sorted(waits)
    assert waits[-1] > waits[0]


def test_one_that_dies_does_not_hold_up_another(later: Callable[[float], None]) -> None:
    relay, web = Process("relay", 1, ProcessState.FAILED), Process("web", 9)
    watch, manager = watching(relay, web)
    # Given one that dies as soon as it is there
    for relay.pid in range(10, 20):
        watch._restart_the_dead()
        later(0.1)
    # When another one dies for the first time
    web.state, manager.sent[:] = ProcessState.FAILED, []
    watch._restart_the_dead()
    later(0.5)
    watch._restart_the_dead()
    # Then it does not have to wait for that
    assert manager.sent == ["web:"]


def test_what_could_not_be_started_is_tried_again_at_once(no_waiting: list[float]) -> None:
    # Given one that died with the fork server, which dies again while it is started, three times
    process = Process("relay", 7, ProcessState.FAILED)
    watch, manager = watching(process)
    manager.faults = [EOFError("unexpected EOF"), ConnectionRefusedError(), BrokenPipeError()]
    # When the manager does what the watch has asked for / Then it goes on, and the process is there
    with capture_logs() as logs:
        watch._restart(["relay"], reloaded_files="")
    assert process.state is ProcessState.STARTED
    assert [line["processes"] for line in logs] == [["relay"]] * 3
    assert no_waiting == [supervision.TICK_S] * 3


def test_what_cannot_be_started_at_all_ends_the_server(no_waiting: list[float]) -> None:
    # Given a fork server whose socket was removed with other old files
    watch, manager = watching(Process("web", 7, ProcessState.FAILED))
    manager.faults = [FileNotFoundError()] * 1000
    # When a process is to be started / Then it is not tried for ever, and whoever started us is told
    watch._restart(["web"])
    assert watch.failed
    assert sum(no_waiting) == pytest.approx(supervision.RESTART_TIMEOUT_S, abs=2 * supervision.TICK_S)


def test_a_process_with_the_number_of_one_that_died_long_ago_is_started_again(later: Callable[[float], None]) -> None:
    # Given a server that has run for so long that the numbers of processes come round
    relay, web = Process("relay", 7, ProcessState.FAILED), Process("web", 8)
    watch, manager = watching(relay, web)
    for _ in range(2):
        watch._restart_the_dead()
        later(60)
    # When one dies whose number was another's
    relay.pid, relay.state = 9, ProcessState.ACKED
    web.pid, web.state = 7, ProcessState.FAILED
    for _ in range(2):
        watch._restart_the_dead()
        later(60)
    assert manager.sent == ["relay:", "web:"]


def test_who_ends_us_ends_the_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, manager = watching(Process("relay", 7, ProcessState.FAILED))
    manager.faults = [EOFError("unexpected EOF")] * 2
    monkeypatch.setattr(time, "sleep", lambda _seconds: watch._on_signal(signal.SIGTERM, None))
    watch._restart(["relay"])
    assert len(manager.faults) == 1


# -- ending ----------------------------------------------------------------------------------------------------


def test_each_is_told_to_end_once_also_one_that_came_meanwhile() -> None:
    first, second = Process("web", 1), Process("web", 2)
    watch, manager = watching(first)
    watch._end_the_living(kill=False)
    manager.processes.append(second)
    watch._end_the_living(kill=False)
    assert (first.done, second.done) == (["terminate"], ["terminate"])


def test_who_does_not_end_in_time_is_killed_and_named() -> None:
    process = Process("Sanic-Server-0-0", 1)
    watch, _ = watching(process, Process("ended", 2, alive=False))
    with capture_logs() as logs:
        watch._end_the_living(kill=True)
    assert process.done == ["kill"]
    assert [line["process"] for line in logs] == ["Sanic-Server-0-0"]


@pytest.mark.parametrize(("again", "after_s"), [(None, supervision.STOP_TIMEOUT_S), (signal.SIGTERM, 0)])
def test_it_is_killed_when_its_time_is_up_or_we_are_told_again(
    later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch, again: int | None, after_s: float
) -> None:
    class Killed(Exception):
        """How the watch ends here."""

    class Stubborn(Process):
        def kill(self) -> None:
            raise Killed

    def wait(_numbers: object, seconds: float) -> int | None:
        later(seconds)
        return again

    monkeypatch.setattr(signal, "sigtimedwait", wait)
    # Given a process that hears nothing
    watch, _ = watching(Stubborn("web", 1))
    watch._on_signal(signal.SIGTERM, None)
    begun_s = time.monotonic()
    # Then it is waited for as long, and no longer
    with pytest.raises(Killed):
        watch._watch()
    assert time.monotonic() - begun_s == pytest.approx(after_s, abs=2.5 * supervision.TICK_S)


def test_nobody_waits_longer_than_a_supervisor_would() -> None:
    assert 0 < supervision.TICK_S < supervision.STOP_TIMEOUT_S < 10 < supervision.START_TIMEOUT_S < math.inf

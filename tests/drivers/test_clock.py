"""A clock that was set is told from time that passes, and from a process that had to wait."""

import pytest

from api_queue.drivers.clock import STEP_MS, StepWatch, SystemClock, steady_ms
from tests.queues.builders import FakeClock


def test_nobody_has_set_this_machines() -> None:
    watch = StepWatch(SystemClock())
    assert watch.step_ms() == 0


@pytest.mark.parametrize("step_ms", [3_600_000, -3_600_000, STEP_MS, -STEP_MS])
def test_a_step_is_told_once(step_ms: int) -> None:
    clock, steady = FakeClock(), FakeClock(0)
    watch = StepWatch(clock, steady.now_ms)
    # Given time that passes
    _pass_s(10, clock, steady)
    assert watch.step_ms() == 0
    # When the clock is set while more of it does
    _pass_s(5, clock, steady)
    clock.ms += step_ms
    assert watch.step_ms() == step_ms
    assert watch.step_ms() == 0


def test_what_wanders_is_no_step() -> None:
    clock, steady = FakeClock(), FakeClock(0)
    watch = StepWatch(clock, steady.now_ms)
    for _ in range(100):
        _pass_s(1, clock, steady)
        clock.ms += 1
        assert watch.step_ms() == 0


def test_the_steady_one_goes_on() -> None:
    before = steady_ms()
    assert 0 <= steady_ms() - before < 60_000


def _pass_s(seconds: float, *clocks: FakeClock) -> None:
    for clock in clocks:
        clock.pass_s(seconds)

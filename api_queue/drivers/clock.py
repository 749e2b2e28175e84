"""The one place that reads the time; tests hand in a clock of their own."""

import time
from collections.abc import Callable
from typing import Final, Protocol

#: Goes on while the machine sleeps; where there is none the monotonic clock has to do.
_STEADY: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
#: Less is how far clocks wander, or a process that had to wait between two looks.
STEP_MS: Final = 1_000


class Clock(Protocol):
    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC."""


class SystemClock:
    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


def steady_ms() -> int:
    """Nobody sets it. It says nothing but how much time has passed."""
    return time.clock_gettime_ns(_STEADY) // 1_000_000


class StepWatch:
    """By how much `clock` was set: by an operator, or by NTP on a machine that did not know the time at its start."""

    def __init__(self, clock: Clock, steady: Callable[[], int] = steady_ms) -> None:
        self._clock = clock
        self._steady = steady
        self._apart_ms = self._look()

    def step_ms(self) -> int:
        """Since it was asked last; 0 is what it nearly always is."""
        apart_ms = self._look()
        step_ms = apart_ms - self._apart_ms
        self._apart_ms = apart_ms
        return step_ms if abs(step_ms) >= STEP_MS else 0

    def _look(self) -> int:
        return self._clock.now_ms() - self._steady()

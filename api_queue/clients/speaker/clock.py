"""The time of this machine, and the server's, which is told in answers."""

import time
from collections import deque
from typing import Final

#: An offset is believed for as many exchanges: two clocks part by less than a millisecond in that time.
_KEPT: Final = 12
#: The server tells whole milliseconds, and the two clocks part a little in a minute.
_ROUNDED_MS: Final = 10
#: Goes on while the machine sleeps; where there is none the monotonic clock has to do.
_STEADY: Final = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def local_ms() -> float:
    return time.clock_gettime_ns(_STEADY) / 1e6


class ServerClock:
    """The offset of the exchange that took the shortest: what delays an answer delays it on one of its two ways."""

    def __init__(self) -> None:
        self._exchanges: deque[tuple[float, float]] = deque(maxlen=_KEPT)

    def heard(self, clock_ms: int, sent_ms: float, received_ms: float) -> None:
        """`clock_ms` is what the server's clock showed between the two, which are local.

        An exchange that contradicts the one believed in ends all before it: the server's clock was set.
        """
        took_ms, offset_ms = received_ms - sent_ms, clock_ms - (sent_ms + received_ms) / 2
        if self._exchanges:
            shortest_ms, believed_ms = min(self._exchanges)
            if abs(offset_ms - believed_ms) > (took_ms + shortest_ms) / 2 + _ROUNDED_MS:
                self._exchanges.clear()
        self._exchanges.append((took_ms, offset_ms))

    @property
    def offset_ms(self) -> float:
        return min(self._exchanges)[1] if self._exchanges else time.time() * 1000 - local_ms()

    def at(self, moment_ms: float) -> float:
        """The server's time at a local moment."""
        return moment_ms + self.offset_ms

    def now_ms(self) -> float:
        return self.at(local_ms())

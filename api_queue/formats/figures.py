"""What a process has counted, on its way to whoever wants to see it. Names and sentences: `monitoring/catalogue.py`."""

from bisect import bisect_left
from typing import Final

import msgspec

#: Seconds up to which each bucket of a histogram counts; one more counts all that took longer.
BOUNDS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Figure(msgspec.Struct, frozen=True, array_like=True):
    """One value. With `buckets` it is a sum of seconds, and how many of them fell into each bucket."""

    name: str
    value: float
    labels: dict[str, str] = {}
    buckets: list[int] = []


class Histogram:
    """How long things took. prometheus-client's own costs ten times as much for each, since it locks."""

    __slots__ = ("_buckets", "_sum_s")

    def __init__(self) -> None:
        self._buckets = [0] * (len(BOUNDS_S) + 1)
        self._sum_s = 0.0

    def observe(self, seconds: float) -> None:
        self._buckets[bisect_left(BOUNDS_S, seconds)] += 1
        self._sum_s += seconds

    def figure(self, name: str, **labels: str) -> Figure:
        return Figure(name, self._sum_s, labels, list(self._buckets))

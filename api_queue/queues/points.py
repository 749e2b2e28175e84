"""Points: what a guest pays adds with. A purse fills by itself, and whoever has none yet has a full one.

Counted in thousandths ("milli"), so that a minute more is not nothing. `lua/points.lua` has the same rule.
"""

import math
from typing import Final

from msgspec import Struct

from api_queue.queues.settings import QueueSettings
from api_queue.types import ItemStatus, Milliseconds

_MINUTE_MS: Final = 60_000
_HOUR_S: Final = 3600


class Purse(Struct, frozen=True):
    """So many milli-points at `at_ms`; more by now, and never more than the queue's maximum."""

    milli: int
    at_ms: int

    @classmethod
    def from_text(cls, text: str) -> "Purse":
        milli, _, at_ms = text.partition("|")
        return cls(int(milli), int(at_ms))


def left(purse: Purse | None, settings: QueueSettings, now_ms: int) -> int:
    """Milli-points."""
    most = settings.points_max * 1000
    if purse is None:
        return most
    passed_ms = max(0, now_ms - purse.at_ms)
    return min(most, math.floor(purse.milli + passed_ms * settings.points_per_hour / _HOUR_S))


def spent(purse: Purse | None, settings: QueueSettings, milli: int, now_ms: int) -> Purse:
    """A clock that went back gains nothing, neither now nor when it has caught up."""
    at_ms = now_ms if purse is None else max(now_ms, purse.at_ms)
    return Purse(left(purse, settings, now_ms) - milli, at_ms)


def cost(duration_ms: Milliseconds) -> int:
    """Milli-points: one point for each started minute."""
    return -(-duration_ms // _MINUTE_MS) * 1000


def wait_ms(milli: int, settings: QueueSettings) -> int | None:
    """How long it takes until so many milli-points have come back; None: they never do."""
    return math.ceil(milli * _HOUR_S / settings.points_per_hour) + 1 if settings.points_per_hour else None


def given_back(duration_ms: Milliseconds, became: ItemStatus | None) -> int:
    """Milli-points of what was waiting or playing: all where it never played (None: it was taken off), half where a
    host skipped it.
    """
    share = {None: 1, "failed": 1, "skipped": 2}.get(became)
    return cost(duration_ms) // share if share else 0

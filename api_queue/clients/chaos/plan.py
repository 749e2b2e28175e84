"""Who is killed and who is stopped for a while, and when: pure, and the same for the same seed.

Parts are drawn from a bag in which each lies at least once, so that ten kills have hit all of them.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Part = Literal["web", "relay", "conductor", "worker", "fork", "redis", "broker", "server"]

_BAG: Final[tuple[Part, ...]] = ("web", "web", "relay", "conductor", "worker", "fork", "redis", "broker", "server")
#: The others only wait for their children.
_FROZEN: Final[tuple[Part, ...]] = ("web", "relay", "conductor", "worker", "redis", "broker")
#: A process is stopped after so many were killed.
_FREEZE_AFTER: Final = 8
#: Longer than the leases of relay and conductor, and than what a request waits for Redis.
_FROZEN_S: Final = (0.2, 6.0)
#: Between two blows: also while what the one before hit is not there yet.
_GAP_S: Final = (0.1, 1.0)


@dataclass(frozen=True, slots=True)
class Blow:
    """`gap_s` after the one before. `frozen_s`: it is stopped for so long; None: killed. `draw`, from 0 to 1: which."""

    gap_s: float
    part: Part
    draw: float
    frozen_s: float | None = None


def plan(seed: int, kills: int) -> Iterator[Blow]:
    dice = random.Random(seed)  # noqa: S311 - a seed is what we want
    bag: list[Part] = []
    for number in range(1, kills + 1):
        bag = bag or dice.sample(_BAG, len(_BAG))
        yield Blow(dice.uniform(*_GAP_S), bag.pop(), dice.random())
        if number % _FREEZE_AFTER == 0:
            yield Blow(dice.uniform(*_GAP_S), dice.choice(_FROZEN), dice.random(), dice.uniform(*_FROZEN_S))

"""How long to wait before the next try, so that a room full of speakers does not come back in one moment."""

import random
from typing import Final

FIRST_S: Final = 0.5
LONGEST_S: Final = 5.0


class Backoff:
    def __init__(self) -> None:
        self._tries = 0

    def reset(self) -> None:
        self._tries = 0

    def next_s(self) -> float:
        """0.5 s, twice as long each time, at most 5 s; of that between a half and all."""
        wait_s = min(FIRST_S * (1 << self._tries), LONGEST_S)
        self._tries = min(self._tries + 1, 10)
        return max(FIRST_S, wait_s * random.uniform(0.5, 1))  # noqa: S311 - spreads, protects nothing

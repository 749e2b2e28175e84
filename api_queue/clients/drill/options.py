"""What a drill is started with."""

import argparse
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from api_queue.errors import StartRefused

#: Names of the speakers that it can start.
NAMES: Final = ("Kitchen", "Hall", "Garden", "Cellar", "Attic")
BROWSER: Final = "Browser"
_PARTS: Final = frozenset({"browser", "mosquitto"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`without`: parts that are left out, of `browser` and `mosquitto`."""

    minutes: float = 10
    speakers: int = 2
    seed: int = field(default_factory=lambda: random.SystemRandom().randrange(1_000_000))
    lease_s: float = 15
    without: frozenset[str] = frozenset()
    log: Path | None = None

    @classmethod
    def of(cls, asked: argparse.Namespace) -> "Options":
        """Raises StartRefused."""
        without = frozenset(asked.without.split(",")) - {""}
        if without - _PARTS:
            raise StartRefused(reason=f"--without takes {' and '.join(sorted(_PARTS))}, not {asked.without!r}.")
        seed = {} if asked.seed is None else {"seed": asked.seed}
        return cls(
            minutes=asked.minutes,
            speakers=asked.speakers,
            lease_s=asked.lease,
            without=without,
            log=asked.log,
            **seed,
        )

    @property
    def length_s(self) -> float:
        return self.minutes * 60

    @property
    def names(self) -> tuple[str, ...]:
        return NAMES[: self.speakers]

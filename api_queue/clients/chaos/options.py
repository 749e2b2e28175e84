"""What chaos is started with."""

import argparse
import random
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`workers`: web workers of the server. `patience_s`: how long what is not answered is asked for again."""

    kills: int = 500
    guests: int = 50
    screens: int = 5
    workers: int = 2
    patience_s: float = 90
    seed: int = field(default_factory=lambda: random.SystemRandom().randrange(1_000_000))
    log: Path | None = None

    @classmethod
    def of(cls, asked: argparse.Namespace) -> "Options":
        seed = {} if asked.seed is None else {"seed": asked.seed}
        return cls(
            kills=asked.kills,
            guests=asked.guests,
            screens=asked.screens,
            workers=asked.workers,
            patience_s=asked.patience,
            log=asked.log,
            **seed,
        )

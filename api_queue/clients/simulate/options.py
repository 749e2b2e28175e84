"""What a night is simulated with."""

import argparse
import random
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal, cast, get_args

from api_queue.errors import StartRefused

Order = Literal["fifo", "fair", "weight"]
LimitModel = Literal["none", "token", "points"]

MOST_GUESTS: Final = 500
MOST_HOURS: Final = 24
_PICTURES: Final = frozenset({".png", ".svg", ".pdf"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One night is simulated for each of `orders`. `url`: a server that is there already; else one is started."""

    guests: int = 40
    hours: float = 4
    orders: tuple[Order, ...] = ("fair",)
    limit: LimitModel = "none"
    seed: int = field(default_factory=lambda: random.SystemRandom().randrange(1_000_000))
    url: str | None = None
    plot: Path | None = None
    json: Path | None = None

    @classmethod
    def of(cls, asked: argparse.Namespace) -> "Options":
        """Raises StartRefused."""
        _check(asked)
        seed = {} if asked.seed is None else {"seed": asked.seed}
        return cls(
            guests=asked.guests,
            hours=asked.hours,
            orders=_orders(asked.compare) if asked.compare else (asked.order,),
            limit=asked.limit,
            url=asked.url,
            plot=asked.plot,
            json=asked.json,
            **seed,
        )

    @property
    def length_ms(self) -> int:
        return round(self.hours * 3_600_000)


def _check(asked: argparse.Namespace) -> None:
    if not 1 <= asked.guests <= MOST_GUESTS:
        raise StartRefused(reason=f"--guests takes 1 to {MOST_GUESTS}, not {asked.guests}.")
    if not 0 < asked.hours <= MOST_HOURS:
        raise StartRefused(reason=f"--hours takes up to {MOST_HOURS}, not {asked.hours:g}.")
    if asked.url and asked.limit != "none":
        raise StartRefused(
            reason=f"--limit {asked.limit} counts minutes, which nobody can hurry at {asked.url}; leave --url out."
        )
    _check_files(asked.plot, asked.json)


def _check_files(plot: Path | None, json: Path | None) -> None:
    """Before a night is spent on them."""
    if plot and plot.suffix not in _PICTURES:
        raise StartRefused(reason=f"{plot} cannot be drawn: --plot takes a name that ends with .png, .svg or .pdf.")
    if plot and find_spec("matplotlib") is None:
        raise StartRefused(reason="A plot needs matplotlib: pip install 'api_queue[plot]'.")
    for file in filter(None, (plot, json)):
        if not file.parent.is_dir():
            raise StartRefused(reason=f"{file} cannot be written: there is no folder for it.")


def _orders(text: str) -> tuple[Order, ...]:
    """Each once."""
    named = tuple(dict.fromkeys(text.split(",")))
    if set(named) - set(get_args(Order)):
        raise StartRefused(reason=f"--compare takes {', '.join(get_args(Order))} with commas between, not {text!r}.")
    return cast("tuple[Order, ...]", named)

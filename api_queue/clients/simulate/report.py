"""What a simulated night tells: a table for people, one object for programs, and a verdict."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, Final

from rich import box
from rich.table import Table

from api_queue.clients.simulate.fairness import quantile
from api_queue.clients.simulate.night import Night
from api_queue.clients.simulate.options import Options

#: Turns by which one may be behind another: the round that is still going on.
MOST_BEHIND: Final = 1.0


def failures(nights: Sequence[Night]) -> tuple[str, ...]:
    """The promises of `fair` that were broken; the other orders make none."""
    return tuple(
        f"somebody is {night.fairness.behind:g} turns behind another (bar {MOST_BEHIND:g})"
        for night in nights
        if night.order == "fair" and night.fairness.behind > MOST_BEHIND
    )


def verdict(nights: Sequence[Night]) -> str:
    if broken := failures(nights):
        return f"not fair: {'; '.join(broken)}"
    return "fair" if any(night.order == "fair" for night in nights) else "only fair promises anything"


def as_json(options: Options, nights: Sequence[Night]) -> dict[str, Any]:
    """Times in ms."""
    return {
        "guests": options.guests,
        "hours": options.hours,
        "seed": options.seed,
        "limit": options.limit,
        "nights": [_night_json(night) for night in nights],
        "verdict": verdict(nights),
    }


def _night_json(night: Night) -> dict[str, Any]:
    return {
        "order": night.order,
        **asdict(night.fairness),
        "refusals": dict(night.refusals),
        "taken_back": night.taken_back,
        "latency_ms": _latency_json(night.latencies_ms),
        "rush": {"adds_per_s": round(night.adds_per_s), "latency_ms": _latency_json(night.rush_latencies_ms)},
    }


def _latency_json(latencies_ms: Sequence[float]) -> dict[str, float]:
    return {name: round(value, 1) for name, value in _latencies(latencies_ms).items()}


def _latencies(latencies_ms: Sequence[float]) -> dict[str, float]:
    return {f"p{share}": quantile(latencies_ms, share / 100) for share in (50, 95, 99)}


# -- for people ------------------------------------------------------------------------------------------------


def table(nights: Sequence[Night]) -> Table:
    """A column for each night."""
    shown = Table("", *(night.order for night in nights), box=box.SIMPLE_HEAD)
    for column in shown.columns[1:]:
        column.justify = "right"
    for name, tell in _ROWS.items():
        shown.add_row(name, *map(tell, nights))
    return shown


def _refusals(night: Night) -> str:
    return "\n".join(f"{code} {times}" for code, times in night.refusals.items()) or "none"


def _three(latencies_ms: Sequence[float]) -> str:
    return " / ".join(f"{value:.0f}" for value in _latencies(latencies_ms).values())


def _minutes(duration_ms: float) -> str:
    return f"{duration_ms / 60_000:.0f} min"


_ROWS: Final[dict[str, Callable[[Night], str]]] = {
    "songs sung": lambda night: f"{night.fairness.songs}",
    "wait, median": lambda night: _minutes(night.fairness.waits_ms.median),
    "wait, p90": lambda night: _minutes(night.fairness.waits_ms.p90),
    "wait, longest": lambda night: _minutes(night.fairness.waits_ms.max),
    "difference in turns": lambda night: f"{night.fairness.difference:g}",
    "behind another, at most": lambda night: f"{night.fairness.behind:g}",
    "Jain's index": lambda night: f"{night.fairness.jain:.2f}",
    "longest time without a turn": lambda night: _minutes(night.fairness.gap_ms),
    "songs of one, while another waited": lambda night: f"{night.fairness.overtaken}",
    "taken back": lambda night: f"{night.taken_back}",
    "refused": _refusals,
    "answer in ms, p50 / p95 / p99": lambda night: _three(night.latencies_ms),
    "all at once, p50 / p95 / p99": lambda night: _three(night.rush_latencies_ms),
    "adds a second, all at once": lambda night: f"{night.adds_per_s:.0f}",
}

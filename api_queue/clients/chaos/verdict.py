"""The judge's findings, each against its bar, which is none."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from api_queue.clients.chaos.wishes import Outcome

#: Of each kind so many are told.
_MOST: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`blows` by their names; `answers` by their outcomes. `ended`: how often the server has by itself, and was started
    again. `apart`: who shows something else than GET.
    """

    blows: Counter[str]
    ended: int
    answers: Counter[Outcome]
    repeated: int
    longest_s: float
    events: int
    connections: int
    resets: int
    retained_s: float
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    gaps: tuple[str, ...]
    apart: tuple[str, ...]

    @property
    def misses(self) -> tuple[str, ...]:
        """The bars that are missed; none: it is passed."""
        found = {
            "what was answered is lost": self.lost,
            "something is there twice": self.doubled,
            "a reader was not told everything in order": self.gaps,
            "a reader shows something else": self.apart,
            "nothing was done": not self.answers["done"],
        }
        return tuple(sentence for sentence, there in found.items() if there)


def lines(verdict: Verdict) -> Iterator[str]:
    """As people read it."""
    yield f"blows: {', '.join(f'{name} {count}' for name, count in sorted(verdict.blows.items()))}"
    yield f"the server ended by itself: {verdict.ended} times"
    answers = ", ".join(f"{outcome} {count}" for outcome, count in sorted(verdict.answers.items()))
    yield f"changes: {answers}; {verdict.repeated} were asked for again; at most {verdict.longest_s:.1f} s between two"
    yield f"screens: {verdict.events} events on {verdict.connections} connections, {verdict.resets} resets"
    yield f"retained topics equal to GET after {verdict.retained_s:.1f} s"
    for what, found in (
        ("lost", verdict.lost),
        ("twice", verdict.doubled),
        ("not in order", verdict.gaps),
        ("shown otherwise", verdict.apart),
    ):
        yield f"{what}: {len(found)} (bar 0)"
        yield from (f"    {sentence}" for sentence in found[:_MOST])
    yield f"verdict: {'; '.join(verdict.misses) or 'passed'}"

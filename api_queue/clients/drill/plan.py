"""What is done to the party, and when: pure, and the same for the same seed.

Acts are drawn from a bag in which each kind lies at least once, so that a short drill has all of them. At most one
speaker is down at a time: the promise is about the death of the active one while another is there.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Act = Literal["choose", "pause", "seek", "next", "options", "stale", "server", "broker", "kill", "freeze"]
Verb = Literal[Act, "play", "start", "thaw"]

_BAG: Final[tuple[Act, ...]] = (
    *("choose", "choose", "choose", "kill", "kill", "freeze"),
    *("pause", "seek", "next", "options", "stale", "server", "broker"),
)
#: What ends another strike: its act, and after how many leases, at least and at most.
_ENDS: Final[dict[str, tuple[Verb, float, float]]] = {
    "pause": ("play", 0.1, 0.4),
    "kill": ("start", 0.1, 1.6),
    "freeze": ("thaw", 1 / 15, 40 / 15),
}
_DOWN: Final = ("kill", "freeze")
#: Between two acts, in leases.
_GAP: Final = (0.1, 0.5)
#: In leases, before a death, so that a heartbeat has told where the music is; after it, so that nothing else ends the
#: silence.
_BEFORE: Final = 0.5
_AFTER_S: Final = 3.0
#: How often a speaker is chosen before: a browser cannot be struck, and a spare's death says less.
_AIMED: Final = 0.75
#: How often a death is waited for to its end; else whatever comes, comes.
_WAITED_FOR: Final = 0.75
#: Until a speaker that was started again is heard of, on a small machine.
_RISE_S: Final = 6.0
#: Until a server that was started again answers.
_RESTART_S: Final = 5.0
#: Speakers come before the browser where one is drawn.
_A_SPEAKER: Final = 0.0


@dataclass(frozen=True, slots=True)
class Strike:
    """`at_s` after the beginning. `draw`, from 0 to 1, decides on what, once it is known what there is."""

    at_s: float
    verb: Verb
    draw: float = 0


def plan(seed: int, length_s: float, lease_s: float) -> tuple[Strike, ...]:
    """In the order of time. The last ones leave room for all to be well again before `length_s` is over."""
    hand = _Hand(random.Random(seed), lease_s, length_s - lease_s - _RISE_S)  # noqa: S311 - a seed is what we want
    return tuple(sorted(hand.strikes(), key=lambda strike: strike.at_s))


class _Hand:
    """Draws one act after the other, and knows what its earlier ones have left: who is down, whether music plays."""

    def __init__(self, dice: random.Random, lease_s: float, last_s: float) -> None:
        self._dice = dice
        self._lease_s = lease_s
        self._last_s = last_s
        self._bag: list[Act] = []
        self._now_s = 0.0
        self._up_s = 0.0
        self._plays_s = 0.0

    def strikes(self) -> Iterator[Strike]:
        while True:
            self._now_s += self._leases(*_GAP)
            act = self._drawn()
            if act in _DOWN:
                yield from self._aim()
            if self._now_s > self._last_s:
                return
            if act:
                yield Strike(self._now_s, act, self._dice.random())
                yield from self._end(act)
                self._now_s += self._rest_s(act)

    def _drawn(self) -> Act | None:
        """None while nothing of what is left in the bag is possible."""
        self._bag = self._bag or self._dice.sample(_BAG, len(_BAG))
        act = next(filter(self._is_possible, self._bag), None)
        if act:
            self._bag.remove(act)
        return act

    def _is_possible(self, act: Act) -> bool:
        """Nobody dies while another is down, or while nothing plays; and a pause ends before the next begins."""
        if act in _DOWN:
            return self._now_s >= max(self._up_s, self._plays_s)
        return act != "pause" or self._now_s >= self._plays_s

    def _aim(self) -> Iterator[Strike]:
        if self._now_s <= self._last_s and self._dice.random() < _AIMED:
            yield Strike(self._now_s, "choose", _A_SPEAKER)
        self._now_s += self._leases(_BEFORE, _BEFORE)

    def _end(self, act: Act) -> Iterator[Strike]:
        if act not in _ENDS:
            return
        verb, least, most = _ENDS[act]
        over_s = min(self._now_s + self._leases(least, most), self._last_s)
        yield Strike(over_s, verb)
        if act in _DOWN:
            self._up_s = over_s + _RISE_S
        else:
            self._plays_s = over_s

    def _rest_s(self, act: Act) -> float:
        if act == "server":
            return _RESTART_S
        return self._lease_s + _AFTER_S if act in _DOWN and self._dice.random() < _WAITED_FOR else 0

    def _leases(self, least: float, most: float) -> float:
        return self._dice.uniform(least, most) * self._lease_s

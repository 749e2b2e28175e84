"""How fair a night was, in numbers: pure.

A party is whoever is counted as one: a guest, or the table of those who sit together. A song of two is half a turn for
each of them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from api_queue.clients.simulate.crowd import STEADY, Guest
from api_queue.clients.simulate.record import Request


@dataclass(frozen=True, slots=True)
class Spread:
    median: float
    p90: float
    max: float


@dataclass(frozen=True, slots=True)
class Fairness:
    """`waits_ms`: from the add to the first note, of all that was sung.

    The others are of the parties that were there as long (`turns`): the largest difference between two; how many turns
    one is `behind` another, at most; Jain's index (1: all the same); the longest time without a turn; how many songs of
    one were sung while one song of another waited, at most.
    """

    songs: int
    waits_ms: Spread
    turns: Mapping[str, float]
    difference: float
    behind: float
    jain: float
    gap_ms: int
    overtaken: int


def fairness(guests: Sequence[Guest], requests: Iterable[Request], length_ms: int) -> Fairness:
    kept = [request for request in requests if request.sung]
    sung = [request for request in kept if request.started_ms is not None]
    arrivals_ms = _arrivals_ms(guests)
    turns = dict.fromkeys(arrivals_ms, 0.0) | turns_of(_of(sung, arrivals_ms))
    return Fairness(
        songs=len(sung),
        waits_ms=spread([request.waited_ms for request in sung]),
        turns=turns,
        difference=max(turns.values(), default=0) - min(turns.values(), default=0),
        behind=behind(turns, _of(sung, arrivals_ms), arrivals_ms),
        jain=jain(turns.values()),
        gap_ms=max((_gap_ms(party, since_ms, sung, length_ms) for party, since_ms in arrivals_ms.items()), default=0),
        overtaken=overtaken(_of(kept, arrivals_ms)),
    )


def turns_of(sung: Iterable[Request]) -> dict[str, float]:
    turns: defaultdict[str, float] = defaultdict(float)
    for request in sung:
        turns[request.guest.party] += request.guest.charge
    return dict(turns)


def behind(turns: Mapping[str, float], sung: Sequence[Request], arrivals_ms: Mapping[str, int]) -> float:
    """Of another's songs, those in one's way: not those that were there first, nor those that were promised at once."""
    return max((_lead(party, sung, since_ms) - turns[party] for party, since_ms in arrivals_ms.items()), default=0)


def _lead(behind: str, sung: Iterable[Request], since_ms: int) -> float:
    counted = (request for request in sung if request.added_ms >= since_ms and not request.soon)
    others = (request for request in counted if request.guest.party != behind)
    return max(turns_of(others).values(), default=0)


def spread(values: Sequence[float]) -> Spread:
    """Of none, zeros."""
    return Spread(quantile(values, 0.5), quantile(values, 0.9), quantile(values, 1))


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest that at least `share` of them do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else 0


def jain(values: Iterable[float]) -> float:
    """From 1/n, where one has all, to 1, where all have the same (Jain, Chiu, Hawe 1984)."""
    shares = list(values)
    squares = sum(share * share for share in shares)
    return sum(shares) ** 2 / (len(shares) * squares) if squares else 1.0


def overtaken(requests: Sequence[Request]) -> int:
    return max((max(_sung_meanwhile(request, requests).values(), default=0) for request in requests), default=0)


def _sung_meanwhile(waiting: Request, requests: Iterable[Request]) -> Counter[str]:
    """How many of each other party."""
    return Counter(
        other.guest.party
        for other in requests
        if other.guest.party != waiting.guest.party
        and other.started_ms is not None
        and waiting.added_ms < other.started_ms
        and (waiting.started_ms is None or other.started_ms < waiting.started_ms)
    )


def _gap_ms(party: str, since_ms: int, sung: Iterable[Request], length_ms: int) -> int:
    starts_ms = (request.started_ms or 0 for request in sung if request.guest.party == party)
    moments_ms = sorted([since_ms, length_ms, *starts_ms])
    return max(later_ms - earlier_ms for earlier_ms, later_ms in pairwise(moments_ms))


def _arrivals_ms(guests: Iterable[Guest]) -> dict[str, int]:
    """Of the parties whose turns can be compared; a table is there when its first guest is."""
    steady = [guest for guest in guests if guest.kind in STEADY]
    return {guest.party: guest.arrives_ms for guest in sorted(steady, key=lambda guest: guest.arrives_ms, reverse=True)}


def _of(requests: Iterable[Request], parties: Iterable[str]) -> list[Request]:
    return [request for request in requests if request.guest.party in set(parties)]

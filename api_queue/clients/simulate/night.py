"""One night, from the opening of the doors to the last song; then all guests add at once."""

import asyncio
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from api_queue.clients.simulate.agenda import Agenda
from api_queue.clients.simulate.api import Added, Api, Song
from api_queue.clients.simulate.crowd import Guest, crowd
from api_queue.clients.simulate.fairness import Fairness, fairness
from api_queue.clients.simulate.options import LimitModel, Options, Order
from api_queue.clients.simulate.people import COMING_SOON, Bot, Host
from api_queue.clients.simulate.record import Record, Request
from api_queue.clients.simulate.server import Place
from api_queue.errors import StartRefused

#: So that there is a limit to meet.
_PER_GUEST: Final = 2
_RUSH_EACH: Final = 5
_RUSHES: Final = 5
_MINUTE_MS: Final = 60_000
#: Between two nights, so that nothing of the one counts in the other.
_APART_MS: Final = 60 * _MINUTE_MS


@dataclass(frozen=True, slots=True)
class Night:
    """`latencies_ms` of the night's requests and of the rush apart, sorted."""

    order: Order
    hours: float
    guests: Sequence[Guest]
    requests: Sequence[Request]
    fairness: Fairness
    refusals: Mapping[str, int]
    taken_back: int
    latencies_ms: Sequence[float]
    rush_latencies_ms: Sequence[float]
    adds_per_s: float

    @property
    def sung(self) -> list[Request]:
        """Those too whose song is on when the night ends."""
        return [request for request in self.requests if request.sung and request.started_ms is not None]


async def a_night(place: Place, options: Options, order: Order, told: Callable[[int], None]) -> Night:
    """`told` hears the time of the night, in ms. Raises StartRefused."""
    began_ms = place.now_ms + _APART_MS
    api = Api(place.url)

    def tell(now_ms: int) -> None:
        told(now_ms)
        place.tell(began_ms + now_ms)

    tell(0)
    try:
        songs = await api.songs()
        if not songs:
            raise StartRefused(reason=f"{place.url} has no music, so nobody can sing.")
        await api.make_queue(title="Simulated", **_settings(options, order, began_ms))
        try:
            return await _night(api, songs, options, order, tell)
        finally:
            await api.delete_queue()
    finally:
        await api.close()


def _settings(options: Options, order: Order, began_ms: int) -> dict[str, Any]:
    """What is the server's default is not sent: servers of before this rule take no such key."""
    end = datetime.fromtimestamp((began_ms + options.length_ms) / 1000, UTC).isoformat()
    of_model: dict[LimitModel, dict[str, Any]] = {
        "none": {},
        "points": {"limit_model": "points"},
        "token": {"limit_model": "token", "max_per_guest": _PER_GUEST, "event_end": end},
    }
    return {"order": order, "coming_soon_count": COMING_SOON, **of_model[options.limit]}


async def _night(api: Api, songs: Sequence[Song], options: Options, order: Order, tell: Callable[[int], None]) -> Night:
    guests, record, agenda = crowd(options.seed, options.guests, options.length_ms), Record(), Agenda(tell)
    for number, guest in enumerate(guests):
        dice = random.Random(f"{options.seed} {number}")  # noqa: S311 - a seed is what we want
        agenda.add(guest.arrives_ms, Bot(guest, api, record, songs, dice).look)
    agenda.add(min(guest.arrives_ms for guest in guests), Host(api, record).look)
    api.latencies_ms.clear()
    await agenda.run(options.length_ms)
    latencies_ms = sorted(api.latencies_ms)
    adds_per_s = await _rushes(api, songs, guests, options.length_ms, tell)
    return Night(
        order=order,
        hours=options.hours,
        guests=guests,
        requests=record.requests,
        fairness=fairness(guests, record.requests, options.length_ms),
        refusals=dict(record.refusals.most_common()),
        taken_back=record.taken_back,
        latencies_ms=latencies_ms,
        rush_latencies_ms=sorted(api.latencies_ms[len(latencies_ms) :]),
        adds_per_s=adds_per_s,
    )


async def _rushes(
    api: Api, songs: Sequence[Song], guests: Sequence[Guest], after_ms: int, tell: Callable[[int], None]
) -> float:
    """Adds a second that are taken when everybody adds at once, a minute apart."""
    taken, seconds = 0, 0.0
    await api.change_settings(limit_model="none", max_per_guest=None, event_end=None)
    for number in range(1, _RUSHES + 1):
        tell(after_ms + number * _MINUTE_MS)
        await api.command("clear")
        began_s = time.perf_counter()
        adds = (api.add(guest.name, guest.name, song) for guest in guests for song in songs[:_RUSH_EACH])
        taken += sum(isinstance(answer, Added) for answer in await asyncio.gather(*adds))
        seconds += time.perf_counter() - began_s
    return taken / seconds

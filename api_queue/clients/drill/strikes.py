"""Does to the party what the plan says, and notes whom it hit."""

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import httpx

from api_queue.clients.drill.host import Host
from api_queue.clients.drill.party import Party
from api_queue.clients.drill.plan import Strike
from api_queue.clients.drill.seen import Done, Outcome, Seen
from api_queue.clients.transcript import now_ms

#: Of a track: behind that it would end before much could be heard of it.
_SEEK: Final = 0.5
_VOLUMES: Final = (40, 70, 100)
T = TypeVar("T")


class Strikes:
    """`seen`: the session as it was last seen."""

    def __init__(self, party: Party, host: Host, seen: Callable[[], Seen]) -> None:
        self._party = party
        self._host = host
        self._seen = seen
        self._down: str | None = None

    async def strike(self, strike: Strike) -> Done:
        at_ms = now_ms()
        try:
            device, outcome = await self._do(strike)
        except httpx.HTTPError:
            device, outcome = None, "failed"
        return Done(at_ms, now_ms(), strike.verb, device, outcome)

    async def _do(self, strike: Strike) -> tuple[str | None, Outcome]:
        """Whom it hit."""
        device: str | None = None
        match strike.verb:
            case "kill" | "freeze":
                device = await self._fell(strike)
            case "start" | "thaw":
                device = await self._raise()
            case "server":
                await self._party.server.kill()
                await self._party.start_server()
            case "broker":
                await self._party.broker.kill()
                await self._party.broker.start()
            case "choose":
                device = await self._choose(strike.draw)
            case "stale":
                return None, await self._tell_stale()
            case "seek":
                await self._host.control(
                    "seek", position_ms=round((self._seen().duration_ms or 0) * _SEEK * strike.draw)
                )
            case "options":
                await self._host.control("options", volume=_drawn(_VOLUMES, strike.draw), shuffle=strike.draw < 0.5)
            case "pause" | "play" | "next":
                await self._host.control(strike.verb)
        return device, "done"

    async def _fell(self, strike: Strike) -> str:
        """The speaker that plays, if it is one that can be."""
        speakers, active = self._party.speakers, self._seen().speaker_name
        self._down = active if active in speakers else _drawn(tuple(speakers), strike.draw)
        assert self._down is not None
        if strike.verb == "freeze":
            speakers[self._down].freeze()
        else:
            await speakers[self._down].kill()
        return self._down

    async def _raise(self) -> str | None:
        raised, self._down = self._down, None
        if raised is not None:
            speaker = self._party.speakers[raised]
            speaker.thaw()
            if not speaker.runs:
                await speaker.start()
        return raised

    async def _choose(self, draw: float) -> str | None:
        there, active = await self._host.connected(), self._seen().speaker_name
        others = sorted(there.keys() - {active, self._down}, key=lambda name: name not in self._party.speakers)
        if not others:
            return None
        name = _drawn(others, draw)
        await self._host.control("speaker", device_id=there[name])
        return name

    async def _tell_stale(self) -> Outcome:
        return "refused" if await self._host.refuses_stale(self._seen()) else "done"


def _drawn(choices: Sequence[T], draw: float) -> T:
    return choices[min(int(draw * len(choices)), len(choices) - 1)]

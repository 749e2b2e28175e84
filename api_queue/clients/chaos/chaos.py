"""Chaos whole: a server is started, loaded and struck; the judge speaks, and nothing of it stays."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import aiomqtt
import httpx
from rich.console import Console

from api_queue.clients.chaos import judge
from api_queue.clients.chaos.api import Api
from api_queue.clients.chaos.broadcast import Broadcast, retained
from api_queue.clients.chaos.guests import Guest
from api_queue.clients.chaos.host import Host
from api_queue.clients.chaos.judge import GONE, Now
from api_queue.clients.chaos.options import Options
from api_queue.clients.chaos.plan import plan
from api_queue.clients.chaos.screens import Screen
from api_queue.clients.chaos.system import QUEUE, System
from api_queue.clients.chaos.verdict import Verdict, lines
from api_queue.clients.chaos.wishes import Wishes
from api_queue.clients.transcript import Transcript, unless_stopped
from api_queue.errors import StartRefused
from api_queue.types import TrackId

#: In which all that was struck is well again, and every reader has what there is.
_WELL_S: Final = 30.0
_LOOK_S: Final = 0.1


class Chaos:
    def __init__(self, options: Options, transcript: Transcript) -> None:
        self._options = options
        self._transcript = transcript
        self._wishes = Wishes()
        self._blows: Counter[str] = Counter()
        self._longest_s = 0.0

    async def run(self) -> Verdict:
        """Raises StartRefused when the server does not start, or a part of it does not come back."""
        options = self._options
        async with AsyncExitStack() as stack:
            system = System(Path(stack.enter_context(TemporaryDirectory(prefix="api_queue-chaos-"))), options.workers)
            stack.push_async_callback(system.end)
            await system.start()
            api = Api(system.url)
            stack.push_async_callback(api.close)
            screens = [Screen(system.url) for _ in range(options.screens)]
            broadcast = Broadcast(system.mqtt_port)
            readers = _together(broadcast.follow(), *(screen.follow() for screen in screens))
            stack.push_async_callback(_stopped, readers)
            await self._under_load(system, api, screens)
            return await self._judged(system, api, screens, broadcast)

    async def _under_load(self, system: System, api: Api, screens: Sequence[Screen]) -> None:
        options, wishes, ends = self._options, self._wishes, asyncio.Event()
        tracks = await _tracks(api)
        wishes.title = (await api.get(f"/queue/{QUEUE}/settings"))["title"]
        guests = [Guest(number, api, tracks, wishes, options) for number in range(options.guests)]
        host = Host(api, wishes, options.seed, lambda: screens[0].waiting)
        self._transcript.begin()
        load = _together(host.run(ends), *(guest.run(ends) for guest in guests))
        try:
            await self._strike(system)
            await system.whole()
            self._longest_s = api.longest_s  # those who only wait for their last answer are no load
            ends.set()
            await asyncio.gather(*load)
        finally:
            await _stopped(load)

    async def _strike(self, system: System) -> None:
        for blow in plan(self._options.seed, self._options.kills):
            await asyncio.sleep(blow.gap_s)
            if blow.frozen_s is None:
                self._happened(f"kill {blow.part}")
                await system.kill(blow.part, blow.draw)
            else:
                self._happened(f"stop {blow.part}")
                await system.freeze(blow.part, blow.draw, blow.frozen_s)

    def _happened(self, what: str) -> None:
        self._blows[what] += 1
        outcomes = self._wishes.outcomes
        self._transcript.happened(f"{what:<16} changes: {outcomes['done']} done, {outcomes['unknown']} unknown")
        self._transcript.move(f"{sum(self._blows.values())} blows, {outcomes['done']} changes")

    # -- the end -----------------------------------------------------------------------------------------------

    async def _judged(self, system: System, api: Api, screens: Sequence[Screen], broadcast: Broadcast) -> Verdict:
        now = await _now(api)
        apart = [f"screen {n} is at revision {s.replica.rev} of {now.rev}" for n, s in await _behind(screens, now.rev)]
        for number, screen in enumerate(screens):
            apart += [f"{what} of screen {number}" for what in judge.differences(screen.replica, now)]
        retained_s, differs = await _retained_differs(system.mqtt_port, now)
        told = [screen.told for screen in screens]
        whole = [each for each in told if all(event.name != "reset" for event in each)]
        found = [f"screen {n}: {gap}" for n, each in enumerate(told) for gap in judge.gaps(each)]
        return Verdict(
            blows=self._blows,
            ended=system.ended,
            answers=self._wishes.outcomes,
            repeated=self._wishes.repeated,
            longest_s=self._longest_s,
            events=sum(map(len, told)),
            connections=sum(screen.connections for screen in screens),
            resets=sum(event.name == "reset" for each in told for event in each),
            retained_s=retained_s,
            lost=(*judge.lost(self._wishes, now), *(judge.lost_moves(self._wishes, whole[0]) if whole else ())),
            doubled=tuple(judge.doubled(now)),
            gaps=(*found, *judge.late(broadcast.revs)),
            apart=(*apart, *differs),
        )


async def _tracks(api: Api) -> list[TrackId]:
    """As soon as there are any. Raises TimeoutError."""
    async with asyncio.timeout(_WELL_S):
        while not (tracks := await api.tracks()):  # noqa: ASYNC110 - of another program
            await asyncio.sleep(_LOOK_S)
    return tracks


async def _now(api: Api) -> Now:
    """As GET shows it once nothing changes any more."""
    loop = asyncio.get_running_loop()
    ends_s = loop.time() + _WELL_S
    while loop.time() < ends_s:
        try:
            now = await _seen(api)
            if now.session["revision"] == now.rev:
                return now
        except httpx.HTTPStatusError as error:
            if error.response.status_code == httpx.codes.NOT_FOUND:
                return GONE
        except httpx.HTTPError:
            pass  # it comes back
        await asyncio.sleep(_LOOK_S)
    raise StartRefused(reason=f"The server does not come to rest within {_WELL_S:g} s.")


async def _seen(api: Api) -> Now:
    listed = await api.get(f"/queue/{QUEUE}/items")
    over = (await api.get(f"/queue/{QUEUE}/history"))["items"]
    settings, session = await api.get(f"/queue/{QUEUE}/settings"), await api.get(f"/sessions/{QUEUE}")
    return Now(listed["rev"], listed["items"], over, settings, session)


async def _behind(screens: Sequence[Screen], rev: int) -> list[tuple[int, Screen]]:
    with suppress(TimeoutError):
        async with asyncio.timeout(_WELL_S):
            await asyncio.gather(*(screen.reach(rev) for screen in screens))
    return [(number, screen) for number, screen in enumerate(screens) if screen.replica.rev != rev]


async def _retained_differs(port: int, now: Now) -> tuple[float, list[str]]:
    """After how long nothing does any more, or how long that was waited for."""
    loop = asyncio.get_running_loop()
    began_s, differs = loop.time(), ["MQTT retains nothing"]
    while differs and loop.time() - began_s < _WELL_S:
        with suppress(aiomqtt.MqttError, TimeoutError):
            async with asyncio.timeout(_WELL_S / 6):
                differs = [f"{what} on MQTT" for what in judge.retained_differences(await retained(port), now)]
        await asyncio.sleep(_LOOK_S)
    return loop.time() - began_s, differs


def _together(*works: Coroutine[Any, Any, None]) -> list[asyncio.Task[None]]:
    return [asyncio.create_task(work, name="chaos") for work in works]


async def _stopped(tasks: Sequence[asyncio.Task[None]]) -> None:
    """What one of them failed by is raised."""
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            raise outcome


def run(options: Options) -> int:
    """The exit code: 1 when a bar is missed. Raises StartRefused."""
    transcript = Transcript(Console(), options.log)
    try:
        return asyncio.run(_said(options, transcript))
    finally:
        transcript.close()


async def _said(options: Options, transcript: Transcript) -> int:
    transcript.say(
        f"seed {options.seed}, {options.kills} kills, {options.guests} guests, "
        f"{options.screens} screens, {options.workers} workers"
    )
    found = await unless_stopped(Chaos(options, transcript).run(), transcript)
    for line in lines(found) if found else ():
        transcript.say(line)
    return 1 if found is None or found.misses else 0

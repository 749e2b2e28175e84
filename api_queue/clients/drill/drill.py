"""The drill whole: a party is started, struck and heard; the judge speaks, and nothing of it stays."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console

from api_queue.clients.drill.ears import Ear, MpvEar, listen
from api_queue.clients.drill.host import Host
from api_queue.clients.drill.options import BROWSER, Options
from api_queue.clients.drill.party import Party
from api_queue.clients.drill.plan import Strike, plan
from api_queue.clients.drill.record import Record
from api_queue.clients.drill.strikes import Strikes
from api_queue.clients.drill.verdict import Verdict, lines, verdict
from api_queue.clients.transcript import Transcript, now_ms, unless_stopped
from api_queue.errors import StartRefused

#: In which the devices come, and the first one is heard.
_READY_S: Final = 60
_LOOK_S: Final = 0.1


class Drill:
    def __init__(self, options: Options, transcript: Transcript) -> None:
        self._options = options
        self._transcript = transcript
        self._record = Record(transcript)

    async def run(self) -> Verdict:
        """Raises StartRefused when there is nothing to strike with, or a part of the party does not start."""
        options = self._options
        strikes = plan(options.seed, options.length_s, options.lease_s)
        if not strikes:
            raise StartRefused(
                reason=f"{options.minutes:g} minutes are too short for a lease of {options.lease_s:g} s."
            )
        async with AsyncExitStack() as stack:
            party = Party(options, Path(stack.enter_context(TemporaryDirectory(prefix="api_queue-drill-"))))
            stack.push_async_callback(party.end)
            await party.start()
            host = Host(party.url)
            stack.push_async_callback(host.close)
            await host.fill()
            ears: dict[str, Ear] = {name: MpvEar(party.socket(name)) for name in options.names}
            await self._add_browser(stack, party, ears)
            return await self._watched(party, host, ears, strikes)

    async def _add_browser(self, stack: AsyncExitStack, party: Party, ears: dict[str, Ear]) -> None:
        if "browser" in self._options.without:
            return
        try:
            from api_queue.clients.drill.browser import a_browser  # noqa: PLC0415 - it needs what is an extra

            ears[BROWSER] = await stack.enter_async_context(a_browser(party.url))
        except StartRefused as refused:
            self._transcript.say(refused.detail)
        except ModuleNotFoundError:
            self._transcript.say("No browser takes part: pip install 'api_queue[drill]'.")

    async def _watched(self, party: Party, host: Host, ears: dict[str, Ear], strikes: Sequence[Strike]) -> Verdict:
        watching = [asyncio.create_task(host.watch(self._record.saw), name="drill-eye")]
        for name, ear in ears.items():
            watching.append(asyncio.create_task(listen(ear, partial(self._record.heard, name)), name=f"drill-{name}"))
        try:
            began_ms = await self._until_music(host, len(ears))
            await self._strike(Strikes(party, host, lambda: self._record.last_seen), strikes)
            for task in filter(asyncio.Task.done, watching):
                task.result()  # an ear that broke has heard no overlap either
            return verdict(self._record.drill(began_ms, now_ms(), self._options.lease_s * 1000))
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, *(ear.close() for ear in ears.values()), return_exceptions=True)

    async def _until_music(self, host: Host, devices: int) -> float:
        """All devices are there, and one is heard; since when."""
        try:
            async with asyncio.timeout(_READY_S):
                while len(await host.connected()) < devices:  # noqa: ASYNC110 - of another program
                    await asyncio.sleep(_LOOK_S)
                self._transcript.begin()
                await host.control("play")
                while not self._record.sounding:  # noqa: ASYNC110
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError:
            raise StartRefused(
                reason=f"The party has no music within {_READY_S} s, before anything was done."
            ) from None
        return now_ms()

    async def _strike(self, hand: Strikes, strikes: Sequence[Strike]) -> None:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        for strike in strikes:
            await asyncio.sleep(max(0.0, began_s + strike.at_s - loop.time()))
            self._record.did(await hand.strike(strike))
        await asyncio.sleep(max(0.0, began_s + self._options.length_s - loop.time()))


def run(options: Options) -> int:
    """The exit code: 1 when a bar is missed. Raises StartRefused."""
    transcript = Transcript(Console(), options.log)
    try:
        return asyncio.run(_judged(options, transcript))
    finally:
        transcript.close()


async def _judged(options: Options, transcript: Transcript) -> int:
    transcript.say(
        f"seed {options.seed}, {options.minutes:g} min, {options.speakers} speakers, lease {options.lease_s:g} s"
    )
    found = await unless_stopped(Drill(options, transcript).run(), transcript)
    for line in lines(found, transcript.moment) if found else ():
        transcript.say(line)
    return 1 if found is None or found.misses else 0

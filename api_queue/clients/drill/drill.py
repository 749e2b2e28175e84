"""The drill whole: a party is started, struck and heard; the judge speaks, and nothing of it stays."""

import asyncio
import signal
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console

from api_queue.clients.drill import judge
from api_queue.clients.drill.ears import Ear, MpvEar, listen, now_ms
from api_queue.clients.drill.host import Host
from api_queue.clients.drill.options import BROWSER, Options
from api_queue.clients.drill.party import Party
from api_queue.clients.drill.plan import plan
from api_queue.clients.drill.seen import Done, Seen
from api_queue.clients.drill.sounds import Sample
from api_queue.clients.drill.strikes import Strikes
from api_queue.clients.drill.transcript import Transcript
from api_queue.clients.drill.verdict import Verdict, lines, verdict
from api_queue.errors import StartRefused

#: In which the devices come, and the first one is heard.
_READY_S: Final = 60
_LOOK_S: Final = 0.1


class Drill:
    def __init__(self, options: Options, transcript: Transcript) -> None:
        self._options = options
        self._transcript = transcript
        self._samples: dict[str, list[Sample]] = {}
        self._seen: list[Seen] = []
        self._done: list[Done] = []
        self._sounding: set[str] = set()

    async def run(self) -> Verdict:
        """Raises StartRefused when the party cannot be started."""
        async with AsyncExitStack() as stack:
            party = Party(self._options, Path(stack.enter_context(TemporaryDirectory(prefix="api_queue-drill-"))))
            stack.push_async_callback(party.end)
            await party.start()
            host = Host(party.url)
            stack.push_async_callback(host.close)
            await host.fill()
            ears: dict[str, Ear] = {name: MpvEar(party.socket(name)) for name in self._options.names}
            await self._add_browser(stack, party, ears)
            return await self._drill(party, host, ears)

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

    async def _drill(self, party: Party, host: Host, ears: dict[str, Ear]) -> Verdict:
        watching = [asyncio.create_task(host.watch(self._see), name="drill-watch")]
        for name, ear in ears.items():
            self._samples[name] = []
            watching.append(asyncio.create_task(listen(ear, partial(self._hear, name)), name=f"drill-ear-{name}"))
        try:
            began_ms = await self._until_music(host, len(ears))
            await self._strike(Strikes(party, host, lambda: self._seen[-1]))
            return verdict(
                judge.Drill(self._samples, self._done, self._seen, began_ms, now_ms(), self._options.lease_s * 1000)
            )
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
                while not self._sounding:  # noqa: ASYNC110
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError:
            raise StartRefused(reason=f"No music within {_READY_S} s; devices: {await host.connected()}.") from None
        return now_ms()

    async def _strike(self, strikes: Strikes) -> None:
        loop = asyncio.get_running_loop()
        began_s, length_s = loop.time(), self._options.length_s
        for strike in plan(self._options.seed, length_s, self._options.lease_s):
            await asyncio.sleep(max(0.0, began_s + strike.at_s - loop.time()))
            done = await strikes.strike(strike)
            self._done.append(done)
            self._transcript.happened(_told(done), done.at_ms)
        await asyncio.sleep(max(0.0, began_s + length_s - loop.time()))

    def _see(self, seen: Seen) -> None:
        before = self._seen[-1] if self._seen else None
        self._seen.append(seen)
        if before is None or _of_note(seen) != _of_note(before):
            speaker = f"{seen.speaker_name or 'nobody'} ({seen.generation})"
            self._transcript.happened(
                f"        session {seen.play_state}, {speaker}, at {seen.position_ms / 1000:.2f} s"
            )

    def _hear(self, name: str, sample: Sample) -> None:
        self._samples[name].append(sample)
        sounds = sample.position_ms is not None
        if sounds != (name in self._sounding):
            self._sounding ^= {name}
            where = f"sounds at {sample.position_ms / 1000:.2f} s" if sample.position_ms is not None else "is silent"
            self._transcript.happened(f"    {name} {where}", sample.told_ms)
        last = _told(self._done[-1]) if self._done else "starting"
        self._transcript.move(f"of {self._options.minutes:g} min: {', '.join(self._sounding) or 'silence'}; {last}")


def _of_note(seen: Seen) -> tuple[object, ...]:
    return seen.play_state, seen.item_id, seen.speaker_name, seen.generation, seen.quiet_until_ms


def _told(done: Done) -> str:
    outcome = "" if done.outcome == "done" else f"({done.outcome})"
    return " ".join(filter(None, (done.verb, done.device, outcome)))


def run(options: Options) -> int:
    """The exit code: 1 when a bar is missed. Raises StartRefused."""
    transcript = Transcript(Console(), options.log)
    try:
        return asyncio.run(_until_stopped(options, transcript))
    finally:
        transcript.close()


async def _until_stopped(options: Options, transcript: Transcript) -> int:
    """Ctrl-C ends all that was started, too."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    transcript.say(
        f"seed {options.seed}, {options.minutes:g} min, {options.speakers} speakers, lease {options.lease_s:g} s"
    )
    try:
        with transcript.moving():
            found = await Drill(options, transcript).run()
    except asyncio.CancelledError:
        transcript.say("interrupted: no verdict")
        return 1
    for line in lines(found, transcript.moment):
        transcript.say(line)
    return 1 if found.misses else 0

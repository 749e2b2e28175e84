"""One mpv, driven by JSON over a socket that only it and we have. It quits when our end of the socket is closed.

That is how it dies with us, however we die; until then the switch (`switch.lua`) keeps it to the lease.
"""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import msgspec

from api_queue.clients.speaker.clock import local_ms
from api_queue.clients.speaker.mpv_process import started
from api_queue.errors import StartRefused

_OBSERVED: Final = ("pause", "core-idle", "volume")
#: Seconds for an answer; mpv needs a millisecond.
_ANSWER_S: Final = 10
#: Seconds in which it begins to answer, on a busy Raspberry Pi.
_START_S: Final = 20
_LINE_BYTES: Final = 1 << 20


class MpvGone(Exception):
    """It ended, or does not answer."""


class MpvRefused(Exception):
    """A command that this mpv cannot do."""


class Mpv:
    """`on_event` gets each of mpv's events, from the event loop. `seen` holds the observed properties."""

    def __init__(self, on_event: Callable[[dict[str, Any]], None]) -> None:
        self._on_event = on_event
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._clock: asyncio.Future[float] | None = None
        self._number = 0
        self._is_gone = False
        self.seen: dict[str, Any] = {"pause": True, "core-idle": True, "volume": 0.0}

    async def start(self, output: str, watched_at: Path | None) -> None:
        """`output`: null, auto, or a device as mpv names it. Others may look inside at the socket `watched_at`."""
        ours, its = socket.socketpair()
        with its:
            try:
                self._process = await started(output, watched_at, its.fileno())
            except StartRefused:
                ours.close()
                raise
        self._reader, self._writer = await asyncio.open_unix_connection(sock=ours, limit=_LINE_BYTES)
        self._reading = asyncio.create_task(self._read(), name="mpv-events")
        try:
            await self._until_it_has_a_switch()
            for number, name in enumerate(_OBSERVED, 1):
                await self.command("observe_property", number, name)
        except BaseException:  # also a cancellation: nobody else knows of it yet
            await self.close()
            raise

    async def _until_it_has_a_switch(self) -> None:
        """Its scripts are loaded after it has begun to answer."""
        deadline_ms = local_ms() + _START_S * 1000
        while True:
            try:
                return await self.lease(0)
            except MpvRefused:
                if local_ms() > deadline_ms:
                    raise StartRefused(reason="This mpv cannot run Lua scripts, which the speaker needs.") from None
                await asyncio.sleep(0.05)

    async def close(self) -> None:
        self._writer.close()
        self._reading.cancel()
        try:
            async with asyncio.timeout(2):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def command(self, *words: object) -> Any:
        """Its answer. Raises MpvGone, MpvRefused."""
        if self._is_gone:
            raise MpvGone
        number = self._number = self._number + 1
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            self._writer.write(msgspec.json.encode({"command": words, "request_id": number}) + b"\n")
            async with asyncio.timeout(_ANSWER_S):  # not wait_for, which may lose a cancellation before Python 3.12
                return await answer
        except (OSError, TimeoutError) as error:
            raise MpvGone(str(error)) from None
        finally:
            del self._answers[number]

    async def set(self, name: str, value: object) -> None:
        await self.command("set_property", name, value)

    async def get(self, name: str) -> float | None:
        """A number; None while there is none."""
        try:
            value = await self.command("get_property", name)
        except MpvRefused:
            return None
        return float(value) if value is not None else None

    async def lease(self, until_ms: float) -> None:
        """It may sound until then (`local_ms`; `inf`: for ever). What the clocks differ by errs towards silence."""
        ahead_ms = local_ms() - await self._switch_s() * 1000
        await self._switch("lease", f"{(until_ms - ahead_ms) / 1000 if until_ms else 0:.3f}")

    async def volume(self, percent: float, within_s: float) -> None:
        await self._switch("volume", f"{percent:.3f}", f"{within_s:.3f}")

    async def _switch_s(self) -> float:
        self._clock = asyncio.get_running_loop().create_future()
        await self._switch("clock")
        try:
            async with asyncio.timeout(_ANSWER_S):
                return await self._clock
        except TimeoutError:
            raise MpvGone("its switch does not answer") from None

    async def _switch(self, *words: str) -> None:
        await self.command("script-message-to", "switch", *words)

    async def _read(self) -> None:
        try:
            while line := await self._reader.readline():
                self._take(msgspec.json.decode(line))
        except (OSError, ValueError):  # the socket broke, or a line of it
            pass
        finally:
            self._end()

    def _take(self, message: dict[str, Any]) -> None:
        match message:
            case {"event": "client-message", "args": ["switch-clock", seconds]}:
                if self._clock and not self._clock.done():
                    self._clock.set_result(float(seconds))
            case {"event": "property-change", "name": name}:
                self.seen[name] = message.get("data")
                self._on_event(message)
            case {"event": _}:
                self._on_event(message)
            case {"request_id": number} if answer := self._answers.get(number):
                _settle(answer, message)

    def _end(self) -> None:
        self._is_gone = True
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(MpvGone())
        self._on_event({"event": "gone"})


def _settle(answer: "asyncio.Future[Any]", message: dict[str, Any]) -> None:
    if answer.done():
        return
    if message["error"] == "success":
        answer.set_result(message.get("data"))
    else:
        answer.set_exception(MpvRefused(message["error"]))

"""Whether a device sounds, asked of the player itself: not paused, not waiting, not at volume 0, and moving on."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple, Protocol

import msgspec

from api_queue.clients.drill.sounds import Sample
from api_queue.clients.transcript import now_ms

EVERY_S: Final = 0.05
_ANSWER_S: Final = 5
_ASKED: Final = ("pause", "core-idle", "volume", "audio-pts")


class Look(NamedTuple):
    """`is_open`: what plays would be heard. `position_ms` of the track, None without one."""

    is_open: bool
    position_ms: float | None


SILENCE: Final = Look(is_open=False, position_ms=None)


class Ear(Protocol):
    async def look(self) -> Look: ...

    async def close(self) -> None: ...


async def listen(ear: Ear, keep: Callable[[Sample], None]) -> None:
    """Until it is cancelled. A player that is open and stands still makes no sound."""
    before_ms: float | None = None
    while True:
        asked_ms = now_ms()
        look = await ear.look()
        told_ms = now_ms()
        moves = before_ms is not None and look.position_ms != before_ms
        keep(Sample(asked_ms, told_ms, look.position_ms if look.is_open and moves else None))
        before_ms = look.position_ms
        await asyncio.sleep(max(0.0, EVERY_S - (told_ms - asked_ms) / 1000))


class MpvEar:
    """A second client of the mpv that a speaker drives. It finds the next mpv at the same socket."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._number = 0

    async def look(self) -> Look:
        try:
            async with asyncio.timeout(_ANSWER_S):
                paused, idle, volume, position_s = await self._ask()
        except (OSError, TimeoutError, EOFError):
            await self.close()
            return SILENCE
        is_open = paused is False and idle is False and isinstance(volume, float) and volume > 0
        return Look(is_open, position_s * 1000 if isinstance(position_s, float) else None)

    async def close(self) -> None:
        if self._line:
            self._line[1].close()
            self._line = None

    async def _ask(self) -> list[object]:
        """One answer for each of `_ASKED`; None for what there is not now."""
        reader, writer = self._line = self._line or await self._connected()
        first = self._number + 1
        for name in _ASKED:
            self._number += 1
            writer.write(_command(self._number, "get_property", name))
        answers: dict[int, object] = {}
        while len(answers) < len(_ASKED):
            message = msgspec.json.decode(await reader.readuntil())
            if message.get("request_id", 0) >= first and "error" in message:
                answers[message["request_id"]] = message.get("data")
        return [answers[number] for number in sorted(answers)]

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_unix_connection(self._path)
        writer.write(_command(0, "disable_event", "all"))
        return reader, writer


def _command(number: int, *words: str) -> bytes:
    return msgspec.json.encode({"command": words, "request_id": number}) + b"\n"

"""Reading files in processes of their own, which run `reading.py`: mutagen is bound to one core.

A file at which a reader dies (memory, a bug in a decoder) is found by asking again for one file at a time. Not
`multiprocessing`: a managed worker of the server may not have children of that kind.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import msgspec

from api_queue.drivers.priority import stand_back
from api_queue.tracks.models import Reading
from api_queue.tracks.reading import Answer
from api_queue.tracks.walk import Found

#: A whole disc in one file without MD5 is hashed, at worst from a slow card.
READ_TIMEOUT_S: Final = 300
#: A scan is to end some time on a busy machine, too; what decodes is nicer.
NICENESS: Final = 10
#: Seconds that a reader is kept without work: to start one takes as long as to read a thousand files.
IDLE_S: Final = 5.0
#: Files that a reader is asked for at once: it need not wait for us while we write what it has read before.
TOGETHER: Final = 250
COMMAND: Final = (sys.executable, "-m", "api_queue.tracks.reading")
_LINE_MAX_BYTES: Final = 16 << 20
_ANSWERS: Final = msgspec.json.Decoder(list[Answer])


class Reader:
    """One process, started at need and again after a death."""

    def __init__(self) -> None:
        self._process: Process | None = None

    async def start(self) -> Process:
        if self._process is None:
            self._process = await _start()
        return self._process

    async def read(self, found: Sequence[Found]) -> list[Reading]:
        """One at a time after a death: the file that it died at suffers, and no other."""
        answers = await self._ask(found)
        if answers:
            return list(map(_reading, found, answers))
        if len(found) == 1:
            return [_reading(found[0], Answer(fault="the process that read it broke off", passing=True))]
        return [reading for file in found for reading in await self.read([file])]

    async def _ask(self, found: Sequence[Found]) -> list[Answer]:
        """Empty, if the process died, or was ended because it took too long."""
        process = await self.start()
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps([(file.path, *file.beside) for file in found]).encode() + b"\n")
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                return _ANSWERS.decode(await process.stdout.readline())
        except (OSError, TimeoutError, ValueError):
            await self.aclose()
            return []

    async def aclose(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()


class Readers:
    """Those of one process: so many `processes`, kept from one batch to the next."""

    def __init__(self, processes: int) -> None:
        self._free = asyncio.Semaphore(processes)
        self._idle: list[Reader] = []
        self._ending: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """There will be something to read: they get ready while somebody finds out what."""
        async with AsyncExitStack() as readers:
            while not self._free.locked():
                await (await readers.enter_async_context(self._one())).start()

    async def read(self, found: Sequence[Found], progress: Callable[[int, int], None]) -> list[Reading]:
        """In this order; `progress` is told how many of how many are read."""
        readings = []
        parts = [found[start : start + TOGETHER] for start in range(0, len(found), TOGETHER)]
        async with asyncio.TaskGroup() as group:
            for reading in [group.create_task(self._read(part)) for part in parts]:
                readings += await reading
                progress(len(readings), len(found))
        return readings

    async def aclose(self) -> None:
        if self._ending:
            self._ending.cancel()
        while self._idle:
            await self._idle.pop().aclose()

    async def _read(self, found: Sequence[Found]) -> list[Reading]:
        async with self._one() as reader:
            return await reader.read(found)

    @asynccontextmanager
    async def _one(self) -> AsyncIterator[Reader]:
        async with self._free:
            reader = self._idle.pop() if self._idle else Reader()
            try:
                yield reader
            except BaseException:  # its next answers would be those to the questions before
                await reader.aclose()
                raise
            self._idle.append(reader)
        if self._ending:
            self._ending.cancel()
        self._ending = asyncio.create_task(self._end_idle(), name="readers-idle")

    async def _end_idle(self) -> None:
        await asyncio.sleep(IDLE_S)
        while self._idle:
            await self._idle.pop().aclose()


def _reading(file: Found, answer: Answer) -> Reading:
    size, mtime_ns = (0, 0) if answer.passing else (file.size, file.mtime_ns)
    return Reading(path=file.path, size=size, mtime_ns=mtime_ns, track=answer.track, fault=answer.fault)


async def _start() -> Process:
    process = await asyncio.create_subprocess_exec(
        *COMMAND, stdin=PIPE, stdout=PIPE, limit=_LINE_MAX_BYTES, start_new_session=True
    )
    stand_back(process.pid, NICENESS, os.SCHED_BATCH)
    return process

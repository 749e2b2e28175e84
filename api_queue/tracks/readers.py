"""Reading files in processes of their own: `python -m api_queue.tracks.readers` reads for the worker that started it.

A line in is a path as JSON, a line out the track or its fault. mutagen is bound to one core, so a worker has several
readers; and a file at which a reader dies (memory, a bug in a decoder) is known by the line that never came.
Not `multiprocessing`: a managed worker of the server may not have children of that kind.
"""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec

from api_queue.errors import NotMusic
from api_queue.tracks.models import Reading, Track
from api_queue.tracks.music_file import read_track
from api_queue.tracks.walk import Found

#: A whole disc in one file without MD5 is hashed, at worst from a slow card.
READ_TIMEOUT_S: Final = 300
#: How kindly readers run beside a party: 0 as everybody, 19 last.
NICENESS: Final = 10
#: Seconds that a reader is kept without work: to start one takes as long as to read some hundred files.
IDLE_S: Final = 5.0
COMMAND: Final = (sys.executable, "-m", "api_queue.tracks.readers")
_LINE_MAX_BYTES: Final = 4 << 20


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """`passing`: a fault of the disk or of ours, which the next scan may find gone though the file is the same."""

    track: Track | None = None
    fault: str = ""
    passing: bool = False


class Reader:
    """One process, started at need and again after a death."""

    def __init__(self) -> None:
        self._process: Process | None = None

    async def read(self, found: Sequence[Found]) -> list[Reading]:
        readings = [_reading(file, Answer(fault=file.refused)) for file in found if file.refused]
        asked = [file for file in found if not file.refused]
        while asked:
            answers = await self._ask(asked)
            readings += map(_reading, asked, answers)
            asked = asked[len(answers) :]
        return readings

    async def _ask(self, asked: Sequence[Found]) -> list[Answer]:
        """All of them at once, answered up to the one at which the process dies."""
        process = self._process = self._process or await _start()
        assert process.stdin
        process.stdin.write(b"".join(json.dumps(file.path).encode() + b"\n" for file in asked))
        answers: list[Answer] = []
        try:
            while len(answers) < len(asked):
                answers.append(await _answer_of(process))
        except (OSError, TimeoutError, ValueError):
            await self.aclose()
            answers.append(Answer(fault="the process that read it broke off", passing=True))
        return answers

    async def aclose(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()


class Readers:
    """Those of one process, as many as read at a time, from one batch to the next."""

    def __init__(self) -> None:
        self._idle: list[Reader] = []
        self._ending: asyncio.Task[None] | None = None

    async def read(self, found: Sequence[Found]) -> list[Reading]:
        async with self._one() as reader:
            return await reader.read(found)

    async def aclose(self) -> None:
        if self._ending:
            self._ending.cancel()
        while self._idle:
            await self._idle.pop().aclose()

    @asynccontextmanager
    async def _one(self) -> AsyncIterator[Reader]:
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


async def _answer_of(process: Process) -> Answer:
    """Raises ValueError when there will be none."""
    assert process.stdout
    async with asyncio.timeout(READ_TIMEOUT_S):
        return msgspec.json.decode(await process.stdout.readline(), type=Answer)


async def _start() -> Process:
    return await asyncio.create_subprocess_exec(*COMMAND, stdin=PIPE, stdout=PIPE, limit=_LINE_MAX_BYTES)


# -- the process -----------------------------------------------------------------------------------------------


def main() -> None:
    os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the worker's, which ends us
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(msgspec.json.encode(answer(json.loads(line))) + b"\n")
        sys.stdout.buffer.flush()


def answer(path: str) -> Answer:
    try:
        return Answer(read_track(Path(path)))
    except NotMusic as error:
        return Answer(fault=str(error.facts["reason"]))
    except OSError as error:
        return Answer(fault=f"it cannot be read: {error.strerror}", passing=True)
    except Exception as error:  # one bad file never stops a scan
        return Answer(fault=f"it cannot be read: {type(error).__name__}: {error}", passing=True)


if __name__ == "__main__":
    main()

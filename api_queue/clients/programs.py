"""Processes that a program of ours starts: struck, and ended by their own ids."""

import asyncio
import os
import signal
import socket
import sys
from asyncio import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from api_queue.errors import StartRefused

#: Of the shell that the drill is started from. Its settings of a server are another server's.
_KEPT: Final = frozenset({"PATH", "HOME", "LANG", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "XDG_RUNTIME_DIR"})
_START_S: Final = 90
_END_S: Final = 15
_LOOK_S: Final = 0.05


class Program:
    """`words` may be run again and again; what it says is in `folder`."""

    def __init__(self, name: str, folder: Path, words: Sequence[str], variables: Mapping[str, str]) -> None:
        self.name = name
        self.words = tuple(words)
        self.out = folder / f"{name}.out"
        self._err = folder / f"{name}.err"
        self._folder = folder
        kept = {name: os.environ[name] for name in _KEPT & os.environ.keys()}
        self._variables = {**kept, **variables, "TMPDIR": str(folder)}  # who is killed cleans nothing up
        self._process: subprocess.Process | None = None

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def processes(self) -> dict[str, int]:
        """Its own and of all that it has started: process id by the name that `ps` shows."""
        if self._process is None or not self.runs:
            return {}
        own = self._process.pid
        return {_name(pid): pid for pid in reversed((own, *below(own))) if lives(pid)}

    async def start(self) -> None:
        """In a session of its own: Ctrl-C is for who started it, and ends it then."""
        with self.out.open("wb") as out, self._err.open("ab") as err:
            self._process = await asyncio.create_subprocess_exec(
                *self.words,
                cwd=self._folder,
                env=self._variables,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    async def line(self, beginning: str) -> str:
        """The first one that begins so, as soon as it is there. StartRefused when none comes."""
        for _ in range(round(_START_S / _LOOK_S)):
            found = next((line for line in self.out.read_text().splitlines() if line.startswith(beginning)), None)
            if found is not None:
                return found
            if not self.runs:
                break
            await asyncio.sleep(_LOOK_S)
        said = self._err.read_text().splitlines()
        raise StartRefused(reason=f"{self.name} did not start: {said[-1] if said else 'it said nothing.'}")

    async def kill(self) -> None:
        if self._process and self.runs:
            self._process.kill()
            await self._process.wait()

    def freeze(self) -> None:
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        self._send(signal.SIGCONT)

    async def end(self) -> None:
        if self._process is None or not self.runs:
            return
        self.thaw()
        self._send(signal.SIGTERM)
        try:
            async with asyncio.timeout(_END_S):
                await self._process.wait()
        except TimeoutError:
            await self.kill()

    def _send(self, number: signal.Signals) -> None:
        if self._process and self.runs:
            self._process.send_signal(number)


def below(parent: int) -> Iterator[int]:
    """The process ids of its children and of all that these have started; a parent before its children."""
    for children in Path(f"/proc/{parent}/task").glob("*/children"):
        with suppress(OSError):  # it has ended
            for child in map(int, children.read_text().split()):
                yield child
                yield from below(child)


def lives(pid: int) -> bool:
    """A zombie does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def _name(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip()
    return "gone"


def ours(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "api_queue", *words)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port

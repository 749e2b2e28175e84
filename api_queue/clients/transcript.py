"""What a drill says while it runs: lines with their times, and one line that moves where a terminal is."""

import asyncio
import signal
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, TypeVar

from rich.console import Console
from rich.status import Status

from api_queue.errors import StartRefused

T = TypeVar("T")


def now_ms() -> float:
    """Of the wall clock, since 1970."""
    return time.time_ns() / 1e6


class Transcript:
    """`file` gets each line too; StartRefused when it cannot be written. Times are counted from `begin`."""

    def __init__(self, console: Console, file: Path | None) -> None:
        self._console = console
        self._file = _opened(file) if file else None
        self._began_ms = now_ms()
        self._status: Status | None = None

    def begin(self) -> None:
        self._began_ms = now_ms()

    def close(self) -> None:
        if self._file:
            self._file.close()

    def moment(self, at_ms: float) -> str:
        """`3:07.250`"""
        minutes, ms = divmod(max(0, round(at_ms - self._began_ms)), 60_000)
        return f"{minutes}:{ms // 1000:02}.{ms % 1000:03}"

    def say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)
        if self._file:
            self._file.write(line + "\n")
            self._file.flush()

    def happened(self, what: str, at_ms: float | None = None) -> None:
        self.say(f"{self.moment(now_ms() if at_ms is None else at_ms):>9}  {what}")

    @contextmanager
    def moving(self) -> Iterator[None]:
        """Within it `move` writes the line that moves."""
        with self._console.status("starting") as self._status:
            yield
        self._status = None

    def move(self, line: str) -> None:
        if self._status:
            self._status.update(f"{self.moment(now_ms())} {line}")


async def unless_stopped(work: Coroutine[Any, Any, T], transcript: Transcript) -> T | None:
    """None: Ctrl-C, which ends all that was started, too; a second one does not break that off."""
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, lambda: task.cancelling() or task.cancel())
    try:
        with transcript.moving():
            return await work
    except asyncio.CancelledError:
        transcript.say("interrupted: no verdict")
        return None


def _opened(file: Path) -> TextIO:
    try:
        return file.open("w", encoding="utf-8")
    except OSError as error:
        raise StartRefused(reason=f"The log {file} cannot be written: {error.strerror}.") from None

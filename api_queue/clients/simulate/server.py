"""Where the night takes place: on a server of its own, whose clock it sets, or on one that is there already."""

import mmap
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from api_queue.clients.programs import Program
from api_queue.clients.simulate.songs import make_songs

_SONGS: Final = 100


class Place:
    """The server at `url`; with `clock`, eight bytes that it reads, it believes what it is told."""

    def __init__(self, url: str, clock: mmap.mmap | None = None) -> None:
        self.url = url
        self._clock = clock

    @property
    def now_ms(self) -> int:
        """Since 1970."""
        return _wall_ms() if self._clock is None else int.from_bytes(self._clock[:8], "little")

    def tell(self, now_ms: int) -> None:
        if self._clock is not None:
            self._clock[:8] = _bytes(now_ms)


@asynccontextmanager
async def a_place(url: str | None, seed: int) -> AsyncIterator[Place]:
    """Raises StartRefused."""
    if url is not None:
        yield Place(url.rstrip("/"))
        return
    with TemporaryDirectory(prefix="api_queue-simulate-") as folder:
        async with _of_its_own(Path(folder), seed) as place:
            yield place


@asynccontextmanager
async def _of_its_own(folder: Path, seed: int) -> AsyncIterator[Place]:
    make_songs(folder / "music", _SONGS, seed)
    clock = folder / "clock"
    clock.write_bytes(_bytes(_wall_ms()))
    words = (sys.executable, "-m", "api_queue.serving.rehearsal", str(folder))
    program = Program("server", folder, words, {"SANIC_IGNORE_PRODUCTION_WARNING": "1"})
    with clock.open("r+b") as file, mmap.mmap(file.fileno(), 8) as told:
        try:
            await program.start()
            yield Place((await program.line("ready: ")).split()[1], told)
        finally:
            await program.end()


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


def _bytes(now_ms: int) -> bytes:
    return now_ms.to_bytes(8, "little")

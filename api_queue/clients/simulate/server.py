"""Where the night takes place: on a server of its own, whose clock it sets, or on one that is there already."""

import mmap
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from api_queue.clients.programs import Program
from api_queue.clients.simulate.songs import make_songs

_SONGS: Final = 100


class Place(NamedTuple):
    """`tell` sets the server's clock, in ms since 1970, where it can be set."""

    url: str
    tell: Callable[[int], None]


@asynccontextmanager
async def a_place(url: str | None, seed: int) -> AsyncIterator[Place]:
    """Raises StartRefused."""
    if url is not None:
        yield Place(url.rstrip("/"), lambda _now_ms: None)
        return
    with TemporaryDirectory(prefix="api_queue-simulate-") as folder:
        async with _of_its_own(Path(folder), seed) as place:
            yield place


@asynccontextmanager
async def _of_its_own(folder: Path, seed: int) -> AsyncIterator[Place]:
    make_songs(folder / "music", _SONGS, seed)
    clock = folder / "clock"
    clock.write_bytes(_bytes(time.time_ns() // 1_000_000))
    words = (sys.executable, "-m", "api_queue.serving.rehearsal", str(folder))
    program = Program("server", folder, words, {"SANIC_IGNORE_PRODUCTION_WARNING": "1"})
    with clock.open("r+b") as file, mmap.mmap(file.fileno(), 8) as told:
        try:
            await program.start()
            yield Place((await program.line("ready: ")).split()[1], lambda now_ms: _tell(told, now_ms))
        finally:
            await program.end()


def _tell(told: mmap.mmap, now_ms: int) -> None:
    told[:8] = _bytes(now_ms)


def _bytes(now_ms: int) -> bytes:
    return now_ms.to_bytes(8, "little")

"""Track maps on the disk, plain and compressed, a piece at a time: of a large library it has 50 MB."""

import asyncio
import fcntl
import gzip
import os
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import BinaryIO, Final, Self

#: A higher one takes longer than it saves.
_LEVEL: Final = 6
#: How often somebody who waits for the map of another process looks whether it is there.
_LOOK_S: Final = 0.2


class MapFolder:
    """It holds one map, the newest; those who are being sent an older one have it open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def paths(self, name: str) -> tuple[Path, Path]:
        """Plain and compressed."""
        return self._folder / f"{name}.json", self._folder / f"{name}.json.gz"

    def has(self, name: str) -> bool:
        return all(path.is_file() for path in self.paths(name))

    async def write(self, name: str, pieces: AsyncIterable[bytes]) -> None:
        """Unless another process of this machine has, or does."""
        self._folder.mkdir(parents=True, exist_ok=True)
        async with _alone(self._folder / "lock"):
            if not self.has(name):
                await self._write(name, pieces)

    async def _write(self, name: str, pieces: AsyncIterable[bytes]) -> None:
        with _Draft(self._folder) as draft:
            async for piece in pieces:
                await asyncio.to_thread(draft.write, piece)
            await asyncio.to_thread(draft.keep, *self.paths(name))
        for path in self._folder.glob("*.json*"):
            if path not in self.paths(name):
                path.unlink(missing_ok=True)


class _Draft:
    """Whole under their names or not there, also after a power cut."""

    def __init__(self, folder: Path) -> None:
        self._paths = [folder / f"draft-{token_hex(8)}.json{ending}" for ending in ("", ".gz")]
        self._open = ExitStack()

    def __enter__(self) -> Self:
        plain, compressed = [self._open.enter_context(path.open("xb")) for path in self._paths]
        self._files: list[BinaryIO] = [plain, compressed]
        self._zipped = self._open.enter_context(gzip.GzipFile("", "wb", _LEVEL, compressed, mtime=0))
        return self

    def write(self, piece: bytes) -> None:
        self._files[0].write(piece)
        self._zipped.write(piece)

    def keep(self, *paths: Path) -> None:
        self._zipped.close()
        for file in self._files:
            file.flush()
            os.fsync(file.fileno())
        for draft, path in zip(self._paths, paths, strict=True):
            draft.rename(path)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()
        for path in self._paths:
            path.unlink(missing_ok=True)


@asynccontextmanager
async def _alone(lock: Path) -> AsyncIterator[None]:
    """Of all processes of this machine. The lock goes with its process, whatever becomes of that."""
    with lock.open("wb") as file:
        while True:
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            await asyncio.sleep(_LOOK_S)
        yield

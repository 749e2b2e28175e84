"""Track data files on the disk: JSON named by a hash of what is in it, and the same compressed beside it.

A name never means anything else, so browsers keep them for ever. A file goes a day after somebody was last sent to it:
until then a page may be on its way.
"""

import asyncio
import gzip
import hashlib
import os
import re
from collections.abc import AsyncIterable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Final

from api_queue.errors import UnknownDataFile
from api_queue.tracks.models import Track
from api_queue.tracks.wire import data_entry

KEPT_MS: Final = 24 * 60 * 60 * 1000
#: The highest, 9, takes four times as long and saves one part in thirty.
_LEVEL: Final = 6
_HASH: Final = re.compile(r"[0-9a-f]{32}")


class DataFolder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def write(self, tracks: AsyncIterable[Track]) -> str:
        """The file's hash. It is put together in memory: about 600 bytes for each track."""
        entries = [data_entry(track) async for track in tracks]
        return await asyncio.to_thread(self._write, b"{" + b",\n".join(entries) + b"}\n")

    def use(self, data_hash: str, now_ms: int) -> bool:
        """Whether it is there; if so, it stays for another day."""
        try:
            for path in self.paths(data_hash):
                os.utime(path, ns=(now_ms * 1_000_000,) * 2)
        except FileNotFoundError:
            return False
        return True

    def paths(self, data_hash: str) -> tuple[Path, Path]:
        """Plain and compressed. Raises UnknownDataFile for what cannot be the hash of one."""
        if not _HASH.fullmatch(data_hash):
            raise UnknownDataFile(name=data_hash)
        return self._folder / f"{data_hash}.json", self._folder / f"{data_hash}.json.gz"

    def sweep(self, now_ms: int, keep: str) -> None:
        """Old ones go, and drafts of a process that was killed. Another's draft may get its name meanwhile."""
        for path in self._folder.iterdir():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime_ns // 1_000_000 < now_ms - KEPT_MS and not path.name.startswith(keep):
                    path.unlink()

    def _write(self, content: bytes) -> str:
        data_hash = hashlib.sha256(content).hexdigest()[:32]
        plain, gzipped = self.paths(data_hash)
        self._folder.mkdir(parents=True, exist_ok=True)
        _write_synced(gzipped, gzip.compress(content, _LEVEL, mtime=0))
        _write_synced(plain, content)
        return data_hash


def _write_synced(path: Path, content: bytes) -> None:
    """Whole under its name or not there, also after a power cut."""
    draft = path.with_name(f"draft-{token_hex(8)}")
    with draft.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)

"""A backup beside a running server: one folder, whole under its name or not there."""

import asyncio
import fcntl
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from api_queue.drivers.sql import metadata
from api_queue.errors import StartRefused
from api_queue.keeping import data_files, databases, redis_file
from api_queue.keeping.manifest import FILE, Manifest, Saved, fingerprint, sync_folder, write
from api_queue.keeping.redis_keys import RedisKeys
from api_queue.parts import Parts

#: What is being made. The next backup removes it: whoever made it has died.
_DRAFT: Final = "unfinished"
_NAME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z")
#: Tables whose rows are worth a word.
_COUNTED: Final = ("tracks", "accounts", "tokens", "queue_history", "queue_tasks", "tracklists")

Progress = Callable[[str, int, int], None]
"""What is at work, how much of it is done, and of how much."""


class Backup:
    """Redis first, then SQL, then the files: what goes from one to a later one meanwhile is in both, which the server
    takes for done. The other way round it would be in neither.
    """

    def __init__(self, parts: Parts, folder: Path, progress: Progress) -> None:
        self._parts = parts
        self._folder = folder
        self._progress = progress

    async def take(self, keep: int | None = None) -> tuple[Path, Manifest]:
        """Where it is. Of all that are there then the newest `keep` stay, or all. Raises StartRefused, OSError."""
        _refuse_within(self._folder, self._parts.settings.data)
        with _alone(self._folder):
            with _draft(self._folder) as draft:
                manifest = await self._fill(draft)
                target = draft.rename(self._folder / name_of(manifest.taken_at_ms))
            sync_folder(self._folder)
            await RedisKeys(self._parts.redis).note_backup(manifest.taken_at_ms)
            for old in backups(self._folder)[: -keep if keep else 0]:
                shutil.rmtree(old)
        return target, manifest

    async def _fill(self, folder: Path) -> Manifest:
        parts, taken_at_ms = self._parts, self._parts.clock.now_ms()
        keys = RedisKeys(parts.redis)
        if await keys.unfinished():
            raise StartRefused(reason="A restore into this Redis did not end: there is nothing whole to save.")
        kept, counts = await redis_file.save(keys, folder, lambda *how: self._progress("Queues", *how))
        databases_ = await asyncio.to_thread(self._save_databases, folder)
        files = await asyncio.to_thread(self._save_files, folder)
        manifest = Manifest(
            taken_at_ms=taken_at_ms,
            sql=databases.dialect(parts.settings),
            counts=counts | await self._rows(),
            files=(kept, *databases_, *files),
        )
        write(folder, manifest)
        sync_folder(folder)
        return manifest

    def _save_databases(self, folder: Path) -> list[Saved]:
        self._progress("Database", 0, 1)
        names = databases.save(self._parts.settings, folder)
        return [Saved(name, *fingerprint(folder / name)) for name in names]

    def _save_files(self, folder: Path) -> list[Saved]:
        files = list(data_files.to_save(self._parts.settings))
        saved = []
        for number, (name, source) in enumerate(files):
            self._progress("Files", number, len(files))
            saved.append(data_files.copy(source, folder, name))
        return [file for file in saved if file]

    async def _rows(self) -> dict[str, int]:
        async with self._parts.engine.connect() as connection:
            tables = [table for name, table in metadata.tables.items() if name in _COUNTED]
            return {t.name: (await connection.scalar(select(func.count()).select_from(t))) or 0 for t in tables}


def backups(folder: Path) -> list[Path]:
    """Those that are complete, oldest first."""
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name) and (path / FILE).exists())


def name_of(taken_at_ms: int) -> str:
    """`2026-11-22T05-13-23.120Z`: a name on any disk."""
    at = datetime.fromtimestamp(taken_at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return at.replace(":", "-").replace("+00-00", "Z")


def _refuse_within(folder: Path, data: Path) -> None:
    """Each backup would hold those before it."""
    if folder.resolve().is_relative_to(data.resolve()):
        raise StartRefused(reason=f"{folder} is in the data folder, and would be lost with it: name another one.")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One backup at a time in a folder, which is made. The system takes the lock from who dies."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartRefused(reason=f"Another backup into {folder} is under way.") from None
        yield


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """A new folder, closed to others, that goes where it is not renamed."""
    draft = folder / _DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)

"""What a backup holds, put back into empty engines and an empty data folder."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from api_queue.drivers.sql import url_of
from api_queue.errors import StartRefused, UnknownQueue
from api_queue.keeping import data_files, databases, redis_file
from api_queue.keeping.backup import backups
from api_queue.keeping.manifest import FILE, Manifest
from api_queue.keeping.redis_keys import RedisKeys
from api_queue.migrations import upgrade_database
from api_queue.parts import Parts

_NO_FILES: Final = frozenset({redis_file.NAME, databases.SQLITE, databases.POSTGRES, databases.MESSAGES})


def newest(folder: Path) -> Path:
    """The backup in this folder, or the newest of those in it. Raises StartRefused."""
    if (folder / FILE).exists():
        return folder
    found = backups(folder) if folder.is_dir() else []
    if not found:
        raise StartRefused(reason=f"There is no backup in {folder}.")
    return found[-1]


class Restore:
    """Ends with all of it there, or raises; `progress` as `backup.Progress`."""

    def __init__(
        self, parts: Parts, source: Path, manifest: Manifest, progress: Callable[[str, int, int], None]
    ) -> None:
        self._parts = parts
        self._source = source
        self._manifest = manifest
        self._progress = progress

    async def put_back(self) -> None:
        """What is in our part of Redis goes."""
        keys, now_ms = RedisKeys(self._parts.redis), self._parts.clock.now_ms()
        await keys.begin()
        await databases.drop_tables(self._parts.engine)
        await asyncio.to_thread(self._put_databases)
        await upgrade_database(url_of(self._parts.settings.sql_url, self._parts.settings.data))
        await asyncio.to_thread(self._put_files)
        await keys.clear()
        file = self._source / redis_file.NAME
        await redis_file.load(keys, file, now_ms, lambda *how: self._progress("Queues", *how))
        await self._pause_sessions()
        await keys.note_backup(self._manifest.taken_at_ms)
        await keys.end()

    def _put_databases(self) -> None:
        self._progress("Database", 0, 1)
        databases.put_back(self._parts.settings, self._source, self._manifest.sql)

    def _put_files(self) -> None:
        settings, files = self._parts.settings, [file.path for file in self._manifest.files]
        for number, name in enumerate(files):
            self._progress("Files", number, len(files))
            top, _, rest = name.partition("/")
            if top == data_files.MESSAGES:
                data_files.copy(self._source / name, data_files.messages_folder(settings), rest)
            elif name not in _NO_FILES:
                data_files.copy(self._source / name, settings.data, name)

    async def _pause_sessions(self) -> None:
        for name in await self._parts.queue_store.names():
            with suppress(UnknownQueue):  # its maker died between the name and the queue
                await self._parts.speakers.after_restore(name, self._manifest.taken_at_ms)

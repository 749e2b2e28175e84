"""Whether there is room where what lasts is kept: Redis's log and SQLite, in the data folder."""

import os
from pathlib import Path
from typing import Final

from api_queue.errors import DiskFailing, DiskFull

#: Seconds after which asking again is worth it: somebody has to make room first.
AGAIN_S: Final = 30


class Disk:
    """Of `folder`. `kept_free_bytes` of it are for what has to go on when there is no room for anything else."""

    def __init__(self, folder: Path, kept_free_bytes: int) -> None:
        self._folder = folder
        self._kept_free_bytes = kept_free_bytes

    def has_room(self) -> bool:
        """Looked up each time: that takes two microseconds."""
        found = os.statvfs(self._folder)
        return found.f_bavail * found.f_frsize >= self._kept_free_bytes and not found.f_flag & os.ST_RDONLY

    def demand_room(self) -> None:
        """Raises DiskFull and DiskFailing."""
        if not self.has_room():
            read_only = os.statvfs(self._folder).f_flag & os.ST_RDONLY
            raise (DiskFailing if read_only else DiskFull)(retry_after=AGAIN_S)

"""Whether there is room where what lasts is kept: Redis's log and SQLite, in the data folder."""

import errno
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
        """Looked up each time: it takes two microseconds. True where no folder is, and what lasts is elsewhere."""
        return self._fault() is None

    def demand_room(self) -> None:
        """Raises DiskFull and DiskFailing."""
        if fault := self._fault():
            raise fault(retry_after=AGAIN_S)

    def is_writable(self) -> bool:
        """By a file that never has a name. A filesystem that the kernel has stopped looks like any other."""
        try:
            os.close(os.open(self._folder, os.O_TMPFILE | os.O_WRONLY))
        except OSError as error:
            return error.errno not in {errno.EROFS, errno.EIO}
        return True

    def _fault(self) -> type[DiskFull | DiskFailing] | None:
        try:
            found = os.statvfs(self._folder)
        except FileNotFoundError:
            return None
        if found.f_flag & os.ST_RDONLY:
            return DiskFailing
        return DiskFull if found.f_bavail * found.f_frsize < self._kept_free_bytes else None

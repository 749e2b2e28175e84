"""The videos that were made, one of each track, by its id."""

import shutil
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from api_queue.errors import VideosNeedRoom
from api_queue.types import TrackId

#: What they leave to everything else on their disk: Redis and SQLite stop the party when it is full.
KEPT_FREE_BYTES: Final = 1 << 30
#: A draft this old is of a worker that was killed.
_DRAFT_S: Final = 24 * 60 * 60
_DRAFT: Final = "draft-"


class VideoFolder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, track_id: TrackId) -> Path:
        """Of a track that is in the library."""
        return self._folder / f"{track_id}.webm"

    def has(self, track_id: TrackId) -> bool:
        return self.path(track_id).is_file()

    def is_newer(self, track_id: TrackId, source: Path) -> bool:
        """Than what it was made of."""
        return self.has(track_id) and self.path(track_id).stat().st_mtime_ns >= source.stat().st_mtime_ns

    @contextmanager
    def draft(self) -> Iterator[Path]:
        """A folder to work in. Raises VideosNeedRoom."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self._folder).free < KEPT_FREE_BYTES:
            raise VideosNeedRoom(folder=self._folder)
        with TemporaryDirectory(prefix=_DRAFT, dir=self._folder) as folder:
            yield Path(folder)

    def sweep(self, due: Collection[TrackId]) -> int:
        """How many went: of tracks that are gone, or have one of their own by now."""
        gone = [path for path in self._folder.glob("*.webm") if path.stem not in due]
        for path in gone:
            path.unlink(missing_ok=True)
        for draft in self._folder.glob(f"{_DRAFT}*"):
            with suppress(FileNotFoundError):  # another worker has just ended it
                if draft.stat().st_mtime < time.time() - _DRAFT_S:
                    shutil.rmtree(draft, ignore_errors=True)
        return len(gone)

    def size_bytes(self) -> int:
        return sum(path.stat().st_size for path in self._folder.glob("*.webm"))

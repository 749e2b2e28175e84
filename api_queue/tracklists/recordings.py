"""The recording that somebody names: a track of the library by its id, or a file below one of its folders.

Whatever else is named gets one and the same answer, so that nobody learns which files this machine has: of a path that
does not lie below a folder of the library, nothing is looked up on the disk.
"""

import asyncio
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from mutagen import File

from api_queue.errors import BadAudioFile, FileGone, TrackNotFound
from api_queue.tracklists.cue_building import Recording
from api_queue.tracks.music_file import open_plain
from api_queue.tracks.paths import from_text, to_text
from api_queue.tracks.service import TrackService
from api_queue.tracks.walk import is_inside
from api_queue.types import Milliseconds


class LibraryRecordings:
    """cue_files.Recordings. `roots` are the folders without links on the way, `named` also as the operator wrote
    them.
    """

    def __init__(self, tracks: TrackService, roots: Sequence[Path], named: Sequence[Path] = ()) -> None:
        self._tracks = tracks
        self._roots = tuple(roots)
        self._named = tuple(dict.fromkeys((*roots, *named)))

    async def recording(self, name: str) -> Recording:
        """Raises BadAudioFile. A relative path may be below any of the folders; a part of a recording is all of it."""
        try:
            track = await self._tracks.track((await self._tracks.track(name)).recording)
            path = await self._tracks.path_of(track.track_id)
        except (TrackNotFound, FileGone):
            return await asyncio.to_thread(self._file, name)
        return Recording(name=to_text(path.name), duration_ms=track.duration_ms, track_id=track.track_id)

    def _file(self, name: str) -> Recording:
        for path in self._below(name):
            if is_inside(path, self._roots) and _is_file(path):
                return Recording(name=to_text(path.name), duration_ms=_length(Path(os.path.realpath(path))))
        raise BadAudioFile

    def _below(self, name: str) -> Iterator[Path]:
        """As it was typed, and as answers write names that are no text."""
        texts = () if "\0" in name else dict.fromkeys((name, from_text(name)))
        for text in texts:
            for root in self._named:
                path = Path(os.path.normpath(root / text))
                if path.is_relative_to(root) and path != root:
                    yield path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # of a name that is too long
        return False


def _length(path: Path) -> Milliseconds | None:
    """None where the file does not say. Mutagen raises its own errors, or whatever else a broken file provokes."""
    try:
        with open_plain(path) as file:
            known = File(fileobj=file)
            return Milliseconds(round(known.info.length * 1000)) or None
    except Exception:
        return None

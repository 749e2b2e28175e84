"""ReplayGain values into a FLAC's tags. The file is replaced by a whole new one, whose sound is the same to the bit.

A second name that it has elsewhere (a hard link) keeps the file as it was.
"""

import fcntl
import os
import shutil
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

from mutagen.flac import FLAC

from api_queue.errors import FileChanged
from api_queue.tracks.models import Analysis
from api_queue.tracks.music_file import frames_digest, open_plain
from api_queue.tracks.paths import to_text

State = tuple[int, int, int]
"""Inode, size and time of a file: another one is another content."""


def write_replaygain(path: Path, analysis: Analysis) -> None:
    """Raises OSError, NotMusic; FileChanged when somebody else writes it at the same time."""
    draft = path.with_name(f".{blake2b(os.fsencode(path.name), digest_size=16).hexdigest()}.draft")
    with open_plain(path) as source:
        before = _lock(source, path)
        draft.unlink(missing_ok=True)  # of a worker that was killed
        try:
            _copy(source, path, draft)
            _tag(draft, analysis)
            if frames_digest(draft) != frames_digest(path):
                raise _changed(path)
            _check(path, before)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


def _lock(source: BinaryIO, path: Path) -> State:
    """Until `source` is closed: another worker may have been given the file as well, and drafts have one name."""
    try:
        fcntl.flock(source, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _changed(path) from None
    except OSError:  # some disks on a network know no locks
        pass
    state = _state(os.fstat(source.fileno()))
    _check(path, state)
    return state


def _copy(source: BinaryIO, path: Path, draft: Path) -> None:
    with draft.open("xb") as target:
        shutil.copyfileobj(source, target)
    _give(draft, os.fstat(source.fileno()))
    shutil.copystat(path, draft)
    os.utime(draft)  # changed it has


def _give(draft: Path, like: os.stat_result) -> None:
    """To the same owner and group, as far as we may."""
    for owner, group in ((-1, like.st_gid), (like.st_uid, -1)):
        with suppress(PermissionError):
            os.chown(draft, owner, group)


def _tag(draft: Path, analysis: Analysis) -> None:
    flac = FLAC(draft)  # type: ignore[no-untyped-call]  # mutagen's types are incomplete
    if flac.tags is None:
        flac.add_tags()  # type: ignore[no-untyped-call]
    if analysis.track_gain_db is not None:
        flac["REPLAYGAIN_TRACK_GAIN"] = f"{analysis.track_gain_db:+.2f} dB"
    flac["REPLAYGAIN_TRACK_PEAK"] = f"{analysis.track_peak:.6f}"
    flac.save()
    with draft.open("rb") as file:
        os.fsync(file.fileno())


def _check(path: Path, before: State) -> None:
    if _state(path.lstat()) != before:
        raise _changed(path)


def _changed(path: Path) -> FileChanged:
    return FileChanged(path=to_text(path.name))


def _state(stat: os.stat_result) -> State:
    return stat.st_ino, stat.st_size, stat.st_mtime_ns

"""ReplayGain values into a FLAC's tags. The file is replaced by a whole new one, whose sound is the same to the bit."""

import os
import shutil
from hashlib import blake2b
from pathlib import Path

from mutagen.flac import FLAC

from api_queue.errors import FileChanged
from api_queue.tracks.models import Analysis
from api_queue.tracks.music_file import frames_digest, open_plain


def write_replaygain(path: Path, analysis: Analysis) -> None:
    """Raises OSError, NotMusic; FileChanged when somebody else writes it at the same time."""
    draft = path.with_name(f".{blake2b(os.fsencode(path.name), digest_size=16).hexdigest()}.draft")
    draft.unlink(missing_ok=True)  # of a worker that was killed
    try:
        before = _copy(path, draft)
        _tag(draft, analysis)
        if frames_digest(draft) != frames_digest(path) or _state(path.lstat()) != before:
            raise FileChanged(path=path.name)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _copy(path: Path, draft: Path) -> tuple[int, int, int]:
    with open_plain(path) as source, draft.open("xb") as target:
        before = os.fstat(source.fileno())
        shutil.copyfileobj(source, target)
    shutil.copystat(path, draft)
    os.utime(draft)  # changed it has
    return _state(before)


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


def _state(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_ino, stat.st_size, stat.st_mtime_ns

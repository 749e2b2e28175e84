"""Files get other names. Nothing is overwritten, and a move that was broken off half-way is finished by the next."""

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from api_queue.errors import FileGone, NameTaken, OtherDisk
from api_queue.tracks.music_file import COVER_NAMES, ENDING
from api_queue.tracks.paths import to_text

#: What file systems without second names for a file (FAT, some networks) say to `link`.
_NO_LINKS: Final = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


def what_moves(before: Path, after: Path) -> Iterator[tuple[Path, Path]]:
    """The file, its lyrics, and with the last music of a folder the folder's covers."""
    yield before, after
    lyrics = before.with_suffix(".lrc")
    if lyrics.is_file():
        yield lyrics, after.with_suffix(".lrc")
    if before.parent == after.parent or any(_is_music(path) for path in before.parent.iterdir() if path != before):
        return
    for name in COVER_NAMES:
        if (before.parent / name).is_file() and not os.path.lexists(after.parent / name):
            yield before.parent / name, after.parent / name


def move(before: Path, after: Path, root: Path) -> None:
    """Again what was moved already is passed over. Raises NameTaken, OtherDisk, FileGone, OSError."""
    if before.is_file() or not after.is_file():
        _move(before, after)
        _remove_empty(before.parent, root)


def _move(before: Path, after: Path) -> None:
    after.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(before, after, follow_symlinks=False)  # unlike a rename it fails where a file is
    except FileExistsError:
        if not _is_half_moved(before, after):
            raise NameTaken(path=to_text(f"{after}")) from None
        before.unlink()
    except FileNotFoundError:
        raise FileGone from None
    except OSError as error:
        _rename(before, after, error)
    else:
        before.unlink()


def _is_half_moved(before: Path, after: Path) -> bool:
    """Both names of one file. One name in two spellings is no such thing, where the disk ignores upper case."""
    return before.samefile(after) and before.stat().st_nlink > 1


def _rename(before: Path, after: Path, error: OSError) -> None:
    if error.errno == errno.EXDEV:
        raise OtherDisk(path=to_text(f"{after}")) from None
    if error.errno not in _NO_LINKS:
        raise error
    if os.path.lexists(after):
        raise NameTaken(path=to_text(f"{after}")) from None
    before.rename(after)


def _remove_empty(folder: Path, root: Path) -> None:
    with suppress(OSError):  # it is not empty
        while folder != root and folder.is_relative_to(root):
            folder.rmdir()
            folder = folder.parent


def _is_music(path: Path) -> bool:
    return path.name.lower().endswith(ENDING) and not path.name.startswith(".")

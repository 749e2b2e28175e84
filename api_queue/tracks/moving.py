"""Files get other names. Nothing is overwritten, and a move that was broken off half-way is finished by the next."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from api_queue.errors import FileGone, NameTaken, OtherDisk
from api_queue.tracks.music_file import COVER_NAMES, ENDING
from api_queue.tracks.paths import to_text
from api_queue.tracks.sheet_file import SHEET_ENDING
from api_queue.tracks.sidecars import SidecarsOf
from api_queue.tracks.walk import is_inside, outside

#: What file systems without second names for a file (FAT, some networks) say to `link`.
_NO_LINKS: Final = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


def what_moves(before: Path, after: Path) -> Iterator[tuple[Path, Path]]:
    """The file, its lyrics, CUE sheet and videos, and with the last music of a folder the folder's covers."""
    yield before, after
    shown = SidecarsOf((path.name for path in before.parent.iterdir()), ENDING)(before.name)
    for ending in (".lrc", SHEET_ENDING, *shown):
        if _is_plain(old := before.with_name(f"{before.stem}{ending}")):
            yield old, after.with_name(f"{after.stem}{ending}")
    if before.parent == after.parent or any(_is_music(path) for path in before.parent.iterdir() if path != before):
        return
    for name in COVER_NAMES:
        if _is_plain(before.parent / name) and not os.path.lexists(after.parent / name):
            yield before.parent / name, after.parent / name


def check_free(pairs: Iterable[tuple[Path, Path]]) -> None:
    """Before the first of them moves, so that none is left behind. Raises NameTaken."""
    for before, after in pairs:
        if os.path.lexists(after) and not _is_one_entry(before, after):
            raise NameTaken(path=to_text(f"{after}"))


def move(before: Path, after: Path, root: Path) -> None:
    """Again what was moved already is passed over. Raises NameTaken, OtherDisk, FileGone, FolderOutside, OSError."""
    for folder in (before.parent, after.parent):
        if not is_inside(folder, [root]):
            raise outside(f"{folder}", [root])
    if before.is_file() or not after.is_file():
        try:
            _move(before, after)
        finally:
            _remove_empty(before.parent, root)
            _remove_empty(after.parent, root)


def _move(before: Path, after: Path) -> None:
    after.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(before, after, follow_symlinks=False)  # unlike a rename it fails where a file is
    except FileExistsError:
        _move_on(before, after)
    except FileNotFoundError:
        raise FileGone from None
    except OSError as error:
        if error.errno == errno.EXDEV:
            raise OtherDisk(path=to_text(f"{after}")) from None
        if error.errno not in _NO_LINKS:
            raise
        _rename(before, after)
    else:
        before.unlink()


def _move_on(before: Path, after: Path) -> None:
    """Where the new name is there already."""
    if _is_one_entry(before, after):
        before.rename(after)
    elif _is_one_file(before, after):  # half moved
        before.unlink()
    else:
        raise NameTaken(path=to_text(f"{after}")) from None


def _is_one_file(before: Path, after: Path) -> bool:
    return not after.is_symlink() and before.samefile(after)


def _is_one_entry(before: Path, after: Path) -> bool:
    """One name in two spellings, where the disk ignores upper case: its folder lists only one of them."""
    if not _is_one_file(before, after) or not before.parent.samefile(after.parent):
        return False
    return before.name == after.name or not {before.name, after.name} <= {path.name for path in after.parent.iterdir()}


def _rename(before: Path, after: Path) -> None:
    """Onto an empty file of ours: a rename overwrites whatever has come since somebody looked."""
    try:
        after.touch(exist_ok=False)
    except FileExistsError:
        raise NameTaken(path=to_text(f"{after}")) from None
    try:
        before.rename(after)
    except OSError:
        after.unlink()
        raise


def _remove_empty(folder: Path, root: Path) -> None:
    with suppress(OSError):  # it is not empty
        while folder != root and folder.is_relative_to(root):
            folder.rmdir()
            folder = folder.parent


def _is_music(path: Path) -> bool:
    return path.name.lower().endswith(ENDING) and not path.name.startswith(".")


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()

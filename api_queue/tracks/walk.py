"""Which files there are. Links are not followed: inside the library their target is found where it lies, and
outside of it is none of ours. So no link can lead out, or in a circle.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from api_queue.errors import DemoStays, FolderMissing, FolderOutside
from api_queue.tracks.music_file import COVER_NAMES, ENDING, lyrics_beside
from api_queue.tracks.paths import to_text
from api_queue.tracks.sheet_file import SheetsOf
from api_queue.tracks.sidecars import SidecarsOf


class Found(NamedTuple):
    """`size` is the sum over the file and what stands `beside` it, `mtime_ns` the latest: new lyrics, a new cover,
    video or CUE sheet are a change too. `refused` says why something that looks like music is not read.
    """

    path: str
    size: int = 0
    mtime_ns: int = 0
    refused: str = ""
    beside: tuple[str, ...] = ()


def music_roots(configured: Iterable[Path]) -> tuple[Path, ...]:
    """Those that exist, links resolved, none inside another; without any, the demo music."""
    there = sorted({root.resolve() for root in configured if root.is_dir()})
    outer = tuple(root for root in there if not any(above in there for above in root.parents))
    return outer or (demo_root(),)


def demo_root() -> Path:
    return Path(str(files("api_queue.config").joinpath("demo", "music"))).resolve()


def keep_demo(paths: Iterable[Path]) -> None:
    """Raises DemoStays before one of the demo songs is written to."""
    if any(path.is_relative_to(demo_root()) for path in paths):
        raise DemoStays


def is_inside(path: str | Path, roots: Iterable[Path]) -> bool:
    """After resolving every link on the way."""
    real = Path(os.path.realpath(path))
    return any(real.is_relative_to(root) for root in roots)


def outside(path: str, roots: Iterable[Path]) -> FolderOutside:
    return FolderOutside(path=to_text(path), roots=", ".join(to_text(f"{root}") for root in roots))


def real_path(path: str, roots: Iterable[Path]) -> Path:
    """Of a folder or file of the library, without links on the way. Raises FolderOutside, FolderMissing."""
    if not path.startswith("/") or "\0" in path or not is_inside(path, roots):
        raise outside(path, roots)
    try:
        return Path(os.path.realpath(path, strict=True))
    except OSError:
        raise FolderMissing(path=to_text(path)) from None


def walk(folder: str, roots: Sequence[Path]) -> Iterator[Found]:
    """Music and what looks like it, in the folder and below it. A folder that cannot be read is one refusal."""
    folders = [folder]
    while folders:
        folder = folders.pop()
        try:
            entries = _entries(folder)
        except OSError as error:
            yield Found(folder, refused=f"the folder cannot be read: {error.strerror}")
            continue
        folders += [entry.path for entry in entries.values() if entry.is_dir(follow_symlinks=False)]
        yield from _music(entries, entries, roots)


def look_at(paths: Iterable[str], roots: Sequence[Path]) -> Iterator[Found]:
    """These files, as a walk finds them. One that is gone is not among them."""
    for folder, group in groupby(sorted(map(os.path.split, paths)), itemgetter(0)):
        with suppress(OSError):
            yield from _music(_entries(folder), [name for _, name in group], roots)


def _entries(folder: str) -> dict[str, os.DirEntry[str]]:
    with os.scandir(folder) as listing:
        return {entry.name: entry for entry in listing if not entry.name.startswith(".")}


def _music(entries: dict[str, os.DirEntry[str]], names: Iterable[str], roots: Sequence[Path]) -> Iterator[Found]:
    covers = tuple(name for name in COVER_NAMES if name in entries)
    sheets = SheetsOf(entries, ENDING)
    sidecars = SidecarsOf((name for name, entry in entries.items() if not entry.is_symlink()), ENDING)
    for name in names:
        entry = entries.get(name)
        if entry is None:
            continue
        if entry.is_symlink():
            if not is_inside(entry.path, roots):
                yield Found(entry.path, refused="it is a link that leads out of the library")
            elif name.lower().endswith(ENDING) and not Path(entry.path).exists():
                yield Found(entry.path, refused="it is a link that leads nowhere")
        elif name.lower().endswith(ENDING) and not entry.is_dir(follow_symlinks=False):
            lyrics = [lyrics_beside(name)] if lyrics_beside(name) in entries else []
            shown = [f"{name[: -len(ENDING)]}{ending}" for ending in sidecars(name)]
            yield _found(entry, entries, (*covers, *lyrics, *sheets(name), *shown))


def _found(entry: os.DirEntry[str], entries: dict[str, os.DirEntry[str]], beside: tuple[str, ...]) -> Found:
    if not entry.is_file(follow_symlinks=False):
        return Found(entry.path, refused="it is not a plain file")
    try:
        own = entry.stat(follow_symlinks=False)
        others = [entries[name].stat(follow_symlinks=False) for name in beside]
    except OSError as error:
        return Found(entry.path, refused=f"it cannot be read: {error.strerror}")
    size = own.st_size + sum(other.st_size for other in others)
    mtime_ns = max([own.st_mtime_ns, *(other.st_mtime_ns for other in others)])
    return Found(entry.path, size, mtime_ns, beside=beside)

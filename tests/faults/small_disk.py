"""A disk of our own that can be full, and that can be taken from writing: a filesystem in memory, or one in a file."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from tests.tools import needs

MIB: Final = 1 << 20


@contextmanager
def small_disk(folder: Path, size_mb: int) -> Iterator[Path]:
    """Mounted on `folder`, which takes root: elsewhere the test is skipped."""
    folder.mkdir()
    if _failed("mount", "-t", "tmpfs", "-o", f"size={size_mb}m", "tmpfs", f"{folder}"):
        pytest.skip("mounting a disk takes root")
    try:
        yield folder
    finally:
        _unmount(folder)


@contextmanager
def failing_disk(folder: Path, image: Path, size_mb: int) -> Iterator[Path]:
    """An ext4 in the file `image`, which `fail` takes from writing, as the kernel does after an error."""
    with image.open("wb") as file:
        file.truncate(size_mb * MIB)
    make = needs("mkfs.ext4", "e2fsprogs", f"{os.environ['PATH']}{os.pathsep}/usr/sbin")
    subprocess.run([make, "-q", "-F", f"{image}"], check=True)
    with mounted(image, folder) as disk:
        yield disk


@contextmanager
def mounted(image: Path, folder: Path) -> Iterator[Path]:
    folder.mkdir()
    if _failed("mount", "-o", "loop", f"{image}", f"{folder}"):
        pytest.skip("mounting an image takes root and loop devices")
    try:
        yield folder
    finally:
        _unmount(folder)


def close(folder: Path) -> None:
    """An operator takes it from writing. The kernel refuses that while a server writes there."""
    subprocess.run(["mount", "-o", "remount,ro", f"{folder}"], check=True)


def fail(folder: Path) -> None:
    """What is open for writing is so no more, and it looks as writable as before."""
    subprocess.run(["mount", "-o", "remount,abort", f"{folder}"], check=True)


def fill(folder: Path, *, leave: int) -> Path:
    """Until so many bytes are free. Returns the file that has to go for there to be room again."""
    path = folder / "fill"
    with path.open("wb", buffering=0) as file:
        while (free := _free(folder) - leave) > 0:
            try:
                file.write(bytes(min(free, MIB)))
            except OSError:
                break
    return path


def _free(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def _failed(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode != 0
    except FileNotFoundError:
        return True


def _unmount(folder: Path) -> None:
    subprocess.run(["umount", f"{folder}"], check=True)

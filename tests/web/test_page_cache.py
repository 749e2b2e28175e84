"""Reads from the page cache, from a cold disk and from file systems that cannot tell the two apart."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from api_queue.web.page_cache import read

BYTES = os.urandom(100_000)


@pytest.fixture
def fd(on_disk: Path) -> Iterator[int]:
    path = on_disk / "file"
    path.write_bytes(BYTES)
    fd = os.open(path, os.O_RDONLY)
    yield fd
    os.close(fd)


def room(length: int) -> memoryview:
    return memoryview(bytearray(length))


def test_a_warm_page_is_there_without_waiting(fd: int) -> None:
    # Given a page in the cache / When it is read / Then the event loop is not even asked for its turn
    with pytest.raises(StopIteration) as finished:
        read(fd, 10, room(20)).send(None)
    assert finished.value.value == BYTES[10:30]


async def test_a_cold_page_is_waited_for(fd: int) -> None:
    os.fsync(fd)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    got = b""
    while chunk := await read(fd, len(got), room(70_000)):
        got += chunk
    assert got == BYTES


async def test_the_end_of_the_file_is_empty(fd: int) -> None:
    assert bytes(await read(fd, len(BYTES) - 5, room(100))) == BYTES[-5:]
    assert bytes(await read(fd, len(BYTES), room(100))) == b""


async def test_a_file_system_that_cannot_tell_is_read_all_the_same() -> None:
    # /proc refuses to read without waiting
    fd = os.open("/proc/version", os.O_RDONLY)
    try:
        assert bytes(await read(fd, 0, room(5))) == b"Linux"
    finally:
        os.close(fd)


async def test_a_real_fault_is_raised(tmp_path: Path) -> None:
    folder = os.open(tmp_path, os.O_RDONLY)
    with pytest.raises(IsADirectoryError):
        await read(folder, 0, room(10))
    os.close(folder)

"""Reads that never hold up the event loop: out of the page cache at once, from a cold disk in a thread."""

import asyncio
import os


async def read(fd: int, start: int, buffer: memoryview) -> memoryview:
    """The part of `buffer` that now holds the bytes from `start` on: less than all where the warm pages end; nothing
    only at the end of the file.
    """
    return buffer[: _read_warm(fd, buffer, start) or await asyncio.to_thread(os.preadv, fd, [buffer], start)]


def _read_warm(fd: int, buffer: memoryview, start: int) -> int:
    """0 when the first page is cold, or when the file system cannot tell (EOPNOTSUPP of some network ones)."""
    try:
        return os.preadv(fd, [buffer], start, os.RWF_NOWAIT)
    except OSError:
        return 0  # a real fault of the disk shows again, and is raised, in the thread

"""Reads that never hold up the event loop: out of the page cache at once, from a cold disk in a thread."""

import asyncio
import os


async def read(fd: int, start: int, length: int) -> bytearray:
    """Up to `length` bytes at `start`: fewer where the warm pages end; none only at the end of the file."""
    buffer = bytearray(length)
    got = _read_warm(fd, buffer, start) or await asyncio.to_thread(os.preadv, fd, [buffer], start)
    if got < length:
        del buffer[got:]
    return buffer


def _read_warm(fd: int, buffer: bytearray, start: int) -> int:
    """0 when the first page is cold, or when the file system cannot tell (EOPNOTSUPP of some network ones)."""
    try:
        return os.preadv(fd, [buffer], start, os.RWF_NOWAIT)
    except OSError:
        return 0  # a real fault of the disk shows again, and is raised, in the thread

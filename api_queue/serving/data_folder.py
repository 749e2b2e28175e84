"""The data folder belongs to one server at a time."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api_queue.errors import StartRefused

#: Seconds in which the programs of a server that was killed write their logs out and end.
PATIENCE_S = 5.0
#: In the data folder while a restore is not complete.
RESTORING = "restoring"


@contextmanager
def locked(folder: Path) -> Iterator[int]:
    """Yields a descriptor to hand to programs that write in the folder: the lock is free when they have ended too."""
    lock = _open(folder)
    try:
        _take(lock, folder)
        yield lock
    finally:
        os.close(lock)


def refuse_unfinished(folder: Path) -> None:
    if (folder / RESTORING).exists():
        raise StartRefused(reason=f"A restore into {folder} did not end: begin it again, with --over.")


def is_served(folder: Path) -> bool:
    """Whether a server uses it just now."""
    try:
        lock = os.open(folder / "lock", os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(lock)


def _open(folder: Path) -> int:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StartRefused(reason=f"The data folder {folder} cannot be written: {error.strerror}.") from None


def _take(lock: int, folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise StartRefused(
                    reason=f"Another server uses the data folder {folder}; stop it, or set --data."
                ) from None
            time.sleep(0.05)

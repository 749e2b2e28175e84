"""A folder of JSON files, each changed by one process at a time and replaced whole: no crash leaves half of one."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from api_queue.errors import MessagesDamaged

File = TypeVar("File")


class JsonFolder:
    """Blocks: it is for a thread. Raises OSError, and MessagesDamaged, which leaves the file as it is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, name: str, decoded: Callable[[bytes], File], unused: File) -> File:
        """Needs no lock: whoever changes the file puts another one in its place. `decoded` may raise ValueError."""
        try:
            return decoded((self._folder / name).read_bytes())
        except FileNotFoundError:
            return unused
        except ValueError as error:
            raise MessagesDamaged(file=name, reason=error) from None

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """For one thread of one process; the system takes the lock from who dies."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f".{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def replace(self, name: str, data: bytes) -> None:
        """On the disk once this returns, or nothing has changed. Only for who has the lock."""
        draft = self._folder / f".{name}.draft"
        try:
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._folder / name)
        except OSError:
            with suppress(OSError):
                draft.unlink()
            raise
        self._sync()

    def _sync(self) -> None:
        """The folder says which file has the name; that must last as well."""
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

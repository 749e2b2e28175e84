"""What a speaker keeps: which device it is, and the token that proves it. Nobody else may read it."""

import fcntl
import os
from pathlib import Path

import msgspec

from api_queue.errors import StartRefused
from api_queue.types import DeviceId, QueueName


class Known(msgspec.Struct, frozen=True):
    """A device as one server knows it."""

    server: str
    queue: QueueName
    device_id: DeviceId
    token: str


class StateFile:
    """One program at a time: two with the same device would both be the one speaker."""

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _not_kept(folder, error) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartRefused(reason=f"A speaker runs already with the state in {folder}; see --state.") from None
        self._path = folder / "speaker.json"

    def known(self, server: str, queue: QueueName | None) -> Known | None:
        """None when there is nothing of this server and queue."""
        try:
            known = msgspec.json.decode(self._path.read_bytes(), type=Known)
        except (FileNotFoundError, msgspec.MsgspecError):
            return None
        return known if known.server == server and queue in {None, known.queue} else None

    def keep(self, known: Known) -> None:
        """It is on the disk then: whoever has paired a machine pulls its plug. Raises StartRefused."""
        part = self._path.with_suffix(".part")
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "wb") as file:  # noqa: PTH123 - of a descriptor
                file.write(msgspec.json.encode(known))
                file.flush()
                os.fsync(descriptor)
            part.rename(self._path)
        except OSError as error:
            raise _not_kept(part.parent, error) from None

    def close(self) -> None:
        os.close(self._lock)


def _not_kept(folder: Path, error: OSError) -> StartRefused:
    return StartRefused(reason=f"The speaker cannot keep its state in {folder}: {error.strerror}.")

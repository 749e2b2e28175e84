"""When the embedded Redis writes to disk, and what it does when it cannot.

With `always` Redis ends itself at the first write that does not fit: it would have to answer what it has not kept. Then
nobody could even look at the list. Where little room is left it is therefore told `everysec`, with which it refuses to
write, goes on reading, and takes up writing again by itself. Guests have been refused before that (`disk.py`), so that
what is written then is little, and what keeps the music going.
"""

import socket
import threading
from pathlib import Path
from typing import Final, Literal

from api_queue.drivers.disk import Disk
from api_queue.drivers.processes import Program

Fsync = Literal["always", "everysec"]

#: How much of it Redis's own `always` needs: a thousand adds, or a look at the disk every `LOOK_S`.
ROOM_BYTES: Final = 4 << 20
LOOK_S: Final = 0.25


class Durability:
    """`wanted` is what the operator has set."""

    def __init__(self, folder: Path, socket_path: Path, wanted: Fsync) -> None:
        self._disk = Disk(folder, ROOM_BYTES)
        self._socket = socket_path
        self._wanted: Fsync = wanted
        self._failed = False
        self._ending = threading.Event()

    def begin(self) -> Fsync:
        """What Redis starts with. One that a failed disk has ended is started again for those who read."""
        self._failed = not self._disk.is_writable()
        return self._due()

    def _due(self) -> Fsync:
        return self._wanted if not self._failed and self._disk.has_room() else "everysec"

    def watch(self, program: Program) -> None:
        if self._wanted != "everysec":
            threading.Thread(target=self._follow, args=(program,), name="durability", daemon=True).start()

    def stop(self) -> None:
        self._ending.set()

    def _follow(self, program: Program) -> None:
        told: tuple[int | None, Fsync] | None = None
        while not self._ending.wait(LOOK_S):
            self._failed = self._failed and not self._disk.is_writable()
            due = (program.pid, self._due())
            if due != told and ask(self._socket, "CONFIG", "SET", "appendfsync", due[1]) == b"+OK\r\n":
                told = due


def ask(socket_path: Path, *words: str) -> bytes:
    """The answer of one line; nothing where there is none."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1)
            connection.connect(str(socket_path))
            connection.sendall(" ".join(words).encode() + b"\r\n")
            return connection.recv(64)
    except OSError:
        return b""

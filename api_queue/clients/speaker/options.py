"""What a speaker is started with."""

import argparse
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from api_queue.clients.speaker.status import JsonLines, Sentences, Show
from api_queue.errors import StartRefused
from api_queue.types import QueueName

TOKEN: Final = "API_QUEUE_TOKEN"  # noqa: S105 - a name


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`server` None: to be found from our address `interface`, or from all. `output`: null, auto, or a device of mpv's.

    `token` is somebody's who may register a speaker; it is needed once. At `mpv_socket` others may look into mpv.
    """

    server: str | None
    interface: str | None
    queue: QueueName | None
    name: str
    token: str | None
    output: str
    state: Path
    mpv_socket: Path | None
    show: Show

    @classmethod
    def of(cls, asked: argparse.Namespace) -> "Options":
        return cls(
            server=_address(asked.server) if asked.server else None,
            interface=asked.interface,
            queue=QueueName(asked.queue) if asked.queue else None,
            name=asked.name,
            token=os.environ.get(TOKEN) or None,
            output=asked.output,
            state=asked.state or _state_folder(),
            mpv_socket=asked.mpv_socket,
            show=JsonLines() if asked.json or not sys.stdout.isatty() else Sentences(asked.name),
        )


def hide_token(token: str | None) -> None:
    """Everybody on a machine can read how a program was started, so it is started anew without."""
    if token:
        words = iter(sys.orig_argv)
        kept = [word for word in words if not (word == "--token" and next(words)) and not word.startswith("--token=")]
        os.execve(sys.executable, kept, {**os.environ, TOKEN: token})  # noqa: S606 - no shell


def _address(given: str) -> str:
    """`party.local:8000` is one too. Raises StartRefused."""
    url = given.rstrip("/") if "://" in given else f"http://{given.rstrip('/')}"
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
            return url
    raise StartRefused(reason=f"{given} is no address of a server; http://party.local:8000 would be one.")


def _state_folder() -> Path:
    """As systemd says, else as the XDG directories do."""
    given = os.environ.get("STATE_DIRECTORY")
    return (
        Path(given) if given else Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser() / "api_queue"
    )

"""A line on stdout whenever something has changed, for whoever watches a speaker: JSON, or a sentence."""

import sys
import time
from collections.abc import Callable
from typing import Literal, TextIO

import msgspec

from api_queue.types import DeviceId, ItemId

State = Literal["spare", "stopped", "paused", "playing"]


class Status(msgspec.Struct, frozen=True, omit_defaults=True):
    """`audible` is what mpv says of itself: not paused, not waiting for data, louder than nothing."""

    state: State
    audible: bool
    device_id: DeviceId
    generation: int | None = None
    item_id: ItemId | None = None
    title: str = ""
    artist: str = ""
    speaker_name: str | None = None
    server_away: bool = False
    reason: str = ""


#: Gets the status, and the position in the room (ms), whenever one of them may be another.
Show = Callable[[Status, int | None], None]


class JsonLines:
    def __init__(self) -> None:
        self.last: Status | None = None

    def __call__(self, status: Status, position_ms: int | None) -> None:
        """With the wall clock's time and the position in the room; neither is a change by itself."""
        if status != self.last:
            self.last = status
            line = {**msgspec.structs.asdict(status), "position_ms": position_ms, "at_ms": time.time_ns() // 1_000_000}
            _write(sys.stdout, msgspec.json.encode(line).decode())


class Sentences:
    """`name`: the speaker's own."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._last = ""

    def __call__(self, status: Status, _position_ms: int | None) -> None:
        sentence = in_words(status, self._name)
        if sentence != self._last:
            self._last = sentence
            _write(sys.stdout, sentence)


def in_words(status: Status, name: str) -> str:
    """For a terminal, which obeys what cannot be printed: titles are anybody's."""
    away = " The server is away." if status.server_away else ""
    return "".join(filter(str.isprintable, f"{_doing(status, name)}.{away}"))


def _doing(status: Status, name: str) -> str:
    music = f'"{status.title}" by {status.artist}' if status.title else "a track"
    match status.state:
        case "playing":
            return f"{'Playing' if status.audible else 'Silent for now:'} {music} as {name}"
        case "paused":
            return f"Paused: {music}"
        case "stopped":
            return "Stopped: nothing is to be played"
    return f"Waiting: {status.speaker_name or 'nobody'} is the speaker"


def say(sentence: str) -> None:
    """What a person must read."""
    _write(sys.stderr, sentence)


def _write(stream: TextIO, line: str) -> None:
    stream.write(line + "\n")
    stream.flush()

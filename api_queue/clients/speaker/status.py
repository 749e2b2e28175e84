"""A line of JSON on stdout whenever something has changed, for whoever watches a speaker."""

import sys
import time
from typing import Literal

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
    reason: str = ""


class StatusLines:
    def __init__(self) -> None:
        self._last: Status | None = None

    def show(self, status: Status, position_ms: int | None) -> None:
        """With the wall clock's time and the position in the room; neither is a change by itself."""
        if status != self._last:
            self._last = status
            line = {**msgspec.structs.asdict(status), "position_ms": position_ms, "at_ms": time.time_ns() // 1_000_000}
            sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
            sys.stdout.flush()


def say(sentence: str) -> None:
    """What a person must read."""
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()

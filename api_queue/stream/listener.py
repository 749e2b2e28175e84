"""One reader: it is written to while it keeps up, and starts anew from a snapshot when it does not."""

from collections import deque
from typing import Final

from api_queue.stream.models import Line, Subscription

#: A line that holds more than this is slow; it is written to again when it holds less than DRAINED_BYTES.
FULL_BYTES: Final = 64 * 1024
DRAINED_BYTES: Final = 16 * 1024


class Listener:
    """`behind`: it gets nothing before it is brought up, like everyone at first. `reason`: why it fell behind since."""

    __slots__ = ("_bound", "_held", "_held_events", "behind", "line", "reason", "subscription")

    def __init__(self, line: Line, subscription: Subscription, bound: int) -> None:
        self.line = line
        self.subscription = subscription
        self.behind = True
        self.reason: str | None = None
        self._bound = bound
        self._held: deque[bytes] = deque()
        self._held_events = 0

    def offer(self, chunks: bytes, events: int) -> bool:
        """False: the listener is slow and has to be looked after."""
        if self.behind:
            return self.reason is None
        if not self._held and self.line.buffered <= FULL_BYTES:
            self.line.write(chunks)
            return True
        self._held.append(chunks)
        self._held_events += events
        if self._held_events > self._bound:
            self.lose("This reader was too slow for every change; here is the state as it is now.")
        return False

    def offer_now(self, chunks: bytes) -> None:
        """For what is worth nothing later."""
        if not self.behind and not self._held and self.line.buffered <= FULL_BYTES:
            self.line.write(chunks)

    def lose(self, reason: str) -> None:
        self._held.clear()
        self._held_events = 0
        self.behind = True
        self.reason = reason

    @property
    def drained(self) -> bool:
        return self.line.buffered <= DRAINED_BYTES

    def write_held(self) -> None:
        self.line.write(b"".join(self._held))
        self._held.clear()
        self._held_events = 0

    def bring_up(self, chunks: bytes) -> None:
        self.behind = False
        self.line.write(chunks)

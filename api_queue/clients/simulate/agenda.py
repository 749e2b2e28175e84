"""Everybody's next look at the queue, in the order of time: a night that takes no longer than its answers."""

from collections.abc import Awaitable, Callable
from heapq import heappop, heappush
from itertools import count

Look = Callable[[int], Awaitable[int | None]]
"""At a time, in ms since the doors opened; answers when to look again, None: no more."""


class Agenda:
    """`tell` hears the time before each look."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        self._tell = tell
        self._looks: list[tuple[int, int, Look]] = []
        self._numbers = count()

    def add(self, at_ms: int, look: Look) -> None:
        """At the same time, who was added first looks first."""
        heappush(self._looks, (at_ms, next(self._numbers), look))

    async def run(self, until_ms: int) -> None:
        """Nobody looks again within the same ms, so that it ends."""
        while self._looks and self._looks[0][0] < until_ms:
            now_ms, _, look = heappop(self._looks)
            self._tell(now_ms)
            again_ms = await look(now_ms)
            if again_ms is not None:
                self.add(max(again_ms, now_ms + 1), look)

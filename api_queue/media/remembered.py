"""Answers that are good for a while, because a player that seeks asks for eight ranges in a row."""

from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

from api_queue.drivers.clock import Clock

K = TypeVar("K")
V = TypeVar("V")

#: More than play at once on any one server; then everything is asked anew.
_MOST: Final = 1000


class Remembered(Generic[K, V]):
    """What `ask` answers, kept for `kept_ms`. What it raises is not kept."""

    def __init__(self, ask: Callable[[K], Awaitable[V]], kept_ms: int, clock: Clock) -> None:
        self._ask = ask
        self._kept_ms = kept_ms
        self._clock = clock
        self._answers: dict[K, tuple[V, int]] = {}

    async def __call__(self, key: K) -> V:
        answer, until_ms = self._answers.get(key, (None, 0))
        if answer is not None and self._clock.now_ms() < until_ms:
            return answer
        answer = await self._ask(key)
        if len(self._answers) >= _MOST:
            self._answers.clear()
        self._answers[key] = answer, self._clock.now_ms() + self._kept_ms
        return answer

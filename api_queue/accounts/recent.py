"""What a worker read of tokens a moment ago, so that a request costs no SQL."""

from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

from api_queue.drivers.clock import Clock

T = TypeVar("T")

#: Only a revocation that could not be told (Redis away) takes this long; others arrive at once.
KEPT_MS: Final = 5000
#: More than a party has tokens; beyond it everything is read anew.
_MOST: Final = 4096


class Recent(Generic[T]):
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, tuple[int, T]] = {}
        self._forgotten = 0

    async def get(self, key: str, load: Callable[[str], Awaitable[T]]) -> T:
        now = self._clock.now_ms()
        until, value = self._kept.get(key, (0, None))
        if now < until:
            return value  # type: ignore[return-value]  # None stands only beside the time 0
        forgotten = self._forgotten
        loaded = await load(key)
        if forgotten == self._forgotten:  # else this was read before the revocation that has arrived meanwhile
            self._keep(key, now + KEPT_MS, loaded)
        return loaded

    def _keep(self, key: str, until_ms: int, value: T) -> None:
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[key] = (until_ms, value)

    def forget(self) -> None:
        self._kept.clear()
        self._forgotten += 1

"""What a process has learnt holds until the library changes; asking whether it has must not cost each request a round
trip, so it is asked once a second at most.
"""

import asyncio
from contextlib import suppress
from typing import Final

from api_queue.drivers.clock import Clock
from api_queue.errors import Unavailable
from api_queue.tracks.models import Library

_ASK_EVERY_MS: Final = 1000


class LibraryVersion:
    def __init__(self, library: Library, clock: Clock) -> None:
        self._library = library
        self._clock = clock
        self._version = 0
        self._asked_at_ms = -_ASK_EVERY_MS
        self._asking = asyncio.Lock()

    async def current(self) -> int:
        """As it was at most a second ago; while Redis is away, the last that was heard of."""
        if not self._is_fresh():
            async with self._asking:
                if not self._is_fresh():
                    await self._ask()
        return self._version

    def _is_fresh(self) -> bool:
        return self._clock.now_ms() - self._asked_at_ms < _ASK_EVERY_MS

    async def _ask(self) -> None:
        with suppress(Unavailable):
            self._version = await self._library.version()
        self._asked_at_ms = self._clock.now_ms()

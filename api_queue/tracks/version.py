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
        async with self._asking:
            now_ms = self._clock.now_ms()
            if now_ms - self._asked_at_ms >= _ASK_EVERY_MS:
                self._asked_at_ms = now_ms
                with suppress(Unavailable):
                    self._version = await self._library.version()
            return self._version

"""Listeners who stop taking what they asked for are dropped, without a timer for every chunk."""

import asyncio
from types import TracebackType
from typing import Self


class StallWatch:
    """While entered, aborts the connection when `progress` was not called for `timeout_s`.

    Sanic cancels the handler of a lost connection, which closes what it holds.
    """

    def __init__(self, transport: asyncio.WriteTransport, timeout_s: float) -> None:
        self.transport = transport
        self._timeout_s = timeout_s
        self._loop = asyncio.get_running_loop()
        self._last_s = self._loop.time()

    def progress(self) -> None:
        self._last_s = self._loop.time()

    def __enter__(self) -> Self:
        self._look()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()

    def _look(self) -> None:
        left_s = self._last_s + self._timeout_s - self._loop.time()
        self._timer = self._loop.call_later(left_s, self._look if left_s > 0 else self.transport.abort)

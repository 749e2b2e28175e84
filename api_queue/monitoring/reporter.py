"""What one process says of itself, every few seconds."""

import asyncio
import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import structlog

from api_queue.drivers.clock import Clock
from api_queue.errors import Unavailable
from api_queue.monitoring.models import EVERY_S, Snapshot, SnapshotStore, Source
from api_queue.monitoring.process_figures import process_figures

#: By then who has just begun leads and is connected, and nobody waits for the next time to see that.
SETTLED_S: Final = 1.0
_log = structlog.get_logger()


class Reporter:
    """Of the process called `name`, or `name-PID` while another one of this host is."""

    def __init__(self, store: SnapshotStore, name: str, sources: Sequence[Source], clock: Clock) -> None:
        self._store = store
        self._name = name
        self._sources = (process_figures, *sources)
        self._clock = clock
        self._host = socket.gethostname()
        self._since_ms = clock.now_ms()

    def snapshot(self) -> Snapshot:
        return Snapshot(
            host=self._host,
            process=self._name,
            pid=os.getpid(),
            since_ms=self._since_ms,
            at_ms=self._clock.now_ms(),
            figures=[figure for source in self._sources for figure in source()],
        )

    async def run(self) -> None:
        """Until it is cancelled; then it takes its figures along. No fault of it ends a process."""
        try:
            await self._take_name()
            await self._leave()
            await asyncio.sleep(SETTLED_S)
            while True:
                await self._leave()
                await asyncio.sleep(EVERY_S)
        finally:
            with suppress(Unavailable):
                await self._store.forget(self._host, self._name)

    async def _leave(self) -> None:
        try:
            await self._store.leave(self.snapshot())
        except Unavailable:
            pass
        except Exception:
            _log.exception("figures could not be told")

    async def _take_name(self) -> None:
        """That of one which has died is free, though its figures are still there."""
        with suppress(Unavailable):
            others = await self._store.all(self._clock.now_ms())
            taken = {each.process for each in others if each.host == self._host and _lives(each.pid)}
            if self._name in taken:
                self._name = f"{self._name}-{os.getpid()}"


def _lives(pid: int) -> bool:
    """Another process of this machine."""
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is somebody else's
        pass
    return True

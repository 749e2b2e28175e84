"""What all processes say of themselves, this one as it is now."""

import asyncio
from collections.abc import Sequence
from typing import Final

from api_queue.drivers.clock import Clock
from api_queue.errors import Unavailable
from api_queue.formats.figures import Figure
from api_queue.monitoring.models import Snapshot, SnapshotStore
from api_queue.monitoring.reporter import Reporter
from api_queue.monitoring.shared_figures import SharedFigures

#: Figures are wanted most when something hangs: what does not come within this time is left out.
PATIENCE_S: Final = 2.0


class Monitor:
    def __init__(self, reporter: Reporter, store: SnapshotStore, shared: SharedFigures, clock: Clock) -> None:
        self._reporter = reporter
        self._store = store
        self._shared = shared
        self._clock = clock

    @property
    def up_ms(self) -> int:
        """Of this process."""
        return self._clock.now_ms() - self._reporter.snapshot().since_ms

    async def snapshots(self) -> list[Snapshot]:
        own = self._reporter.snapshot()
        others = [each for each in await self._others() if (each.host, each.process) != (own.host, own.process)]
        return [own, *others]

    async def shared(self) -> Sequence[Figure]:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._shared.all()
        except TimeoutError:
            return []

    async def _others(self) -> list[Snapshot]:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self._store.all(self._clock.now_ms())
        except (Unavailable, TimeoutError):
            return []

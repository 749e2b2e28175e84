"""What processes say of themselves, and what must hold of those who keep it."""

from collections.abc import Callable, Iterable
from typing import Final, Protocol

import msgspec

from api_queue.formats.figures import Figure

#: How often each process leaves its figures.
EVERY_S: Final = 5.0
#: What was not renewed for so long is of a process that is gone.
GONE_MS: Final = 30_000

Source = Callable[[], Iterable[Figure]]


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one process as they were at `at_ms`; it runs since `since_ms`."""

    host: str
    process: str  #: `web-0`, `relay` ..., which whoever takes its place is called as well.
    pid: int
    since_ms: int
    at_ms: int
    figures: list[Figure]

    def value(self, name: str) -> float | None:
        """Of a figure without labels."""
        return next((figure.value for figure in self.figures if figure.name == name and not figure.labels), None)


class SnapshotStore(Protocol):
    async def leave(self, snapshot: Snapshot) -> None:
        """In the place of what the process of this host and name left before."""

    async def all(self, now_ms: int) -> list[Snapshot]:
        """Of those that are not gone, by host and name."""

    async def forget(self, host: str, process: str) -> None: ...

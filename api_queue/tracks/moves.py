"""Files that get other names, and who remembers them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Move:
    """A file that gets another name: `done` or still to be done."""

    number: int
    before: str
    after: str
    done: bool


class MoveStore(Protocol):
    """Which files were given other names: what a worker that dies leaves undone, and what can be undone."""

    async def plan(self, task_id: int, item_id: int, pairs: Sequence[tuple[str, str]]) -> list[Move]:
        """Before and after. For an item that has planned already, what it planned then."""

    async def done(self, number: int) -> None: ...

    async def of_task(self, task_id: int) -> list[Move]:
        """Those that were done, in their order."""

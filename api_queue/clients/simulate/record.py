"""All that happens in a night: who asked for which song, when it came, and what was refused."""

from collections import Counter
from dataclasses import dataclass, replace

from api_queue.clients.simulate.crowd import Guest
from api_queue.types import ItemId


@dataclass(frozen=True, slots=True)
class Request:
    """A song that was taken by the queue. Times in ms since the doors opened. `sung`: it was not skipped. `soon`: it
    was coming soon at once, as few waited when it was added.
    """

    guest: Guest
    added_ms: int
    started_ms: int | None = None
    sung: bool = True
    soon: bool = False

    @property
    def waited_ms(self) -> int:
        return (self.started_ms or self.added_ms) - self.added_ms


class Record:
    def __init__(self) -> None:
        self._requests: dict[ItemId, Request] = {}
        self._open: dict[ItemId, Guest] = {}
        self._current: ItemId | None = None
        self.refusals: Counter[str] = Counter()
        self.taken_back = 0

    def added(self, item: ItemId, guest: Guest, now_ms: int, *, soon: bool) -> None:
        self._requests[item] = Request(guest, now_ms, soon=soon)
        self._open[item] = guest

    def took_back(self, item: ItemId) -> None:
        del self._requests[item]
        self._open.pop(item, None)
        self.taken_back += 1

    def went_on(self, item: ItemId | None, started_ms: int, *, skipped: bool) -> Guest | None:
        """Who sings now."""
        if self._current is not None:
            self._open.pop(self._current, None)
            self._requests[self._current] = replace(self._requests[self._current], sung=not skipped)
        self._current = item
        if item is None:
            return None
        self._requests[item] = replace(self._requests[item], started_ms=started_ms)
        return self._requests[item].guest

    def open_of(self, guest: Guest) -> list[ItemId]:
        """The one that is on, and those that wait, in the order of their adding."""
        return [item for item, owner in self._open.items() if owner == guest]

    def waiting_of(self, guest: Guest) -> list[ItemId]:
        return [item for item in self.open_of(guest) if item != self._current]

    @property
    def waits(self) -> bool:
        """Whether any song does."""
        return bool(self._open.keys() - {self._current})

    @property
    def requests(self) -> tuple[Request, ...]:
        return tuple(self._requests.values())

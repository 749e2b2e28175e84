"""What waits, as a chain in which an item is put behind another at once, however many there are."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import inf
from typing import Final

from api_queue.queues.deeds import Noted
from api_queue.queues.models import Item
from api_queue.types import ItemId

#: In front of the first item, and behind the last.
_END: Final = ItemId("")


class Row:
    """Sorted, if `scores` says by what."""

    def __init__(self, items: Sequence[Item], scores: Mapping[ItemId, float] | None) -> None:
        self._items = {item.id: item for item in items}
        self._next = dict(pairwise((_END, *self._items, _END)))
        self._sorted = scores is not None
        self.scores = {item_id: score for item_id, score in (scores or {}).items() if item_id in self._items}

    def __iter__(self) -> Iterator[Item]:
        return (self._items[item_id] for _, item_id in self._pairs() if item_id != _END)

    def _pairs(self) -> Iterator[tuple[ItemId, ItemId]]:
        """Each with what follows it, from the front to the end."""
        at = _END
        while (following := self._next[at]) != _END:
            yield at, following
            at = following
        yield at, _END

    def put_back(self, noted: Noted, item: Item) -> None:
        """Where it stood; in a sorted row where its score belongs, should others have moved since."""
        ahead, score = self._ahead(noted, item), float(noted.score) if noted.score else None
        least, most = self._between(ahead)
        if score is None:
            score = max(0.0, least)
        if self._sorted and not least <= score <= most:
            ahead = self._first_where(lambda other: self.scores[other.id] > score)
        self._put(item, ahead, score)

    def put_first(self, item: Item, score: float) -> None:
        """It has to be sorted no later than what was the first."""
        self._put(item, _END, min(score, self._between(_END)[1]))

    def _put(self, item: Item, ahead: ItemId, score: float) -> None:
        self._items[item.id] = item
        self._next[item.id], self._next[ahead] = self._next[ahead], item.id
        if self._sorted:
            self.scores[item.id] = score

    def _between(self, ahead: ItemId) -> tuple[float, float]:
        """The least and the greatest score that fit behind it."""
        return self.scores.get(ahead, -inf), self.scores.get(self._next[ahead], inf)

    def _ahead(self, noted: Noted, item: Item) -> ItemId:
        """What it comes behind. Where none of its neighbours waits any more, the order of adding says so."""
        ahead, behind = (Item.from_line(line).id if line else _END for line in (noted.ahead, noted.behind))
        if ahead in self._next:
            return ahead
        if behind != _END and behind in self._next:
            return next(at for at, following in self._pairs() if following == behind)
        return self._first_where(lambda other: other.timestamp_added > item.timestamp_added)

    def _first_where(self, later: Callable[[Item], bool]) -> ItemId:
        """What stands in front of the first that is later; the last of all where none is."""
        return next(at for at, following in self._pairs() if following == _END or later(self._items[following]))

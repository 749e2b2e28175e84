"""A night on a fair queue by the pure rules alone, for tests to compare with."""

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from math import inf

from msgspec.structs import replace

from api_queue.queues.ledger import Ledger
from api_queue.queues.models import Item
from api_queue.queues.order import bill, charged, given_back, moved_up, payers, place
from api_queue.types import GuestId, ItemId
from tests.queues.builders import NOW, an_item, names


@dataclass
class Night:
    """A fair queue, as a list and a dict."""

    soon: int = 0
    tables: dict[GuestId, str] = field(default_factory=dict)
    waiting: list[Item] = field(default_factory=list)
    scores: dict[ItemId, float] = field(default_factory=dict)
    turns: dict[str, float] = field(default_factory=dict)
    round: float = 0
    reached: float = 0
    clock_ms: int = 0
    moved: frozenset[ItemId] = frozenset()
    sung: Counter[str] = field(default_factory=Counter)

    def add(self, guest: str, performer: str = "") -> Item:
        self.clock_ms += 1
        item = replace(an_item(performer or guest, owner=guest), timestamp_added=NOW + self.clock_ms)
        in_order = [self.scores[other.id] for other in self.waiting]
        self.reached = max(self.reached, in_order[0] if in_order else self.round)
        score, self.turns = charged(self.turns, payers(bill(item), self.tables), self.reached)
        index, in_order = place(in_order, score, self.soon)
        self.scores.update(zip([other.id for other in self.waiting], in_order, strict=True))
        self.waiting.insert(index, item)
        self.scores[item.id] = score
        return item

    def take_off(self, item: Item) -> None:
        self.waiting.remove(item)
        self._go_unsung(item, self.scores[item.id])

    def play(self) -> Item:
        item = self.waiting.pop(0)
        self.round = self.scores[item.id]
        self.sung[item.session_owner] += 1
        return item

    def skip(self, item: Item, score: float | None = None) -> None:
        """`score`: the round that it was in, where another has begun since."""
        self.sung[item.session_owner] -= 1
        self._go_unsung(item, self.round if score is None else score)

    def put_back(self, item: Item) -> None:
        self.sung[item.session_owner] -= 1
        self.scores[item.id] = min([self.round, *(self.scores[other.id] for other in self.waiting[:1])])
        self.waiting.insert(0, item)

    def rename(self, before: Item, after: Item) -> None:
        """The round stays; those who are new pay as much as those who sing no more."""
        self.turns = given_back(self.turns, payers(bill(before), self.tables))
        for payer, charge in payers(bill(after), self.tables).items():
            self.turns[payer] = self.turns.get(payer, 0) + charge

    def _go_unsung(self, item: Item, score: float) -> None:
        ledger = Ledger(rev=1, scores=self.scores, turns=self.turns, tables=self.tables, moved=self.moved)
        soon = [self.scores[other.id] for other in self.waiting[: self.soon]]
        for shift in moved_up(self.waiting, item, score, ledger, max(soon, default=-inf)):
            self.waiting.remove(shift.item)
            index = bisect_right([self.scores[other.id] for other in self.waiting], shift.score)
            self.waiting.insert(index, shift.item)
            self.scores[shift.item.id] = shift.score
        self.turns = given_back(self.turns, payers(bill(item), self.tables))

    def move(self, item: Item, target: Item) -> None:
        """By hand."""
        place = self.waiting.index(item)
        self.waiting.remove(item)
        self.waiting.insert(self.waiting.index(target), item)
        self.scores[item.id] = self.scores[target.id]
        if self.waiting.index(item) != place:
            self.moved |= {item.id}

    @property
    def order(self) -> list[str]:
        return names(self.waiting)

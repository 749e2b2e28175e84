"""Who keeps their turn without singing just now: whom a host has paused, and singers who let others go first.

Pure. Performers are known by `names.same_performer`.
"""

from collections.abc import Collection, Mapping
from typing import Protocol

from msgspec import Struct

from api_queue.formats.performers import singers
from api_queue.types import ItemId


class Pause(Struct, frozen=True):
    """A performer as the host wrote the name, and since when nothing of theirs starts."""

    name: str
    at_ms: int


class Card(Struct, frozen=True, omit_defaults=True):
    """What the owner of an item that is coming soon has said: that they are ready, and how often others go first."""

    ready_at_ms: int | None = None
    passes: int = 0


Paused = Mapping[str, Pause]
Cards = Mapping[ItemId, Card]


class Turn(Protocol):
    """What of an item says whether it stands back."""

    @property
    def performer_name(self) -> str: ...
    @property
    def by_server(self) -> bool: ...


def is_paused(performer_name: str, paused: Paused) -> bool:
    """A duet is, when one of its singers is."""
    return bool(paused) and any(key in paused for key in singers(performer_name))


def stands_back(turn: Turn, paused: Paused) -> bool:
    """Whether those behind it go first: it is paused, or it is music of the fallback that was put back."""
    return turn.by_server or is_paused(turn.performer_name, paused)


def still_wanted(cards: Cards, waiting: Collection[ItemId]) -> dict[ItemId, Card]:
    """Without the cards of what waits no more."""
    return {item_id: card for item_id, card in cards.items() if item_id in waiting}

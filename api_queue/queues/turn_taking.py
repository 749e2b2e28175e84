"""Who keeps their turn without singing just now: whom a host has paused, and singers who let others go first.

Pure. Performers are known by `names.same_performer`.
"""

from collections.abc import Collection, Mapping

from msgspec import Struct

from api_queue.queues.names import singers
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


def is_paused(performer_name: str, paused: Paused) -> bool:
    """A duet is, when one of its singers is."""
    return bool(paused) and any(key in paused for key in singers(performer_name))


def still_wanted(cards: Cards, waiting: Collection[ItemId]) -> dict[ItemId, Card]:
    """Without the cards of what waits no more."""
    return {item_id: card for item_id, card in cards.items() if item_id in waiting}

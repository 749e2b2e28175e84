"""Letting somebody else go first: who that is, and what the two of them change places by. Pure."""

from collections.abc import Sequence

from msgspec import Struct

from api_queue.errors import NobodyToSwapWith, NotComingSoon, UnknownItem
from api_queue.formats.performers import singers
from api_queue.queues.models import Item, QueueView
from api_queue.queues.turn_taking import Paused, stands_back
from api_queue.types import ItemId


class Swap(Struct, frozen=True):
    """Two waiting items with their places, 0 is the next."""

    item: Item
    place: int
    other: Item
    other_place: int


def coming_soon(view: QueueView, item_id: ItemId) -> int:
    """The place of an item that is among the first, 0 is the next. Raises NotComingSoon, UnknownItem."""
    count = max(1, view.queue.settings.coming_soon_count)
    place = next((place for place, item in enumerate(view.to_come) if item.id == item_id), None)
    if place is None:
        raise UnknownItem(item_id=item_id)
    if place >= count:
        raise NotComingSoon(position=place + 1, coming_soon_count=count)
    return place


def swap(waiting: Sequence[Item], place: int, paused: Paused) -> Swap:
    """With the following item of somebody else who is there. Raises NobodyToSwapWith."""
    item = waiting[place]
    for other_place, other in enumerate(waiting[place + 1 :], place + 1):
        if not same_people(item, other) and not stands_back(other, paused):
            return Swap(item, place, other, other_place)
    raise NobodyToSwapWith


def same_people(item: Item, other: Item) -> bool:
    """Added by the same guest, or sung by the same performer."""
    same_guest = item.session_owner == other.session_owner and not item.by_host
    return same_guest or not set(singers(item.performer_name)).isdisjoint(singers(other.performer_name))

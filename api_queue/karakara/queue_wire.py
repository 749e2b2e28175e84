"""The items of a room as KaraKara's clients know them: the one place where their field names are written."""

import re
from collections.abc import Mapping
from typing import Any, Final

from api_queue.errors import UnknownItem
from api_queue.formats import crockford
from api_queue.formats.csv_items import document, encode_line
from api_queue.karakara.flow import Timed, timed
from api_queue.queues.models import QueueView
from api_queue.queues.variants import DEFAULT, Variants
from api_queue.types import ItemId

COLUMNS: Final = (
    "id",
    "track_id",
    "track_duration",
    "session_id",
    "performer_name",
    "start_time",
    "video_variant",
    "subtitle_variant",
)
#: Ids are random numbers below this, which JavaScript counts exactly.
_IDS: Final = 2**50
_NUMBER: Final = re.compile(r"[0-9]{1,16}")


def item_number(item_id: ItemId) -> int:
    """The number behind an item's id, by which the clients name it."""
    return crockford.decode(item_id)


def item_of(number: int) -> ItemId:
    """UnknownItem where no item can have that number."""
    if not 0 <= number < _IDS:
        raise UnknownItem(item_id=number)
    return ItemId(crockford.encode(number, 10))


def item_at(address: str) -> ItemId:
    """As `NUMBER.json` names it. UnknownItem."""
    number = address.removesuffix(".json")
    if not _NUMBER.fullmatch(number):
        raise UnknownItem(item_id=number)
    return item_of(int(number))


def queue_json(view: QueueView, variants: Mapping[ItemId, Variants], now_ms: int) -> list[dict[str, Any]]:
    """In playing order; `variants` may leave out those that have the default ones."""
    return [item_json(each, variants.get(each.item.id, DEFAULT)) for each in timed(view, now_ms)]


def item_json(timed: Timed, variants: Variants) -> dict[str, Any]:
    """Times in s."""
    item, start_ms = timed.item, timed.start_ms
    return {
        "id": item_number(item.id),
        "track_id": item.track_id,
        "track_duration": item.track_duration_ms / 1000,
        "session_id": item.session_owner,
        "performer_name": item.performer_name,
        "start_time": None if start_ms is None else start_ms / 1000,
        "video_variant": variants.video,
        "subtitle_variant": variants.subtitle,
    }


def queue_csv(view: QueueView, variants: Mapping[ItemId, Variants], now_ms: int) -> str:
    """The same, with a heading."""
    return document(COLUMNS, (encode_line([*item.values()]) for item in queue_json(view, variants, now_ms)))

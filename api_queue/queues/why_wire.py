"""Why an item stands where it does, as it is told."""

from typing import Any

from api_queue.queues.settings import iso
from api_queue.queues.why import Why, told


def why_json(why: Why) -> dict[str, Any]:
    """`ahead`: what goes before it, with the performer's name."""
    return {
        "item_id": why.item.id,
        "position": why.position,
        "order": why.order,
        "sentences": list(why.sentences),
        "round": why.score,
        "turns": why.turns,
        "added_at": iso(why.item.timestamp_added),
        "moves": [{"at_ms": move.at_ms, "by": move.by, "sentence": told(move)} for move in why.moves],
        "ahead": [{"item_id": item.id, "performer_name": item.performer_name} for item in why.ahead],
    }

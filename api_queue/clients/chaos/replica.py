"""A reader's own copy of a queue, kept by the rules of `docs/events.md`."""

from dataclasses import dataclass, field
from typing import Any, Final

#: They correct a clock, or say that a snapshot follows.
WITHOUT_STATE: Final = frozenset({"timeline_beacon", "reset"})
_OF_SESSION: Final = frozenset({"timeline_update", "speaker_change", "options_change"})


@dataclass(slots=True)
class Replica:
    items: list[dict[str, Any]] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    session: dict[str, Any] = field(default_factory=dict)
    rev: int = 0

    def apply(self, name: str, data: dict[str, Any]) -> None:
        if name == "snapshot":
            self.items, self.settings, self.session = data["items"], data["settings"], data["session"]
        elif name == "items_change":
            for change in data["changes"]:
                change_list(self.items, change)
        elif name == "settings_change":
            self.settings = data["settings"]
        elif name in _OF_SESSION:
            self.session |= data["session"]
        if name not in WITHOUT_STATE:
            self.rev = data["rev"]


def change_list(items: list[dict[str, Any]], change: dict[str, Any]) -> None:
    """add, update, move, remove."""
    item_id = change.get("id") or change["item"]["id"]
    place = next((n for n, item in enumerate(items) if item["id"] == item_id), None)
    match change["op"]:
        case "add":
            _put(items, change["item"], change["before"])
        case "update" if place is not None:
            items[place] = change["item"]
        case "remove" if place is not None:
            del items[place]
        case "move" if place is not None:
            _put(items, items.pop(place), change["before"])


def _put(items: list[dict[str, Any]], item: dict[str, Any], before: str | None) -> None:
    """What asks to be let in stands behind all others."""
    waits = item["status"] != "lobby"
    places = (n for n, other in enumerate(items) if other["id"] == before or (waits and other["status"] == "lobby"))
    items.insert(next(places, len(items)), item)

"""What can be asked of a waiting item, who may ask for it, and what it then is."""

from typing import Final

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from api_queue.errors import HostOnlyField
from api_queue.queues.deeds import Deed, Verb
from api_queue.queues.models import HELPERS, Item
from api_queue.queues.names import performer_name
from api_queue.types import ItemId, Role

#: A position behind all that can wait.
LAST: Final = 1_000_000


class Changes(Struct, frozen=True, kw_only=True):
    """At most one of before, after and position (1 is the next). `key_shift` in semitones."""

    weight: float | UnsetType = UNSET
    timestamp_play: int | UnsetType | None = UNSET
    performer_name: str | UnsetType = UNSET
    key_shift: int | UnsetType = UNSET
    tempo: float | UnsetType = UNSET
    before: ItemId | None = None
    after: ItemId | None = None
    position: int | None = None


def check_fields(changes: Changes, role: Role) -> None:
    """An owner may change the name alone."""
    asked = {
        **{key: getattr(changes, key) is not UNSET for key in ("weight", "timestamp_play", "key_shift", "tempo")},
        "the order": changes.before is not None or changes.after is not None or changes.position is not None,
    }
    refused = [field for field, there in asked.items() if there]
    if refused and role not in HELPERS:
        raise HostOnlyField(fields=" and ".join(refused))


def changed(item: Item, changes: Changes) -> Item:
    """All but the tempo, which is a matter of the track's length too."""
    if not isinstance(changes.performer_name, UnsetType):
        item = replace(item, performer_name=performer_name(changes.performer_name))
    if not isinstance(changes.weight, UnsetType):
        item = replace(item, weight=changes.weight)
    if not isinstance(changes.timestamp_play, UnsetType):
        item = replace(item, timestamp_play=changes.timestamp_play)
    if not isinstance(changes.key_shift, UnsetType):
        item = replace(item, key_shift=changes.key_shift)
    return item


def deed_of(verb: Verb, role: Role, now_ms: int) -> Deed | None:
    """What guests do is theirs: nobody takes it back for them."""
    return Deed(verb=verb, by=role, at_ms=now_ms) if role in HELPERS else None

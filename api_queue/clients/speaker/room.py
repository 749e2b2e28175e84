"""What is known of the queue, and how it changes. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import msgspec

from api_queue.clients.speaker.wire import Change, Delta, Item, Items, QueueSettings, Session, Snapshot
from api_queue.formats.performers import singers
from api_queue.types import ItemId


@dataclass(frozen=True, slots=True)
class Room:
    """`items` are the current one and those to come; what is over may stand before them."""

    session: Session = field(default_factory=Session)
    items: tuple[Item, ...] = ()
    items_rev: int = -1
    track_space_ms: int = 0
    #: Names of performers.
    paused: tuple[str, ...] = ()

    @property
    def following(self) -> tuple[Item, ...]:
        """What waits and does not stand back (docs/timing.md), in the order of playing."""
        paused = {key for name in self.paused for key in singers(name)}
        return tuple(item for item in self.items if item.id != self.session.item_id and _is_next(item, paused))


def _is_next(item: Item, paused: set[str]) -> bool:
    return item.status == "queued" and item.added_by != "server" and paused.isdisjoint(singers(item.performer_name))


def with_session(room: Room, session: Session) -> Room:
    """Whatever comes late on its way is dropped: the newest revision wins."""
    return room if session.revision < room.session.revision else replace(room, session=session)


def with_items(room: Room, news: Items) -> Room:
    if news.rev < room.items_rev:
        return room
    return replace(room, items=news.items, items_rev=news.rev, paused=news.paused)


def with_settings(room: Room, settings: QueueSettings) -> Room:
    return replace(room, track_space_ms=round(settings.track_space * 1000))


def of_snapshot(room: Room, snapshot: Snapshot) -> Room:
    """Replaces everything: what a reset is followed by may be older than what we had. But not the answer to a report
    that was given after the snapshot was taken, and came before it.
    """
    session = msgspec.structs.replace(snapshot.session, revision=snapshot.rev)
    if snapshot.rev < room.session.revision and snapshot.ts < room.session.position_at_ms:
        session = room.session
    return with_settings(Room(session, snapshot.items, snapshot.rev, paused=snapshot.paused), snapshot.settings)


def with_delta(room: Room, delta: Delta) -> Room:
    if delta.session is not None:
        room = with_session(room, msgspec.structs.replace(delta.session, revision=delta.rev))
    if delta.settings is not None:
        room = with_settings(room, delta.settings)
    if delta.changes or delta.paused is not None:
        paused = room.paused if delta.paused is None else delta.paused
        room = with_items(room, Items(delta.rev, changed(room.items, delta.changes), paused))
    return room


def changed(items: Sequence[Item], changes: Sequence[Change]) -> tuple[Item, ...]:
    """By the rules of `items_change`, in their order."""
    listed = list(items)
    for change in changes:
        _OPERATIONS[change.op](listed, change)
    return tuple(listed)


def _add(items: list[Item], change: Change) -> None:
    if change.item:
        _take(items, change.item.id)
        _put(items, change.item, change.before)


def _move(items: list[Item], change: Change) -> None:
    item = _take(items, change.id)
    if item is not None:
        _put(items, item, change.before)


def _update(items: list[Item], change: Change) -> None:
    at = _index(items, change.item.id if change.item else None)
    if at is not None and change.item:
        items[at] = change.item


def _remove(items: list[Item], change: Change) -> None:
    _take(items, change.id)


_OPERATIONS: Final[dict[str, Callable[[list[Item], Change], None]]] = {
    "add": _add,
    "move": _move,
    "update": _update,
    "remove": _remove,
}


def _index(items: list[Item], item_id: ItemId | None) -> int | None:
    return next((at for at, item in enumerate(items) if item.id == item_id), None)


def _take(items: list[Item], item_id: ItemId | None) -> Item | None:
    at = _index(items, item_id)
    return None if at is None else items.pop(at)


def _put(items: list[Item], item: Item, before: ItemId | None) -> None:
    at = _index(items, before)
    items.insert(len(items) if at is None else at, item)

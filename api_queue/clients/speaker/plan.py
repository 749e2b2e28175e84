"""What should sound now and what next: pure functions of the room, of what is over, and of the time.

Points in time are the server's (ms), media positions are ms of the track: at tempo 1.25 a second in the room is 1.25 of
them. Where a track begins in its file is no matter here, but of `segment.py` alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from api_queue.clients.speaker.room import Room
from api_queue.clients.speaker.wire import Item, Session
from api_queue.types import ItemId, TrackId

#: How many tracks are kept at hand besides the current one.
AHEAD: Final = 2


@dataclass(frozen=True, slots=True)
class Over:
    """An item that ended here, or could not be played (`reason`), by the server's clock."""

    item_id: ItemId
    generation: int
    at_ms: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """`item_id` of `track_id` is at `position_ms` (room time) at `at_ms`, and goes on from there if it `runs`."""

    item_id: ItemId
    track_id: TrackId
    runs: bool
    position_ms: int
    at_ms: int
    tempo: float
    key_shift: int
    volume: int

    def media_ms(self, now_ms: float) -> float:
        """Where the track has to be; less than 0 in the pause before it."""
        elapsed = now_ms - self.at_ms if self.runs else 0
        return (self.position_ms + elapsed) * self.tempo


def plan(room: Room) -> Plan | None:
    """None while the queue is stopped."""
    session = room.session
    if session.play_state == "stopped" or session.item_id is None or session.track_id is None:
        return None
    return Plan(
        session.item_id,
        session.track_id,
        session.play_state == "playing",
        session.position_ms,
        session.position_at_ms,
        session.tempo,
        session.key_shift,
        session.volume,
    )


def ahead(room: Room, over: Sequence[Over]) -> Room:
    """The room as the server will see it when it has heard of what is `over`: nobody waits for its answer.

    Of a room that has heard already nothing changes: an item that repeats begins at the same moment again.
    """
    for end in over:
        if end.item_id == room.session.item_id:
            session = _after(room, end)
            room = replace(room, session=session, items=_without(room.items, end.item_id))
    return room


def wanted(room: Room) -> tuple[TrackId, ...]:
    """The tracks to have at hand, the most urgent first."""
    current = (room.session.track_id,) if room.session.track_id else ()
    return tuple(dict.fromkeys((*current, *(item.track_id for item in room.following[:AHEAD]))))


def _without(items: Sequence[Item], over: ItemId) -> tuple[Item, ...]:
    """The server still lists it as waiting, if it has not heard that it began either."""
    return tuple(item for item in items if item.id != over)


def _after(room: Room, end: Over) -> Session:
    session = room.session
    if session.stop_after:
        return _stopped(session)
    if session.repeat_mode == "one" and end.reason is None:
        return _at(session, end.at_ms + room.track_space_ms)
    if not room.following:
        return _stopped(session)
    return _started(session, room.following[0], end.at_ms + room.track_space_ms)


def _started(session: Session, item: Item, at_ms: int) -> Session:
    """An item with a start set by hand waits for it."""
    session = msgspec.structs.replace(
        session, item_id=item.id, track_id=item.track_id, tempo=item.tempo, key_shift=item.key_shift
    )
    return _at(session, max(at_ms, item.timestamp_play or 0))


def _at(session: Session, starts_at_ms: int) -> Session:
    return msgspec.structs.replace(session, play_state="playing", position_ms=0, position_at_ms=starts_at_ms)


def _stopped(session: Session) -> Session:
    return msgspec.structs.replace(session, play_state="stopped", item_id=None, track_id=None)

"""What transition.lua takes of the items that begin or cease to play, and of the speaker's seat."""

from api_queue.drivers.redis import Argument
from api_queue.queues import wire
from api_queue.queues.models import Item
from api_queue.queues.order import bill, turns_by
from api_queue.queues.scripts import fixed, optional, refund_of, singers_of
from api_queue.queues.session import Session
from api_queue.types import ItemStatus


def row(before: Item | None, after: Item, billed: ItemStatus, *, fair: bool) -> tuple[Argument, ...]:
    """The fourteen that transition.lua takes for each item, and `billed` as order.py says. What the server adds stands
    in no window.
    """
    turns = turns_by(before.status, billed) if fair and before else 0
    return (
        after.id,
        before.as_line() if before else "",
        after.as_line(),
        before.status if before else "",
        after.status,
        after.session_owner,
        after.track_id,
        singers_of(after),
        after.track_duration_ms,
        max(fixed(before), fixed(after)) if before else 0,
        optional(_start(before, after, billed)),
        turns,
        wire.json_text(bill(after)) if turns else "",
        _refund(before, billed),
    )


def _refund(before: Item | None, became: ItemStatus) -> int:
    """Of what was skipped before it began all comes back, as of what is taken off."""
    if before is None or became == "playing":
        return 0
    if before.status == "queued":
        return refund_of(before)
    return refund_of(before, became) if before.status == "playing" else 0


def _start(before: Item | None, after: Item, billed: ItemStatus) -> int | None:
    """When it began, as transition.lua takes it: what was not heard to the end is no reason to refuse the same."""
    if after.by_server:
        return None
    if after.status == "playing":
        return after.timestamp_play
    unheard = before and before.status == "playing" and billed in {"skipped", "failed"}
    return -before.timestamp_play if unheard and before and before.timestamp_play else None


def leases(before: Session, after: Session) -> tuple[Argument, ...]:
    """The three that transition.lua takes: a lease that the change does not touch may be renewed meanwhile."""
    seats = [(s.speaker, s.generation, s.lease_until_ms, s.lease_since_ms) for s in (before, after)]
    if seats[0] == seats[1]:
        return "", "", ""
    return before.lease_until_ms, after.lease_until_ms, after.lease_since_ms

"""Records for tests, by what matters in them."""

import secrets
from collections.abc import Sequence
from typing import Any

from api_queue.formats import crockford
from api_queue.queues.models import Item, Queue
from api_queue.queues.session import Session
from api_queue.queues.settings import QueueSettings
from api_queue.types import GuestId, ItemId, ItemStatus, Milliseconds, QueueName, TrackId

NOW = 1_700_000_000_000


class FakeClock:
    """The time is what a test says."""

    def __init__(self, now_ms: int = NOW) -> None:
        self.ms = now_ms

    def now_ms(self) -> int:
        return self.ms

    def pass_s(self, seconds: float) -> None:
        self.ms += round(seconds * 1000)


def an_item(
    performer: str = "Ana",
    *,
    track: str = "t1",
    owner: str = "guest-a",
    seconds: int = 60,
    status: ItemStatus = "queued",
    play_at: int | None = None,
) -> Item:
    return Item(
        id=ItemId(crockford.encode(secrets.randbits(50), 10)),
        track_id=TrackId(track),
        performer_name=performer,
        session_owner=GuestId(owner),
        timestamp_added=NOW,
        timestamp_play=play_at,
        track_duration_ms=Milliseconds(seconds * 1000),
        status=status,
    )


def names(items: Sequence[Item]) -> list[str]:
    return [item.performer_name for item in items]


def a_queue(
    session: Session | None = None, settings: QueueSettings | None = None, waiting: Sequence[Item] = (), **fields: Any
) -> Queue:
    """With the sums that stand beside a list of these waiting items."""
    defaults: dict[str, Any] = {
        "name": QueueName("x"),
        "kind": "named",
        "rev": 7,
        "created_at_ms": NOW - 60_000,
        "changed_at_ms": NOW,
        "settings": settings or QueueSettings(),
        "settings_rev": 3,
        "session_rev": 5,
        "session": session or Session(),
        "head": 0,
        "total": len(waiting),
        "waiting_ms": sum(item.track_duration_ms for item in waiting),
        "fixed": sum(item.timestamp_play is not None for item in waiting),
    }
    return Queue(**(defaults | fields))

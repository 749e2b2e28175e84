"""The list written anew from one place on, in one step: for a verb that touches many items."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from api_queue.queues.deeds import Deed, Part
from api_queue.queues.models import Command, Item
from api_queue.queues.settings import QueueSettings
from api_queue.types import ItemId, QueueName


class Arrangement(Struct, frozen=True, kw_only=True):
    """`before` is the list from place `keep` on as it is at `rev`, `after` as it is to be; the first `past` of it do
    not wait. `scores`: the round or weight of what waits then, empty where the queue is not sorted.
    """

    rev: int
    keep: int
    before: Sequence[Item]
    after: Sequence[Item]
    past: int = 0
    scores: Mapping[ItemId, float]
    #: What is written beside the list; '' takes a field away.
    fields: Mapping[Part, Mapping[str, str]] = {}
    settings: QueueSettings | None = None
    #: What can be undone of this, and the newest of what could, in its own words, when this takes it back.
    deed: Deed | None = None
    undoes: str = ""


def steady(before: Iterable[ItemId], after: Sequence[ItemId]) -> set[ItemId]:
    """As many as possible that need not be moved: the longest row of `after` that is in the order of `before`."""
    place = {item_id: nth for nth, item_id in enumerate(before)}
    ends: list[int] = []
    last: list[ItemId] = []
    ahead: dict[ItemId, ItemId | None] = {}
    for item_id in after:
        if item_id in place:
            length = bisect_left(ends, place[item_id])
            ahead[item_id] = last[length - 1] if length else None
            ends[length : length + 1] = [place[item_id]]
            last[length : length + 1] = [item_id]
    row: set[ItemId] = set()
    at = last[-1] if last else None
    while at is not None:
        row.add(at)
        at = ahead[at]
    return row


class ArrangementStore(Protocol):
    """Raises UnknownQueue."""

    async def arrange(
        self, name: QueueName, arrangement: Arrangement, now_ms: int, command: Command | None = None
    ) -> int | None:
        """The new revision; None: the queue, or the newest of what can be undone, is another by now."""

    async def newest_deed(self, name: QueueName) -> str | None:
        """In the words in which it is kept; None where there is none."""

    async def fields(self, name: QueueName, deed: Deed) -> dict[Part, dict[str, str]]:
        """What the deed wrote beside the list, as it is by now."""

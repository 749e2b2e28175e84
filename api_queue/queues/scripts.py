"""How the scripts that write a queue are called, and what their answers mean."""

from collections.abc import Sequence
from typing import Any, cast

from api_queue.drivers.redis import Argument, Redis
from api_queue.errors import UnknownQueue
from api_queue.events import EVENTS
from api_queue.formats.performers import singers
from api_queue.queues import points, wire
from api_queue.queues.deeds import Deed
from api_queue.queues.keys import rows
from api_queue.queues.models import Item, Shift
from api_queue.types import ItemStatus, QueueName


class Scripts:
    """`events_kept`: about how many entries each event stream keeps."""

    def __init__(self, redis: Redis, events_kept: int) -> None:
        self._redis = redis
        self._kept = events_kept

    async def write(
        self, verb: str, name: QueueName, now_ms: int, *body: Argument, extra_keys: tuple[str, ...] = ()
    ) -> list[Any]:
        args = (name, now_ms, self._kept, *body)
        answer = cast("list[Any]", await self._redis.script(f"queues/{verb}", rows(name) + extra_keys, args))
        if answer[0] == "gone":
            raise UnknownQueue(queue=name)
        return answer


def rev_of(answer: list[Any]) -> int | None:
    return int(answer[1]) if answer[0] == "ok" else None


def event_of(notice: wire.Notice) -> tuple[str, str, str]:
    """The three that a script takes for it: name, type, fields."""
    name, fields = notice
    return name, EVENTS[name][0], wire.json_text(fields)[1:-1]


def parts_of(item: Item) -> tuple[str, str, str, str, str]:
    """The five that scripts take first of an item: id, line, owner, track, performer."""
    return item.id, item.as_line(), item.session_owner, item.track_id, singers_of(item)


def singers_of(item: Item) -> str:
    """One on each line."""
    return "\n".join(singers(item.performer_name))


def as_deed(deed: Deed | None) -> str:
    return deed.as_text() if deed else ""


def fixed(item: Item) -> int:
    """Whether a waiting item does not simply follow another: its start was set by hand, or it stands back."""
    return int(item.status == "queued" and (item.timestamp_play is not None or item.by_server))


def optional(value: int | None) -> Argument:
    return "" if value is None else value


def refund_of(item: Item, became: ItemStatus | None = None) -> int:
    """Milli-points that its guest gets back; None: it is taken off."""
    return 0 if item.by_host else points.given_back(item.track_duration_ms, became)


def shifts_of(shifts: Sequence[Shift]) -> list[Argument]:
    """The four that `shift` of order.lua takes for each."""
    return [
        part
        for item, score in ((shift.item, shift.score) for shift in shifts)
        for part in (item.id, item.as_line(), item.track_duration_ms, score)
    ]

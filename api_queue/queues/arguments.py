"""What the scripts of a queue are told of a record, and what they say."""

from typing import Any

from api_queue.drivers.redis import Argument
from api_queue.events import EVENTS
from api_queue.queues.models import Item
from api_queue.queues.names import same_performer
from api_queue.queues.wire import Notice, json_text


def parts(item: Item) -> tuple[str, str, str, str, str]:
    """id, line, owner, track, performer."""
    return item.id, item.as_line(), item.session_owner, item.track_id, same_performer(item.performer_name)


def fixed(item: Item) -> int:
    """Whether a waiting item has a start that was set by hand."""
    return int(item.status == "queued" and item.timestamp_play is not None)


def event(notice: Notice) -> tuple[str, str, str]:
    """name, type, fields."""
    name, fields = notice
    return name, EVENTS[name][0], json_text(fields)[1:-1]


def optional(value: int | None) -> Argument:
    return "" if value is None else value


def new_rev(answer: list[Any]) -> int | None:
    return int(answer[1]) if answer[0] == "ok" else None

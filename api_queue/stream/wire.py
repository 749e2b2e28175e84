"""Events as SSE chunks and MQTT payloads: the one place that writes their names and ids."""

from functools import lru_cache
from typing import Any

import msgspec

from api_queue.events import Event
from api_queue.formats import sse
from api_queue.stream.models import Positions, Snapshot
from api_queue.types import QueueName


def delta(event: Event, positions: Positions | None = None) -> bytes:
    """With `positions` for a connection of several queues: composite id, and the payload says whose it is."""
    if positions is None:
        return sse.chunk(sse.frame(event.name, event.data, event.event_id))
    return sse.chunk(sse.frame(event.name, _named(event.queue, event.data), composite_id(positions)))


def snapshot(snapshot: Snapshot, positions: Positions | None = None) -> bytes:
    """Of one queue alone it is the same bytes for all who come meanwhile: a thousand hold them once."""
    if positions is None:
        return _snapshot(snapshot)
    return sse.chunk(sse.frame("snapshot", snapshot.data, composite_id(positions)))


@lru_cache(maxsize=4)  # as many rooms as somebody joins at the same moment
def _snapshot(snapshot: Snapshot) -> bytes:
    return sse.chunk(sse.frame("snapshot", snapshot.data, snapshot.event_id))


def reset(queue: QueueName, reason: str, *, several: bool) -> bytes:
    told: dict[str, str] = {"queue": queue} if several else {}
    return sse.chunk(sse.frame("reset", _json({**told, "reason": reason})))


def beacon(queue: QueueName, data: str, *, several: bool) -> bytes:
    return sse.chunk(sse.frame("timeline_beacon", _named(queue, data) if several else data))


def composite_id(positions: Positions) -> str:
    return ",".join(f"{queue}={position}" for queue, position in sorted(positions.items()))


class _Revised(msgspec.Struct):
    rev: int


def revision(data: str) -> int:
    return msgspec.json.decode(data, type=_Revised).rev


class _OfTask(msgspec.Struct):
    task_id: int


def task_of(event: Event) -> int:
    return msgspec.json.decode(event.data, type=_OfTask).task_id


class _Progress(msgspec.Struct, omit_defaults=True):
    rev: int
    type: str
    ts: int
    task_id: int
    task_type: str
    status: str
    completed_items: int
    total_items: int
    percent: float
    item_id: int | None = None
    task_status: str | None = None


def progress(event: Event) -> str:
    """What anybody may know of a task: the broker is open to the network, errors and `meta` are for admins."""
    return _json(msgspec.json.decode(event.data, type=_Progress))


def command(event: Event) -> str:
    """`{command, by, args}` of a `command` event."""
    fields: dict[str, Any] = msgspec.json.decode(event.data)
    return _json({key: fields.get(key) for key in ("command", "by", "args")})


def _named(queue: QueueName, data: str) -> str:
    return f'{{"queue":"{queue}",{data[1:]}'


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()

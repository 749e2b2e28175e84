"""A reader of an event stream, strict about what it is sent."""

from typing import Any, NamedTuple, Self

import msgspec

from api_queue.stream.hub import Hub
from api_queue.stream.listener import Listener
from api_queue.stream.models import Subscription, parse_positions
from api_queue.types import QueueName


class Seen(NamedTuple):
    name: str
    event_id: str | None
    data: dict[str, Any]


def unchunk(data: bytes) -> bytes:
    body = b""
    while data:
        size, _, rest = data.partition(b"\r\n")
        length = int(size, 16)
        assert rest[length : length + 2] == b"\r\n"
        body += rest[:length]
        data = rest[length + 2 :]
    return body


def parse(body: bytes) -> list[Seen]:
    return [seen for frame in body.decode().split("\n\n") if (seen := _parse_frame(frame))]


def _parse_frame(frame: str) -> Seen | None:
    fields = dict(line.split(": ", 1) for line in frame.splitlines() if not line.startswith(":"))
    if "event" not in fields:
        return None
    return Seen(fields["event"], fields.get("id"), msgspec.json.decode(fields["data"]))


class Screen:
    """A Line. `buffered` is set by the test."""

    def __init__(self, *names: str, several: bool = False) -> None:
        self.subscription = Subscription(tuple(QueueName(name) for name in names), several)
        self.buffered = 0
        self.seen: list[Seen] = []
        self.ended = False
        self.listener: Listener | None = None

    def write(self, chunks: bytes) -> None:
        self.seen += parse(unchunk(chunks))

    def end(self) -> None:
        self.ended = True

    async def join(self, hub: Hub) -> Self:
        """Comes (back) with the last id it has."""
        self.listener = await hub.join(self, self.subscription, parse_positions(self.last_id, self.subscription))
        return self

    def leave(self, hub: Hub) -> None:
        assert self.listener
        hub.leave(self.listener)

    @property
    def last_id(self) -> str | None:
        return next((seen.event_id for seen in reversed(self.seen) if seen.event_id), None)

    def names(self) -> list[str]:
        return [seen.name for seen in self.seen]

    def revs(self, queue: str | None = None) -> list[int]:
        """Of snapshots and changes, in the order they came."""
        return [
            seen.data["rev"]
            for seen in self.seen
            if seen.event_id and (queue is None or seen.data.get("queue") == queue)
        ]

"""What stands in the file of one queue and its dead letters: JSON, a line for each message, in their order.

{"queue": "orders",
"live": {"created_at_ms": 1700000000000, "changed_at_ms": 1700000000000, "messages": [
{"id": "a", "timestamp": "2026-01-17T10:00:00", "body": {"n": 1}}
]},
"dead": {"created_at_ms": null, "changed_at_ms": null, "messages": [
]}}
"""

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import Raw, Struct

from api_queue.errors import BadBody
from api_queue.messages.models import Death, Info, Message, Take
from api_queue.messages.names import is_dead
from api_queue.types import MessageId, MessageQueueName, Receipt

#: Lists around a body while it is tried: in its file it lies deeper than it came.
_DEEPER: Final = 20
_encode: Final = msgspec.json.encode


class Entry(Struct, omit_defaults=True, forbid_unknown_fields=True):
    """`body` stands there as it was sent, to the letter."""

    id: MessageId
    timestamp: str
    body: Raw
    receive_count: int = 0
    visible_at_ms: int = 0
    receipt: Receipt | None = None
    death: Death | None = None
    consumers: list[str] = []

    def is_hidden(self, now_ms: int) -> bool:
        return self.visible_at_ms > now_ms

    def message(self, now_ms: int = 0) -> Message:
        """As it is at that time."""
        held = (self.visible_at_ms, self.receipt) if self.is_hidden(now_ms) else (0, None)
        return Message(self.id, bytes(self.body).decode(), self.timestamp, self.receive_count, *held, self.death)

    def hand(self, take: Take, number: int) -> Message:
        """To a receiver, as the message that gets that one of the receipts."""
        handed = take.handed(self.message(), number)
        self.receive_count, self.visible_at_ms = handed.receive_count, handed.visible_at_ms
        self.receipt, self.consumers = handed.receipt, list(take.remembered(self.consumers))
        return handed


class Part(Struct, forbid_unknown_fields=True):
    """A queue, or its dead letters."""

    created_at_ms: int | None = None
    changed_at_ms: int | None = None
    messages: list[Entry] = []

    def change(self, now_ms: int) -> None:
        self.created_at_ms = now_ms if self.created_at_ms is None else self.created_at_ms
        self.changed_at_ms = now_ms

    def available(self, now_ms: int) -> Iterator[Entry]:
        return (entry for entry in self.messages if not entry.is_hidden(now_ms))

    def next_visible_at_ms(self, now_ms: int) -> int | None:
        return min((entry.visible_at_ms for entry in self.messages if entry.is_hidden(now_ms)), default=None)

    def named(self, message_id: MessageId) -> list[Entry]:
        """At most one."""
        return [entry for entry in self.messages if entry.id == message_id]

    def held(self, receipt: Receipt, now_ms: int) -> list[Entry]:
        """At most one."""
        return [entry for entry in self.messages if entry.receipt == receipt and entry.is_hidden(now_ms)]

    def remove(self, gone: list[Entry], now_ms: int) -> bool:
        if gone:
            ids = {entry.id for entry in gone}
            self.messages = [entry for entry in self.messages if entry.id not in ids]
            self.change(now_ms)
        return bool(gone)

    def append(self, new: list[Entry], now_ms: int) -> None:
        if new:
            self.messages += new
            self.change(now_ms)


class QueueFile(Struct, forbid_unknown_fields=True):
    queue: MessageQueueName
    live: Part
    dead: Part

    def part(self, queue: MessageQueueName) -> Part:
        return self.dead if is_dead(queue) else self.live

    def info(self, queue: MessageQueueName, now_ms: int) -> Info:
        part = self.part(queue)
        in_flight = sum(entry.is_hidden(now_ms) for entry in part.messages)
        size = sum(len(bytes(entry.body)) for entry in part.messages)
        dead_letters = 0 if is_dead(queue) else len(self.dead.messages)
        times = (part.created_at_ms, part.changed_at_ms)
        return Info(len(part.messages) - in_flight, in_flight, size, dead_letters, *times)


def unused(queue: MessageQueueName) -> QueueFile:
    return QueueFile(queue, Part(), Part())


def decoded(data: bytes, queue: MessageQueueName) -> QueueFile:
    """Raises ValueError, with the reason."""
    try:
        file = msgspec.json.decode(data.decode(), type=QueueFile)
    except msgspec.DecodeError as error:
        raise ValueError(str(error)) from None
    if file.queue != queue:  # a disk that does not tell a from A has one file for both
        raise ValueError(f"it belongs to the queue '{file.queue}'")
    return file


def entry_of(message: Message) -> Entry:
    """Raises BadBody, for what could not be read again."""
    body, death = _body(message.body), message.death
    return Entry(message.id, message.timestamp, body, message.receive_count, message.visible_at_ms, None, death)


def _body(text: str) -> Raw:
    try:
        msgspec.json.decode(_DEEPER * "[" + text + _DEEPER * "]", type=Raw)
    except RecursionError:
        raise BadBody(reason="it is nested too deeply") from None
    except msgspec.DecodeError as error:
        raise BadBody(reason=str(error)) from None
    return Raw(text)


def encoded(file: QueueFile) -> bytes:
    return b'{"queue": %b,\n"live": %b,\n"dead": %b}\n' % (_encode(file.queue), _part(file.live), _part(file.dead))


def _part(part: Part) -> bytes:
    lines = b"".join(b"\n" + _encode(entry) + b"," for entry in part.messages).removesuffix(b",")
    times = (_encode(part.created_at_ms), _encode(part.changed_at_ms))
    return b'{"created_at_ms": %b, "changed_at_ms": %b, "messages": [%b\n]}' % (*times, lines)

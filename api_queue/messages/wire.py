"""Messages as JSON, under the names of PyQueue Server."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

from api_queue.errors import BadBody
from api_queue.formats.iso_times import iso
from api_queue.messages.models import (
    MOST_DELAY_S,
    MOST_IDS,
    MOST_IN_ANSWER,
    MOST_IN_BATCH,
    MOST_VISIBILITY_S,
    MOST_WAIT_S,
    Draft,
    Info,
    Message,
    Page,
    Wish,
)
from api_queue.messages.names import message_id
from api_queue.types import MessageId, MessageQueueName

Json = dict[str, Any]
Most = Annotated[int, Meta(ge=1, le=MOST_IN_ANSWER)]
#: What `fromisoformat` may be asked: it takes any sign between date and time, also one that parts fields in a store.
_ISO_8601: Final = re.compile(r"[0-9TtWZz:.,+ -]*")


class MessageContent(msgspec.Struct):
    """`message_body` is an object, or a text that becomes `{"content": text}`; `message` is an older name of it."""

    message_body: Raw | UnsetType = UNSET
    message: Raw | UnsetType = UNSET
    timestamp: Annotated[str, Meta(max_length=64)] | None = None

    def body(self) -> str:
        """JSON, as it was written."""
        raw = self.message if self.message_body is UNSET else self.message_body
        text = "" if raw is UNSET else _utf8(raw)
        if text[:1] == "{":
            return text
        if text[:1] != '"':
            raise BadBody(
                reason='message_body must be there, and be an object or a text, as in {"message_body": {"a": 1}}.'
            )
        return f'{{"content":{text}}}'

    def sent_at(self) -> str | None:
        """ISO 8601, as it was written."""
        if self.timestamp is None:
            return None
        if not _is_iso_8601(self.timestamp):
            raise BadBody(reason="timestamp must be ISO 8601, as in 2026-01-17T20:15:00Z.")
        return self.timestamp


class NewMessage(MessageContent):
    """What is sent. The same `id` again changes nothing; nobody receives it for `delay_seconds`."""

    id: str | None = None
    delay_seconds: Annotated[int, Meta(ge=0, le=MOST_DELAY_S)] = 0

    def draft(self) -> Draft:
        chosen = None if self.id is None else message_id(self.id)
        return Draft(self.body(), chosen, self.sent_at(), self.delay_seconds)


class Batch(msgspec.Struct):
    """Sent all or not at all."""

    messages: Annotated[list[NewMessage], Meta(min_length=1, max_length=MOST_IN_BATCH)]


class MessageIds(msgspec.Struct):
    message_ids: Annotated[list[str], Meta(max_length=MOST_IDS)]


class Visibility(msgspec.Struct):
    """Seconds from now on; 0 gives the message back."""

    visibility_timeout: Annotated[int, Meta(ge=0, le=MOST_VISIBILITY_S)]


class PageQuery(msgspec.Struct):
    """`max_messages` is how PyQueue's client says `limit`."""

    limit: Most | None = None
    max_messages: Most | None = None
    offset: Annotated[int, Meta(ge=0, le=10**12)] = 0

    @property
    def most(self) -> int:
        return self.limit or self.max_messages or 10


class ReceiveQuery(msgspec.Struct):
    """`wait_time` is how many seconds to wait for a message, where there is none."""

    max_messages: Most = 10
    visibility_timeout: Annotated[int, Meta(ge=1, le=MOST_VISIBILITY_S)] | None = None
    wait_time: Annotated[float, Meta(ge=0, le=MOST_WAIT_S)] = 0
    only_new: bool = False
    consumer_id: Annotated[str, Meta(max_length=200, pattern=r"^(?!.*[\x00-\x1f\x7f])")] = ""
    delete_after_receive: bool = False

    def wish(self) -> Wish:
        return Wish(
            self.max_messages, self.visibility_timeout, self.only_new, self.consumer_id, self.delete_after_receive
        )


class RedriveQuery(msgspec.Struct):
    """None: all that there are."""

    max_messages: Annotated[int, Meta(ge=1)] | None = None


# -- answers ---------------------------------------------------------------------------------------------------


def sent_json(sent: MessageId) -> Json:
    return {"id": sent, "status": "success", "receipt_handle": None}


def batch_json(sent: Sequence[MessageId]) -> Json:
    return {"messages": [sent_json(each) for each in sent], "count": len(sent)}


def done_json(message: str, **more: object) -> Json:
    return {"status": "success", "message": message, **more}


def message_json(message: Message, now_ms: int) -> Json:
    hidden = message.is_hidden(now_ms)
    return {
        "id": message.id,
        "message_body": Raw(message.body),
        "timestamp": message.timestamp,
        "status": "in_flight" if hidden else "available",
        "visibility_timeout": iso(message.visible_at_ms) if hidden else None,
        "receipt_handle": message.receipt if hidden else None,
        "receive_count": message.receive_count,
        **({"died_at": iso(message.death.at_ms), "reason": message.death.reason} if message.death else {}),
    }


def page_json(page: Page, query: PageQuery, now_ms: int) -> Json:
    seen = query.offset + len(page.messages)
    return _page(
        [message_json(message, now_ms) for message in page.messages],
        total=page.total,
        offset=query.offset,
        limit=query.most,
        has_more=bool(page.messages) and seen < page.total,
    )


def received_json(messages: Sequence[Message], query: ReceiveQuery, now_ms: int) -> Json:
    shown = [message_json(message, now_ms) for message in messages]
    if query.delete_after_receive:
        shown = [message | {"status": "processed"} for message in shown]
    most, count = query.max_messages, len(shown)
    return _page(shown, total=count, offset=0, limit=most, has_more=count == most)


def _page(messages: list[Json], *, total: int, offset: int, limit: int, has_more: bool) -> Json:
    return {
        "messages": messages,
        "count": len(messages),
        "total": total,
        "offset": offset,
        "limit": limit,
        "has_more": has_more,
    }


def info_json(queue: MessageQueueName, info: Info) -> Json:
    return {
        **_counts(queue, info),
        "queue_size_bytes": info.size_bytes,
        "dead_letters": info.dead_letters,
        "created_timestamp": None if info.created_at_ms is None else iso(info.created_at_ms),
        "last_modified": None if info.changed_at_ms is None else iso(info.changed_at_ms),
    }


def queues_json(described: Iterable[tuple[MessageQueueName, Info, Sequence[str]]], description: str) -> Json:
    """Each queue with what the caller may do there; `description` is that of their key."""
    queues = [_counts(queue, info) | {"permissions": rights} for queue, info, rights in described]
    return {"queues": queues, "count": len(queues), "api_key_description": description}


def health_json(queue: MessageQueueName | None, now_ms: int) -> Json:
    return {"status": "healthy", "queue_name": queue, "timestamp": iso(now_ms)}


def _counts(queue: MessageQueueName, info: Info) -> Json:
    return {
        "queue_name": queue,
        "message_count": info.messages,
        "available_messages": info.available,
        "in_flight_messages": info.in_flight,
    }


def _is_iso_8601(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return _ISO_8601.fullmatch(text) is not None


def _utf8(raw: Raw) -> str:
    try:
        return bytes(raw).decode().strip()
    except UnicodeDecodeError:
        raise BadBody(reason="it is no UTF-8.") from None

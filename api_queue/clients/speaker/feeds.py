"""News of the queue: by MQTT, and by SSE where there is no broker to be reached or the queue is not on it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Final, Protocol, TypeVar

import aiomqtt
import msgspec

from api_queue.clients.speaker import room
from api_queue.clients.speaker.api import Api, Away, Refused
from api_queue.clients.speaker.backoff import Backoff
from api_queue.clients.speaker.room import Room
from api_queue.clients.speaker.wire import Delta, Items, QueueSettings, Session, Snapshot
from api_queue.formats.sse_reader import SseReader
from api_queue.types import QueueName

T = TypeVar("T")
#: A change of the room that has just been heard of.
News = Callable[[Room], Room]
_GREETING_S: Final = 3.0
_KEEPALIVE_S: Final = 10
# The library logs what we raise.
_log = logging.Logger("aiomqtt", logging.CRITICAL)


class Feed(Protocol):
    def __call__(self, api: Api, queue: QueueName) -> AsyncIterator[News]:
        """Everything anew, then what changes, until the connection ends. Raises Away, Refused."""


async def by_mqtt(api: Api, queue: QueueName) -> AsyncIterator[News]:
    """Retained topics: the newest state of each is enough."""
    broker = (await api.found()).mqtt
    if broker.host is None or broker.port is None:
        raise Away("no broker")
    topics = {f"{broker.prefix}/queue/{queue}/{topic}": topic for topic in _TOPICS}
    try:
        async with aiomqtt.Client(
            broker.host, broker.port, keepalive=_KEEPALIVE_S, timeout=_GREETING_S, logger=_log
        ) as client:
            await client.subscribe([(topic, 1) for topic in topics])
            async for message in client.messages:
                if isinstance(message.payload, bytes) and message.payload:  # empty: the queue is gone
                    yield _TOPICS[topics[str(message.topic)]](message.payload)
    except aiomqtt.MqttError as error:
        raise Away(str(error)) from None


async def by_sse(api: Api, queue: QueueName) -> AsyncIterator[News]:
    reader = SseReader()
    await api.found()
    async with api.stream(f"/queue/{queue}/events", Accept="text/event-stream") as answer:
        async for piece in answer.aiter_raw():
            for name, data in reader.feed(piece):
                if name == "snapshot":
                    yield _snapshot(data)
                elif name not in {"reset", "timeline_beacon"}:
                    yield _delta(data)


async def follow(api: Api, queue: QueueName, told: Callable[[News], None]) -> None:
    """For ever. A feed that ends is tried again, after the other one."""
    feeds: tuple[Feed, ...] = (by_sse,) if queue.startswith("u_") else (by_mqtt, by_sse)
    backoff = Backoff()
    while True:
        for feed in feeds:
            with suppress(Away, Refused, msgspec.MsgspecError):
                async for news in feed(api, queue):
                    told(news)
                    backoff.reset()
            await asyncio.sleep(backoff.next_s())


def _reader(shape: type[T], fold: Callable[[Room, T], Room]) -> Callable[[bytes | str], News]:
    decode = msgspec.json.Decoder(shape).decode

    def read(data: bytes | str) -> News:
        told = decode(data)
        return lambda known: fold(known, told)

    return read


_snapshot: Final = _reader(Snapshot, room.of_snapshot)
_delta: Final = _reader(Delta, room.with_delta)
_TOPICS: Final = {
    "items": _reader(Items, room.with_items),
    "settings": _reader(QueueSettings, room.with_settings),
    "session": _reader(Session, room.with_session),
}

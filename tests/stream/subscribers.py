"""A screen that speaks MQTT."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiomqtt
import msgspec

from api_queue.drivers.mqtt_broker import BrokerProcess


class Subscriber:
    """What was heard by topic, in order; a retained topic that was cleared is gone."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.retained: dict[str, bytes] = {}

    def take(self, message: aiomqtt.Message) -> None:
        topic, payload = message.topic.value, bytes(message.payload)
        self.heard.append((topic, payload))
        self.retained[topic] = payload
        if not payload:
            del self.retained[topic]

    def payloads(self, topic: str) -> list[bytes]:
        return [payload for heard, payload in self.heard if heard == topic]

    def revs(self, queue: str) -> list[int]:
        return [self.decode(payload)["rev"] for payload in self.payloads(f"api_queue/queue/{queue}/events")]

    def retained_rev(self, queue: str, part: str = "items") -> int | None:
        payload = self.retained.get(f"api_queue/queue/{queue}/{part}")
        return None if payload is None else int(self.decode(payload)["rev"])

    @staticmethod
    def decode(payload: bytes) -> dict[str, Any]:
        fields: dict[str, Any] = msgspec.json.decode(payload)
        return fields


@asynccontextmanager
async def subscribed(broker: BrokerProcess) -> AsyncIterator[Subscriber]:
    """To everything, as a guest."""
    subscriber = Subscriber()
    async with aiomqtt.Client(broker.host, broker.port) as client:
        await client.subscribe("#", qos=1)
        reading = asyncio.create_task(_read(client, subscriber))
        try:
            yield subscriber
        finally:
            reading.cancel()
            await asyncio.wait([reading])


async def _read(client: aiomqtt.Client, subscriber: Subscriber) -> None:
    async for message in client.messages:
        subscriber.take(message)

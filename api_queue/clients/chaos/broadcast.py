"""What the broker carries: each event as it comes, and the retained topics."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any, Final

import aiomqtt
import msgspec

from api_queue.clients.chaos.system import QUEUE

_BASE: Final = f"api_queue/queue/{QUEUE}"
TOPICS: Final = ("items", "settings", "session")
_BACK_S: Final = 0.2
#: The library tells of each broker that goes away, and so does the transcript.
_log = logging.Logger("aiomqtt", logging.CRITICAL)


@dataclass(slots=True)
class Broadcast:
    """`revs` of the events as they came; None where the connection was lost."""

    port: int
    revs: list[int | None] = field(default_factory=list)

    async def follow(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                async with aiomqtt.Client("127.0.0.1", self.port, logger=_log) as client:
                    await client.subscribe(f"{_BASE}/events", qos=1)
                    async for message in client.messages:
                        self.revs.append(_read(message)["rev"])
            except aiomqtt.MqttError:
                self.revs.append(None)
                await asyncio.sleep(_BACK_S)


async def retained(port: int) -> dict[str, Any]:
    """By the topic's last part, as soon as all are there. Raises aiomqtt.MqttError."""
    found: dict[str, Any] = {}
    async with aiomqtt.Client("127.0.0.1", port, logger=_log) as client:
        for topic in TOPICS:
            await client.subscribe(f"{_BASE}/{topic}", qos=1)
        async for message in client.messages:
            found[message.topic.value.removeprefix(f"{_BASE}/")] = _read(message)
            if len(found) == len(TOPICS):
                return found
    return found


def _read(message: aiomqtt.Message) -> dict[str, Any]:
    assert isinstance(message.payload, bytes)
    read: dict[str, Any] = msgspec.json.decode(message.payload)
    return read

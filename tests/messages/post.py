"""A post office for tests: the service over one of the stores, at a clock that stands still."""

import json
from dataclasses import dataclass
from typing import Any

from api_queue.messages.models import Draft, Limits, Message, Store, Wish
from api_queue.messages.service import MessageService
from api_queue.types import MessageId, MessageQueueName, Receipt
from tests.queues.builders import FakeClock

Q, DEAD, OTHER = MessageQueueName("orders"), MessageQueueName("orders.dead"), MessageQueueName("bills")
#: After this many receives a message is dead.
RECEIVE_MAX = 3


def draft(name: str, body: object = None, delay_s: int = 0, timestamp: str | None = None) -> Draft:
    return Draft(json.dumps({"n": name} if body is None else body), MessageId(name), timestamp, delay_s)


@dataclass
class Post:
    service: MessageService
    store: Store
    clock: FakeClock

    async def send(self, *names: str, to: MessageQueueName = Q, delay_s: int = 0) -> None:
        for name in names:
            await self.service.send(to, draft(name, delay_s=delay_s))

    async def receive(self, most: int = 10, on: MessageQueueName = Q, **wish: Any) -> list[Message]:
        return list(await self.service.receive(on, Wish(most, **wish)))

    async def names(self, most: int = 10, on: MessageQueueName = Q, **wish: Any) -> list[str]:
        return names(await self.receive(most, on, **wish))

    async def receipt(self, on: MessageQueueName = Q, **wish: Any) -> Receipt:
        """Of the first message."""
        (message,) = await self.receive(1, on, **wish)
        assert message.receipt
        return message.receipt

    async def waiting(self, on: MessageQueueName = Q, offset: int = 0, limit: int = 100) -> list[str]:
        return names((await self.service.look(on, offset, limit)).messages)

    async def counts(self, on: MessageQueueName = Q) -> tuple[int, int]:
        """Those that can be had, and the hidden ones."""
        info = await self.service.info(on)
        return info.available, info.in_flight

    async def die(self, *messages: str) -> None:
        """Sent, and received too often."""
        await self.send(*messages)
        for _ in range(RECEIVE_MAX):
            await self.receive(len(messages), visibility_s=1)
            self.clock.pass_s(1)
        assert await self.names(len(messages)) == []


LIMITS = Limits(max_bytes=1000, visibility_s=30, receive_max=RECEIVE_MAX, queues_max=3)


def names(messages: "list[Message] | tuple[Message, ...]") -> list[str]:
    return [message.id for message in messages]

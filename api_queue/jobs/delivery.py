"""Items on their way to workers: messages of this server's own queues, `_jobs.<type>`."""

import math
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import msgspec

from api_queue.errors import ReceiptVoid, Unavailable
from api_queue.jobs.models import Delivery, Sent, TaskId, TaskItemId
from api_queue.messages.models import MOST_IN_BATCH, Bell, Draft, Wish
from api_queue.messages.service import MessageService
from api_queue.types import MessageId, MessageQueueName, Receipt

#: Rung when something is to be told; nothing is ever sent to this one.
CHANGED: Final = MessageQueueName("_jobs")


class _Body(msgspec.Struct, frozen=True):
    task_id: TaskId
    item_id: TaskItemId
    number: int


class Courier:
    """models.Courier. `visibility_s`: how long after its last sign of life a worker's items are another's."""

    def __init__(self, messages: MessageService, bell: Bell, visibility_s: int) -> None:
        self._messages = messages
        self._bell = bell
        self._visibility_s = visibility_s

    async def send(self, deliveries: Sequence[Delivery]) -> None:
        """After the transaction that made them. What does not go while Redis is away, the next sweep sends."""
        with suppress(Unavailable):
            for queue, drafts in _by_queue(deliveries).items():
                for start in range(0, len(drafts), MOST_IN_BATCH):
                    await self._messages.send(queue, *drafts[start : start + MOST_IN_BATCH])
            await self._bell.ring(CHANGED)

    async def missing(self, sent: Sequence[Sent]) -> list[Sent]:
        """Those without a message."""
        asked: defaultdict[MessageQueueName, dict[MessageId, Sent]] = defaultdict(dict)
        for each in sent:
            asked[queue_of(each.delivery.type)][_id(each.delivery)] = each
        return [each for queue, by_id in asked.items() for each in await self._missing(queue, by_id)]

    async def _missing(self, queue: MessageQueueName, by_id: dict[MessageId, Sent]) -> list[Sent]:
        there = set(await self._messages.existing(queue, list(by_id)))
        return [sent for message_id, sent in by_id.items() if message_id not in there]

    async def receive(self, type_name: str, wait_s: float) -> tuple[Delivery, Receipt] | None:
        wish = Wish(most=1, visibility_s=self._visibility_s)
        for message in await self._messages.receive(queue_of(type_name), wish, wait_s):
            body = msgspec.json.decode(message.body, type=_Body)
            assert message.receipt
            return Delivery(type_name, body.task_id, body.item_id, body.number), message.receipt
        return None

    async def keep(self, type_name: str, receipt: Receipt) -> bool:
        """A sign of life. False: the message is not ours any more."""
        try:
            await self._messages.extend(queue_of(type_name), receipt, self._visibility_s)
        except ReceiptVoid:
            return False
        return True

    async def hand_back(self, type_name: str, receipt: Receipt) -> None:
        """To be received again, at once."""
        with suppress(ReceiptVoid, Unavailable):
            await self._messages.extend(queue_of(type_name), receipt, 0)

    async def delete(self, type_name: str, receipt: Receipt) -> None:
        """Whose row is final, or has a newer message. One that stays is dropped by whoever receives it."""
        with suppress(ReceiptVoid, Unavailable):
            await self._messages.delete(queue_of(type_name), receipt)

    def close(self) -> None:
        """Receivers get nothing any more, within a second."""
        self._messages.close()


def queue_of(type_name: str) -> MessageQueueName:
    return MessageQueueName(f"_jobs.{type_name}")


def _by_queue(deliveries: Sequence[Delivery]) -> dict[MessageQueueName, list[Draft]]:
    drafts: defaultdict[MessageQueueName, list[Draft]] = defaultdict(list)
    for delivery in deliveries:
        body = msgspec.json.encode(_Body(delivery.task_id, delivery.item_id, delivery.number)).decode()
        draft = Draft(body, _id(delivery), delay_s=math.ceil(delivery.delay_s))
        drafts[queue_of(delivery.type)].append(draft)
    return drafts


def _id(delivery: Delivery) -> MessageId:
    return MessageId(f"{delivery.item_id}-{delivery.number}")

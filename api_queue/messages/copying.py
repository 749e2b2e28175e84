"""Messages from one store to another, in their order. What is there already stays, so one can start again."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from api_queue.errors import MessageQueuesFull
from api_queue.messages.models import Message, Store
from api_queue.messages.names import dead_letters_of
from api_queue.types import MessageQueueName

#: Messages that are sent at once.
_BATCH: Final = 200

Report = Callable[[MessageQueueName, int], object]
"""Called with a queue and how many more of its messages are in the target."""


async def copy(
    source: Store, target: Store, queues: Sequence[MessageQueueName], queues_max: int, now_ms: int, report: Report
) -> None:
    """With their dead letters. Raises MessageQueuesFull."""
    for queue in queues:
        if not await target.register(queue, queues_max):
            raise MessageQueuesFull(limit=queues_max)
        for part in (queue, dead_letters_of(queue)):
            await _copy_part(source, target, part, now_ms, partial(report, queue))


async def count(source: Store, queue: MessageQueueName, now_ms: int) -> int:
    """With its dead letters."""
    info = await source.info(queue, now_ms)
    return info.messages + info.dead_letters


async def _copy_part(
    source: Store, target: Store, queue: MessageQueueName, now_ms: int, report: Callable[[int], object]
) -> None:
    batch: list[Message] = []
    async for message in source.every(queue):
        batch.append(_given_back(message))
        if len(batch) == _BATCH:
            await target.send(queue, batch, now_ms)
            report(len(batch))
            batch = []
    await target.send(queue, batch, now_ms)
    report(len(batch))


def _given_back(message: Message) -> Message:
    """A receipt is good in its own store alone, so who holds a message there cannot delete it here. A delay stays."""
    return replace(message, receipt=None, visible_at_ms=0) if message.receipt else message

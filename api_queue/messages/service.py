"""The verbs on messages: send, receive, delete, look. Amazon SQS is what their users know."""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Final
from uuid import uuid4

from api_queue.drivers.clock import Clock
from api_queue.errors import MessageNotFound, MessageQueuesFull, MessageTooLarge, ReceiptVoid
from api_queue.formats.iso_times import iso
from api_queue.messages.models import Bell, Draft, Info, Limits, Message, Page, Store, Take, Taken, Wish
from api_queue.messages.names import dead_letters_of, living
from api_queue.types import MessageId, MessageQueueName, Receipt

#: How late a message can be when the bell went unheard.
LOOK_AGAIN_S: Final = 1.0


class MessageService:
    """Raises nothing but what its verbs name: MessageNotFound, ReceiptVoid, MessageTooLarge, MessageQueuesFull."""

    def __init__(self, store: Store, bell: Bell, clock: Clock, limits: Limits) -> None:
        self._store = store
        self._bell = bell
        self._clock = clock
        self._limits = limits
        self._registered: set[MessageQueueName] = set()
        self._closing = False

    # -- sending -----------------------------------------------------------------------------------------------

    async def send(self, queue: MessageQueueName, *drafts: Draft) -> list[MessageId]:
        """All of them or none. Their ids, also of those that were sent before."""
        messages = [self._message(draft) for draft in drafts]
        await self._register(living(queue))
        await self._store.send(queue, messages, self._clock.now_ms())
        await self._bell.ring(queue)
        return [message.id for message in messages]

    def _message(self, draft: Draft) -> Message:
        now_ms = self._clock.now_ms()
        return Message(
            id=draft.id or MessageId(str(uuid4())),
            body=self._checked(draft.body),
            timestamp=draft.timestamp or iso(now_ms),
            visible_at_ms=now_ms + draft.delay_s * 1000 if draft.delay_s else 0,
        )

    def _checked(self, body: str) -> str:
        size_bytes = len(body.encode())
        if size_bytes > self._limits.max_bytes:
            raise MessageTooLarge(size_bytes=size_bytes, limit_bytes=self._limits.max_bytes)
        return body

    async def _register(self, queue: MessageQueueName) -> None:
        """Those of the server itself (`_jobs.scan`) are on no list."""
        if queue in self._registered or queue.startswith("_"):
            return
        if not await self._store.register(queue, self._limits.queues_max):
            raise MessageQueuesFull(limit=self._limits.queues_max)
        self._registered.add(queue)

    async def update(self, queue: MessageQueueName, message_id: MessageId, body: str, timestamp: str | None) -> None:
        now_ms = self._clock.now_ms()
        body, timestamp = self._checked(body), timestamp or iso(now_ms)
        if not await self._store.update(queue, message_id, body, timestamp, now_ms):
            raise MessageNotFound(message_id=message_id, queue=queue)

    # -- receiving ---------------------------------------------------------------------------------------------

    async def receive(self, queue: MessageQueueName, wish: Wish, wait_s: float = 0) -> tuple[Message, ...]:
        """As soon as there is one; none after `wait_s`."""
        taken = await self._take(queue, wish)
        if taken.messages or not wait_s:
            return taken.messages
        return await self._wait_for(queue, wish, asyncio.get_running_loop().time() + wait_s)

    async def _take(self, queue: MessageQueueName, wish: Wish) -> Taken:
        now_ms = self._clock.now_ms()
        hidden_s = self._limits.visibility_s if wish.visibility_s is None else wish.visibility_s
        receipts = tuple(new_receipt() for _ in range(wish.most))
        take = Take(wish, receipts, now_ms + hidden_s * 1000, self._limits.receive_max)
        return await self._store.receive(queue, take, now_ms)

    async def _wait_for(self, queue: MessageQueueName, wish: Wish, deadline_s: float) -> tuple[Message, ...]:
        """Looks when the bell rings, when the next hidden one can be had, and now and then."""
        loop = asyncio.get_running_loop()
        async with self._bell.listen(queue) as waiter:
            while not (taken := await self._take(queue, wish)).messages and not self._closing:
                left_s = deadline_s - loop.time()
                if left_s <= 0:
                    break
                await waiter.wait(min(left_s, LOOK_AGAIN_S, self._until_visible_s(taken)))
        return taken.messages

    def _until_visible_s(self, taken: Taken) -> float:
        if taken.next_visible_at_ms is None:
            return LOOK_AGAIN_S
        return max(0.001, (taken.next_visible_at_ms - self._clock.now_ms()) / 1000)

    async def delete(self, queue: MessageQueueName, receipt: Receipt) -> None:
        if not await self._store.delete(queue, receipt, self._clock.now_ms()):
            raise ReceiptVoid

    async def delete_by_id(self, queue: MessageQueueName, message_id: MessageId) -> None:
        if not await self._store.delete_by_id(queue, message_id, self._clock.now_ms()):
            raise MessageNotFound(message_id=message_id, queue=queue)

    async def extend(self, queue: MessageQueueName, receipt: Receipt, visibility_s: int) -> int:
        """Hidden for so long from now on, 0 gives it back; until when, in ms."""
        now_ms = self._clock.now_ms()
        visible_at_ms = now_ms + visibility_s * 1000
        if not await self._store.extend(queue, receipt, visible_at_ms, now_ms):
            raise ReceiptVoid
        await self._bell.ring(queue)
        return visible_at_ms

    # -- looking -----------------------------------------------------------------------------------------------

    async def look(self, queue: MessageQueueName, offset: int, limit: int) -> Page:
        return await self._store.look(queue, offset, limit, self._clock.now_ms())

    async def message(self, queue: MessageQueueName, message_id: MessageId) -> Message:
        found = await self._store.message(queue, message_id, self._clock.now_ms())
        if found is None:
            raise MessageNotFound(message_id=message_id, queue=queue)
        return found

    async def existing(self, queue: MessageQueueName, message_ids: Sequence[MessageId]) -> list[MessageId]:
        """In the order in which they were asked for."""
        there = await self._store.existing(queue, message_ids)
        return [message_id for message_id in message_ids if message_id in there]

    async def info(self, queue: MessageQueueName) -> Info:
        return await self._store.info(queue, self._clock.now_ms())

    async def queues(self) -> list[MessageQueueName]:
        """Those that somebody has sent to, sorted; their dead letters are not listed on their own."""
        return await self._store.queues()

    # -- the queue as a whole ----------------------------------------------------------------------------------

    async def clear(self, queue: MessageQueueName) -> None:
        await self._store.clear(queue, self._clock.now_ms())

    async def dead_letters(self, queue: MessageQueueName, offset: int, limit: int) -> Page:
        return await self.look(dead_letters_of(queue), offset, limit)

    async def redrive(self, queue: MessageQueueName, most: int | None = None) -> int:
        """How many dead letters are at the end of the queue again; None: all that there are now."""
        queue = living(queue)
        if most is None:
            most = (await self.info(queue)).dead_letters
        moved = await self._store.redrive(queue, most, self._clock.now_ms())
        await self._bell.ring(queue)
        return moved

    def close(self) -> None:
        """Whoever waits gets an empty answer: this process is about to end."""
        self._closing = True
        self._bell.wake()


def new_receipt() -> Receipt:
    return Receipt(f"receipt_{secrets.token_hex(16)}")

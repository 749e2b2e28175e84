"""Messages in Redis: the only file that spells their keys. Each verb is one script, and none of them scans."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from api_queue.drivers.redis import Argument, Redis
from api_queue.messages.models import Death, Info, Message, Page, Take, Taken
from api_queue.messages.names import dead_letters_of, is_dead, living
from api_queue.types import MessageId, MessageQueueName, Receipt

NAMES: Final = "messages:names"
_PARTS: Final = ("fresh", "again", "flight", "bodies", "facts", "receipts", "seen", "meta", "waiting")
#: Messages that one script moves at most, so that it holds Redis for no more than a few milliseconds.
_SLICE: Final = 200
_BEGINNING: Final = "-inf"


@lru_cache(1000)
def keys_of(queue: MessageQueueName) -> tuple[str, ...]:
    """A queue and its dead letters share a hash tag."""
    kind = "dead" if is_dead(queue) else "live"
    return tuple(f"m:{{{living(queue)}}}:{kind}:{part}" for part in _PARTS)


@lru_cache(1000)
def _with_dead_letters(queue: MessageQueueName) -> tuple[str, ...]:
    return keys_of(queue) + keys_of(dead_letters_of(queue))


@lru_cache(1000)
def _with_other(queue: MessageQueueName) -> tuple[str, ...]:
    """The other one is where an id may be known, too."""
    return keys_of(queue) + keys_of(living(queue) if is_dead(queue) else dead_letters_of(queue))


def key(queue: MessageQueueName, part: str) -> str:
    return keys_of(queue)[_PARTS.index(part)]


class RedisMessages:
    """`models.Store`. Its scripts ring the bell themselves."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    # -- sending -----------------------------------------------------------------------------------------------

    async def send(self, queue: MessageQueueName, messages: Sequence[Message], now_ms: int) -> None:
        args: list[Argument] = [queue, now_ms]
        for message in messages:
            death = f"{message.death.at_ms}|{message.death.reason}" if message.death else "|"
            args += (message.id, message.body, message.receive_count, message.visible_at_ms)
            args.append(f"{message.timestamp}|{death}")
        await self._redis.script("messages/send", _with_other(queue), args)

    async def update(
        self, queue: MessageQueueName, message_id: MessageId, body: str, timestamp: str, now_ms: int
    ) -> bool:
        return await self._done("update", queue, now_ms, message_id, body, timestamp)

    async def redrive(self, queue: MessageQueueName, most: int, now_ms: int) -> int:
        moved = 0
        while moved < most:
            args = (queue, now_ms, min(_SLICE, most - moved))
            step = int(await self._redis.script("messages/redrive", _with_dead_letters(queue), args))
            if not step:
                break
            moved += step
        return moved

    # -- receiving ---------------------------------------------------------------------------------------------

    async def receive(self, queue: MessageQueueName, take: Take, now_ms: int) -> Taken:
        """Goes on where a script stopped: it looks at so many at once, that too many deaths hold nobody up."""
        taken: list[Message] = []
        place, next_visible = _BEGINNING, ""
        while place:
            receipts = take.receipts[len(taken) :]
            place, next_visible, *found = await self._receive(queue, replace(take, receipts=receipts), place, now_ms)
            taken += (_message(*each) for each in found)
        return Taken(tuple(taken), int(next_visible) if next_visible else None)

    async def _receive(self, queue: MessageQueueName, take: Take, place: str, now_ms: int) -> list[Any]:
        wish, receive_max = take.wish, 0 if is_dead(queue) else take.receive_max
        how = (int(wish.only_new), wish.consumer_id, int(wish.delete), place)
        args: tuple[Argument, ...] = (now_ms, take.visible_at_ms, receive_max, *how, *take.receipts)
        answer: list[Any] = []
        while not answer:
            answer = await self._redis.script("messages/receive", _with_dead_letters(queue), args)
        return answer

    async def delete(self, queue: MessageQueueName, receipt: Receipt, now_ms: int) -> bool:
        return await self._done("delete", queue, now_ms, receipt)

    async def delete_by_id(self, queue: MessageQueueName, message_id: MessageId, now_ms: int) -> bool:
        return await self._done("delete_by_id", queue, now_ms, message_id)

    async def extend(self, queue: MessageQueueName, receipt: Receipt, visible_at_ms: int, now_ms: int) -> bool:
        return await self._done("extend", queue, queue, now_ms, receipt, visible_at_ms)

    async def clear(self, queue: MessageQueueName, now_ms: int) -> None:
        await self._done("clear", queue, now_ms)

    async def _done(self, verb: str, queue: MessageQueueName, *args: Argument) -> bool:
        return bool(await self._redis.script(f"messages/{verb}", keys_of(queue), args))

    # -- looking -----------------------------------------------------------------------------------------------

    async def look(self, queue: MessageQueueName, offset: int, limit: int, now_ms: int) -> Page:
        answer: list[Any] = []
        while not answer:
            answer = await self._redis.script("messages/look", keys_of(queue), (now_ms, offset, limit))
        total, *found = answer
        return Page(tuple(_message(*each) for each in found), total)

    async def message(self, queue: MessageQueueName, message_id: MessageId, now_ms: int) -> Message | None:
        keys = (key(queue, "bodies"), key(queue, "facts"))
        found = await self._redis.script("messages/message", keys, (message_id,))
        if not found:
            return None
        message = _message(message_id, *found)
        return message if message.is_hidden(now_ms) else replace(message, visible_at_ms=0, receipt=None)

    async def existing(self, queue: MessageQueueName, message_ids: Sequence[MessageId]) -> Collection[MessageId]:
        if not message_ids:
            return ()
        facts = await self._redis.call("HMGET", key(queue, "facts"), *message_ids)
        return {each for each, known in zip(message_ids, facts, strict=True) if known is not None}

    async def info(self, queue: MessageQueueName, now_ms: int) -> Info:
        dead = () if is_dead(queue) else (key(dead_letters_of(queue), "facts"),)
        keys = keys_of(queue) + (dead or (key(queue, "facts"),))
        answer = await self._redis.script("messages/info", keys, (now_ms,))
        messages, hidden, size_bytes, dead_letters, created, changed = answer
        times = (int(created) if created else None, int(changed) if changed else None)
        return Info(messages - hidden, hidden, size_bytes, dead_letters if dead else 0, *times)

    async def every(self, queue: MessageQueueName) -> AsyncIterator[Message]:
        facts = await self._all_facts(queue)
        ids = sorted(facts, key=lambda each: int(facts[each].partition("|")[0]))
        for start in range(0, len(ids), _SLICE):
            some = ids[start : start + _SLICE]
            bodies = await self._redis.call("HMGET", key(queue, "bodies"), *some)
            for message_id, body in zip(some, bodies, strict=True):
                if body is not None:  # deleted since
                    yield _message(message_id, facts[message_id], body)

    async def _all_facts(self, queue: MessageQueueName) -> dict[str, str]:
        facts: dict[str, str] = {}
        cursor = "0"
        while True:
            cursor, some = await self._redis.call("HSCAN", key(queue, "facts"), cursor, "COUNT", _SLICE)
            facts |= some
            if not int(cursor):
                return facts

    # -- the list of queues ------------------------------------------------------------------------------------

    async def register(self, queue: MessageQueueName, queues_max: int) -> bool:
        return bool(await self._redis.script("messages/register", (NAMES,), (queue, queues_max)))

    async def queues(self) -> list[MessageQueueName]:
        return sorted(await self._redis.call("SMEMBERS", NAMES))


def _message(message_id: str, facts: str, body: str) -> Message:
    """`facts` as lua/parts.lua writes them."""
    _, count, visible_at_ms, receipt, timestamp, died_at_ms, reason = facts.split("|", 6)
    return Message(
        id=MessageId(message_id),
        body=body,
        timestamp=timestamp,
        receive_count=int(count),
        visible_at_ms=int(visible_at_ms),
        receipt=Receipt(receipt) if receipt else None,
        death=Death(int(died_at_ms), reason) if died_at_ms else None,
    )

"""Messages: what one is, when it can be had, and what a store of them must do."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Final, Literal, Protocol

from api_queue.types import MessageId, MessageQueueName, Receipt

#: As Amazon SQS has it, seconds: 12 hours hidden, 15 minutes delayed, 20 seconds waited for.
MOST_VISIBILITY_S: Final = 43_200
MOST_DELAY_S: Final = 900
MOST_WAIT_S: Final = 20
#: Messages in one answer, and in one batch.
MOST_IN_ANSWER: Final = 100
MOST_IN_BATCH: Final = 10
#: Ids of one `existing`.
MOST_IDS: Final = 1000
#: Names of consumers that a message remembers; one that falls out may get it again.
CONSUMERS_KEPT: Final = 100

#: Where they are kept.
Storage = Literal["redis", "sqlite", "json"]
Status = Literal["available", "in_flight", "processed"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What an operator may set. `receive_max`: receives after which a message is a dead letter."""

    max_bytes: int = 262_144
    visibility_s: int = 30
    receive_max: int = 10
    queues_max: int = 10_000


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be sent: the JSON text of an object. No id: a new one; no timestamp: now."""

    body: str
    id: MessageId | None = None
    timestamp: str | None = None
    #: Nobody receives it for so long.
    delay_s: int = 0


@dataclass(frozen=True, slots=True)
class Death:
    """When and why a message was given up."""

    at_ms: int
    reason: str

    @classmethod
    def after(cls, receive_count: int, now_ms: int) -> "Death":
        return cls(now_ms, f"Received {receive_count} times and never deleted.")


@dataclass(frozen=True, slots=True)
class Message:
    """`body` is the JSON text of an object, `timestamp` ISO 8601 as its sender wrote it.

    `receipt` is the newest, None for one that can be had; `visible_at_ms` is 0 then.
    """

    id: MessageId
    body: str
    timestamp: str
    receive_count: int = 0
    visible_at_ms: int = 0
    receipt: Receipt | None = None
    #: Of a dead letter alone.
    death: Death | None = None

    def is_hidden(self, now_ms: int) -> bool:
        """Held by a receiver, or delayed."""
        return self.visible_at_ms > now_ms


def first_of_each_id(messages: Sequence[Message]) -> list[Message]:
    first: dict[MessageId, Message] = {}
    for message in messages:
        first.setdefault(message.id, message)
    return list(first.values())


@dataclass(frozen=True, slots=True)
class Wish:
    """What a receiver asks for."""

    most: int = 10
    #: For how long nobody else gets them; None: as the limits say.
    visibility_s: int | None = None
    #: Only what nobody has received yet.
    only_new: bool = False
    #: Nothing that this consumer received before; '': anything.
    consumer_id: str = ""
    #: Deleted as they are received.
    delete: bool = False


@dataclass(frozen=True, slots=True)
class Take:
    """A wish at a moment: one `receipt`, new and random, for each message that may be taken."""

    wish: Wish
    receipts: tuple[Receipt, ...]
    visible_at_ms: int
    #: One that was received as often as this becomes a dead letter instead.
    receive_max: int

    def handed(self, message: Message, number: int) -> Message:
        """As its receiver gets it, with that one of the receipts."""
        times = message.receive_count + 1
        if self.wish.delete:
            return replace(message, receive_count=times, visible_at_ms=0, receipt=None)
        return replace(message, receive_count=times, visible_at_ms=self.visible_at_ms, receipt=self.receipts[number])

    def remembered(self, consumers: Sequence[str]) -> Sequence[str]:
        """Those that have had a message, once it is handed out."""
        return [*consumers, self.wish.consumer_id][-CONSUMERS_KEPT:] if self.wish.consumer_id else consumers


@dataclass(frozen=True, slots=True)
class Taken:
    """`next_visible_at_ms`: when the next hidden message can be had, None if there is none."""

    messages: tuple[Message, ...]
    next_visible_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Messages that can be had, in their order, and how many there are."""

    messages: tuple[Message, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Info:
    """All zero, and no times, for a queue that nobody has used."""

    available: int = 0
    #: Held by receivers, or delayed.
    in_flight: int = 0
    #: Bytes of all bodies as UTF-8.
    size_bytes: int = 0
    dead_letters: int = 0
    created_at_ms: int | None = None
    changed_at_ms: int | None = None

    @property
    def messages(self) -> int:
        return self.available + self.in_flight


class Store(Protocol):
    """Each verb happens wholly or not at all, lasts once it has returned, and is the only one at its time.

    A queue is there as soon as it is named. Its order is that of sending; what was hidden comes back to its place, by
    itself, when its time is over: `visible_at_ms <= now_ms`. `q.dead` has the dead letters of `q`, and is a queue like
    any other, but for `Take.receive_max`, which does not count there.

    An id is known on `q` while its message is on `q` or `q.dead`.
    """

    async def send(self, queue: MessageQueueName, messages: Sequence[Message], now_ms: int) -> None:
        """At the end, in this order. They may be delayed until `visible_at_ms`; no receipt comes along.

        One whose id is known changes nothing: the first body stays. New ones were never received and have no death;
        copies from another store bring both.
        """

    async def look(self, queue: MessageQueueName, offset: int, limit: int, now_ms: int) -> Page:
        """Those that can be had. Counts as no receive."""

    async def receive(self, queue: MessageQueueName, take: Take, now_ms: int) -> Taken:
        """The first that fit, hidden until `take.visible_at_ms` under a receipt each; older receipts are void.

        What would be received more than `take.receive_max` times goes to the end of `q.dead` on the way.
        A deleted one (`wish.delete`) has no receipt.
        """

    async def delete(self, queue: MessageQueueName, receipt: Receipt, now_ms: int) -> bool:
        """False: the receipt is void, since its message was deleted, its time is over, or it was received again."""

    async def delete_by_id(self, queue: MessageQueueName, message_id: MessageId, now_ms: int) -> bool:
        """False: there is none, hidden or not."""

    async def update(
        self, queue: MessageQueueName, message_id: MessageId, body: str, timestamp: str, now_ms: int
    ) -> bool:
        """Another body and timestamp in the same place, and for the same receipt. False: there is none."""

    async def extend(self, queue: MessageQueueName, receipt: Receipt, visible_at_ms: int, now_ms: int) -> bool:
        """Hidden until then, `now_ms` gives it back. False: the receipt is void, as for `delete`."""

    async def message(self, queue: MessageQueueName, message_id: MessageId, now_ms: int) -> Message | None:
        """Hidden or not."""

    async def existing(self, queue: MessageQueueName, message_ids: Sequence[MessageId]) -> Collection[MessageId]:
        """Those that are there, hidden or not."""

    async def clear(self, queue: MessageQueueName, now_ms: int) -> None:
        """Hidden ones too; their receipts are void. The dead letters of the queue stay."""

    async def info(self, queue: MessageQueueName, now_ms: int) -> Info: ...

    def every(self, queue: MessageQueueName) -> AsyncIterator[Message]:
        """Hidden or not, in their order; for copying. What changes meanwhile may be missed."""

    async def redrive(self, queue: MessageQueueName, most: int, now_ms: int) -> int:
        """Brings the first dead letters of `queue` (not hidden ones) to its end, as if never received; how many."""

    async def register(self, queue: MessageQueueName, queues_max: int) -> bool:
        """Puts the name on the list of queues. False: the list is full. A name that is on it stays."""

    async def queues(self) -> list[MessageQueueName]:
        """The names on the list, sorted."""


class Waiter(Protocol):
    async def wait(self, seconds: float) -> None:
        """Until the bell rings, at most so long; at once if it has rung since the last wait."""


class Bell(Protocol):
    """Tells receivers who wait, in whatever process, that there is a message. It may go unheard: look now and then."""

    async def ring(self, queue: MessageQueueName) -> None: ...

    def listen(self, queue: MessageQueueName) -> AbstractAsyncContextManager[Waiter]:
        """From its entry on the bell is heard, with no gap before the first wait."""

    def wake(self) -> None:
        """Whoever waits in this process looks once more, now."""

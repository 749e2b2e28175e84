"""What the stream is made of, and what it needs of others."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final, Protocol

import msgspec

from api_queue.events import Event
from api_queue.types import EventId, QueueName

START: Final = EventId("0-0")
"""Before everything."""

TASKS: Final = QueueName("_tasks")
"""Followed like a queue, though no queue can be called so: the events of tasks. Nothing of it is retained."""

TRACKLISTS: Final = QueueName("_tracklists")
"""As above: of lists that were fetched, and of those that were stored."""

NO_QUEUES: Final = frozenset({TASKS, TRACKLISTS})

Positions = Mapping[QueueName, EventId]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A queue in full, as JSON, as it was when `event_id` was the last entry of its stream (START: none yet)."""

    queue: QueueName
    event_id: EventId
    rev: int
    data: str


@dataclass(frozen=True, slots=True)
class Page:
    """Events after a position.

    `known`: the position is still in the stream, so nothing is missing in between. `position`: read on from here.
    """

    known: bool
    position: EventId
    events: list[Event]


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one connection listens to. `several`: ids are composite, and each payload names its queue."""

    queues: tuple[QueueName, ...]
    several: bool = False


class SnapshotSource(Protocol):
    async def snapshot(self, queue: QueueName) -> Snapshot:
        """State, revision and last event id, read in one step. Raises UnknownQueue."""

    async def names(self) -> list[QueueName]: ...

    async def retained(self, queue: QueueName) -> dict[str, str]:
        """Payload by last part of the topic: items, items.csv, settings, session. Empty: there is no such queue."""


class BeaconSource(Protocol):
    async def beacon(self, queue: QueueName) -> str | None:
        """The JSON of `timeline_beacon` with the current `rev`; None while nothing plays."""


class LibrarySource(Protocol):
    async def library(self) -> str | None:
        """`{hash, count, updated}` as JSON; asked every few seconds, so it must be cheap. None: not scanned yet."""


class OtherTopics(Protocol):
    """Retained topics that do not stand below our prefix, for clients of another system. By whole topic."""

    async def of_queue(self, queue: QueueName) -> dict[str, str]:
        """An empty payload clears its topic: there is no such queue, or nobody reads it so. Empty: this one never has
        any.
        """

    async def of_library(self) -> dict[str, str]:
        """Asked every few seconds, so it must be cheap."""


class EventLog(Protocol):
    async def read(self, queue: QueueName, after: EventId, count: int) -> Page: ...

    def bells(self) -> AsyncGenerator[QueueName | None, None]:
        """Queues that have something new. None each time the connection stands anew: bells before it may be lost."""


class RelayStore(Protocol):
    async def acknowledged(self, queue: QueueName) -> EventId:
        """How far the queue's events were published."""

    async def acknowledge(self, queue: QueueName, event_id: EventId, fence: int) -> bool:
        """False: a newer leader has acknowledged before."""

    async def announce(self, queue: QueueName) -> None:
        """Remembers that the queue has retained topics, before it has."""

    async def announced(self) -> set[QueueName]: ...

    async def forget(self, queue: QueueName) -> None:
        """Its retained topics are cleared."""

    async def trim(self, queue: QueueName, before_ms: int) -> None:
        """Drops events older than `before_ms`, but never the last one: a reader that has it has missed nothing."""


class Publisher(Protocol):
    """`drivers/mqtt.py`"""

    connected: asyncio.Event

    async def publish(self, topic: str, payload: str | bytes, *, retain: bool = False, qos: int = 1) -> None:
        """Returns when the broker has it. Raises BrokerAway when it may not."""


Connect = Callable[[Callable[[], None]], AbstractAsyncContextManager[Publisher]]
"""Opens the one publisher of the leader; what it is given is called on each connection to the broker."""


class AllQueues(Protocol):
    """For who follows every queue there is."""

    async def names(self) -> list[QueueName]: ...

    async def begin(self, queue: QueueName) -> EventId | None:
        """The position to read on from, asked once for each queue; None for what is not to be followed."""


class Line(Protocol):
    """One open connection to a reader."""

    @property
    def buffered(self) -> int:
        """Bytes that the reader has not taken yet."""

    def write(self, chunks: bytes) -> None:
        """Never waits; a closed line takes everything and sends nothing."""

    def end(self) -> None: ...


class _Deletable(msgspec.Struct):
    settings: dict[str, Any] | None = None


def is_deletion(event: Event) -> bool:
    """A queue's last event has no settings any more."""
    return event.name == "settings_change" and msgspec.json.decode(event.data, type=_Deletable).settings is None


def parse_positions(text: str | None, subscription: Subscription) -> dict[QueueName, EventId]:
    """A Last-Event-ID by queue: `1-0`, or composite, `a=1-0,b=7-2`. Whatever it holds, the ring judges it later."""
    if not text:
        return {}
    if not subscription.several:
        return {subscription.queues[0]: EventId(text)}
    pairs = (part.partition("=") for part in text.split(","))
    given = {QueueName(name): EventId(position) for name, _, position in pairs}
    return {queue: given[queue] for queue in subscription.queues if queue in given}

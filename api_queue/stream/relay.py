"""The relay: every event of every queue to MQTT, in order, and the state that they lead to.

At least once: a position is acknowledged after the publish, so whoever leads next may repeat, and readers drop by `rev`
what they have seen.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog

from api_queue.drivers.clock import Clock
from api_queue.errors import ApiQueueError, LeaseLost, Unavailable
from api_queue.events import Event
from api_queue.settings import Settings
from api_queue.stream import wire
from api_queue.stream.fenced import FencedPublisher, Message
from api_queue.stream.follower import Follower
from api_queue.stream.lag import Lag
from api_queue.stream.lease import Lease
from api_queue.stream.models import (
    NO_QUEUES,
    TASKS,
    TRACKLISTS,
    Connect,
    EventLog,
    LibrarySource,
    OtherTopics,
    RelayStore,
    SnapshotSource,
)
from api_queue.stream.retained import Retained
from api_queue.types import EventId, QueueName
from api_queue.web.personal import is_personal

#: How long after a leader's death nobody publishes, at most; retained state has to be right within five seconds.
LEASE_MS: Final = 2_000
#: What is not published this long after the relay was told to end is left to the next leader.
FLUSH_S: Final = 2.0
#: Between tries while Redis is away.
RETRY_S: Final = 0.5

_log = structlog.get_logger()


@dataclass(frozen=True)
class RelayParts:
    lease: Lease
    log: EventLog
    store: RelayStore
    source: SnapshotSource
    library: LibrarySource
    connect: Connect
    clock: Clock
    settings: Settings
    lag: Lag
    others: OtherTopics | None = None


async def run(parts: RelayParts) -> None:
    """Leads whenever nobody else does. Cancelled, it publishes what is waiting and gives the lease back."""

    async def lead() -> None:
        doubted = asyncio.Event()
        async with parts.connect(doubted.set) as connection:
            publisher = FencedPublisher(connection, parts.lease, parts.settings.mqtt_prefix)
            await Leadership(parts, publisher, doubted).run()

    while not await parts.lease.lead(lead):
        _log.warning("the relay's lease was lost")


class Leadership:
    """One term. `doubted` is set when the broker may not hold what we think."""

    def __init__(self, parts: RelayParts, publisher: FencedPublisher, doubted: asyncio.Event) -> None:
        self._parts = parts
        self._publisher = publisher
        self._doubted = doubted
        self._retained = Retained(publisher, parts.store, parts.source, parts.library, parts.others)
        self._follower = Follower(parts.log, self._deliver, self._broken, all_queues=self)

    async def run(self) -> None:
        _log.info("this relay leads", fence=self._parts.lease.fence)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._follower.run(), name="relay-follower")
                group.create_task(self._retained.run(), name="relay-retained")
                group.create_task(self._publish_doubted(), name="relay-doubted")
                group.create_task(self._doubt_in_time(), name="relay-upkeep")
        finally:
            with suppress(ApiQueueError, TimeoutError):
                await self._flush()
            self._parts.lag.give_up()

    async def names(self) -> list[QueueName]:
        """Everybody may subscribe, so nothing of a member's own queue is published."""
        return [*(name for name in await self._parts.source.names() if not is_personal(name)), *NO_QUEUES]

    async def begin(self, queue: QueueName) -> EventId | None:
        return None if is_personal(queue) else await self._parts.store.acknowledged(queue)

    async def _deliver(self, queue: QueueName, events: list[Event]) -> None:
        self._parts.lag.begin(queue, events)
        if queue not in NO_QUEUES:
            self._retained.mark(queue)
        await self._publisher.publish_in_order([message for event in events for message in _messages(event)])
        if not await self._parts.store.acknowledge(queue, events[-1].event_id, self._parts.lease.fence):
            raise LeaseLost
        self._parts.lag.end(queue)

    async def _broken(self, queue: QueueName) -> None:
        """The broker was away for longer than the stream reaches back: readers see a gap in `rev`."""
        self._parts.lag.skip(queue)
        if queue in NO_QUEUES:  # dropped on purpose where tasks are removed, and nothing of it is retained
            return
        _log.warning("events were dropped before they were published", queue=queue)
        self._retained.mark(queue)

    async def _publish_doubted(self) -> None:
        while True:
            await self._doubted.wait()
            self._doubted.clear()
            try:
                await self._retained.mark_all()
            except Unavailable:
                self._doubted.set()
                await asyncio.sleep(RETRY_S)

    async def _doubt_in_time(self) -> None:
        """At once, again after one lease, as the leader before us may have been late, and every few minutes."""
        self._doubted.set()
        await asyncio.sleep(self._parts.lease.ttl_s)
        self._retained.alone = True
        while True:
            self._doubted.set()
            with suppress(Unavailable):
                await self._trim()
            await asyncio.sleep(self._parts.settings.mqtt_republish_s)

    async def _trim(self) -> None:
        before_ms = self._parts.clock.now_ms() - self._parts.settings.events_kept_hours * 3_600_000
        for queue in [*await self._parts.source.names(), *NO_QUEUES]:
            await self._parts.store.trim(queue, before_ms)

    async def _flush(self) -> None:
        async with asyncio.timeout(FLUSH_S):
            await self._follower.catch_up_all()
            await self._retained.flush()


def _messages(event: Event) -> list[Message]:
    if event.queue == TASKS:
        return [Message(f"tasks/{wire.task_of(event)}", wire.progress(event), qos=0)]
    if event.queue == TRACKLISTS:
        return [Message("tracklists", event.data)]
    messages = [Message(f"queue/{event.queue}/events", event.data)]
    if event.name == "command":
        messages.append(Message(f"queue/{event.queue}/command", wire.command(event)))
    return messages

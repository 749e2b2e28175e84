"""Server-Sent Events of one worker: each change is read once, encoded once and written to everyone who listens."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

from api_queue.errors import ApiQueueError, Unavailable, UnknownQueue
from api_queue.events import Event
from api_queue.formats.figures import Figure
from api_queue.stream import wire
from api_queue.stream.follower import Follower
from api_queue.stream.listener import Listener
from api_queue.stream.models import (
    TASKS,
    BeaconSource,
    EventLog,
    Line,
    Positions,
    Snapshot,
    SnapshotSource,
    Subscription,
)
from api_queue.stream.room import Room
from api_queue.stream.transcript import Transcript
from api_queue.types import QueueName
from api_queue.web.personal import is_personal

BEACON_S: Final = 4.0
#: How often the lines of slow listeners are looked at.
DRAIN_S: Final = 0.05
#: How often who listens to what not everybody may hear has to show their login again: nobody tells when one runs out.
PRIVATE_S: Final = 900.0

FORGOTTEN: Final = "What was missed is no longer kept; here is the state as it is now."


class Hub:
    """`buffer`: events that wait for a slow listener. `kept`: events of each queue for those who come back."""

    def __init__(self, log: EventLog, source: SnapshotSource, beacons: BeaconSource, *, buffer: int, kept: int) -> None:
        self._log = log
        self._source = source
        self._beacons = beacons
        self._buffer = buffer
        self._kept = kept
        self._follower = Follower(log, self._deliver, self._broken)
        self._rooms: dict[QueueName, Room] = {}
        self._audiences: dict[Subscription, set[Listener]] = {}
        self._slow: set[Listener] = set()
        self._closing = False

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follower.run(), name="hub-follower")
            group.create_task(self._look_after_slow(), name="hub-slow")
            group.create_task(self._send_beacons(), name="hub-beacons")
            group.create_task(self._end_private_in_time(), name="hub-private")

    async def join(self, line: Line, subscription: Subscription, had: Positions) -> Listener:
        """Writes what was missed since `had`, else a snapshot, and from there every change until `leave`.

        Raises UnknownQueue, or Unavailable while Redis is away or this worker ends; then nothing was written.
        """
        if self._closing:
            raise Unavailable(retry_after=1)
        listener = Listener(line, subscription, self._buffer)
        self._enter(listener)
        try:
            for queue in subscription.queues:
                await self._rooms[queue].open()
            await self._bring_up(listener, had)
        except BaseException:
            self.leave(listener)
            raise
        return listener

    def leave(self, listener: Listener) -> None:
        subscription = listener.subscription
        self._slow.discard(listener)
        audience = self._audiences[subscription]
        audience.discard(listener)
        if not audience:
            del self._audiences[subscription]
            self._leave_rooms(subscription)

    def figures(self) -> Iterator[Figure]:
        yield Figure("sse_clients", sum(map(len, self._audiences.values())))
        yield Figure("sse_slow_clients", len(self._slow))

    def close(self) -> None:
        """Ends every line; the readers come back, to another worker."""
        self._closing = True
        for audience in self._audiences.values():
            _end(audience)

    def end_private(self) -> None:
        """Of what not everybody may hear: somebody who does may have lost their login. The others come back."""
        for subscription, audience in self._audiences.items():
            if any(queue == TASKS or is_personal(queue) for queue in subscription.queues):
                _end(audience)

    async def _end_private_in_time(self) -> None:
        while True:
            await asyncio.sleep(PRIVATE_S)
            self.end_private()

    def _enter(self, listener: Listener) -> None:
        subscription = listener.subscription
        self._audiences.setdefault(subscription, set()).add(listener)
        for queue in subscription.queues:
            if queue not in self._rooms:
                self._rooms[queue] = Room(queue, self._log, self._source, self._follower, self._kept)
            self._rooms[queue].subscriptions.add(subscription)

    def _leave_rooms(self, subscription: Subscription) -> None:
        for queue in subscription.queues:
            room = self._rooms[queue]
            room.subscriptions.discard(subscription)
            if not room.subscriptions:
                room.close()
                del self._rooms[queue]

    # -- what is written to whom ---------------------------------------------------------------------------------

    async def _bring_up(self, listener: Listener, had: Positions) -> None:
        rooms = [self._rooms[queue] for queue in listener.subscription.queues]
        begin = dict(had)
        snapshots: dict[QueueName, Snapshot] = {}
        while unknown := [room for room in rooms if room.ring.after(begin.get(room.queue)) is None]:
            for room in unknown:
                snapshots[room.queue] = await room.snapshot()
                begin[room.queue] = snapshots[room.queue].event_id
        # Nothing waits from here on, so no event can come between these and the ones that follow.
        kept = {queue: position for queue, position in begin.items() if queue not in snapshots}
        transcript = Transcript(listener.subscription, kept)
        for room in rooms:
            if room.queue in snapshots:
                if room.queue in had or listener.reason:
                    transcript.reset(room.queue, listener.reason or FORGOTTEN)
                transcript.snapshot(snapshots[room.queue])
            transcript.deltas(room.ring.after(begin[room.queue]) or [])
        listener.bring_up(transcript.chunks())

    async def _deliver(self, queue: QueueName, events: list[Event]) -> None:
        """Never waits: whoever joins meanwhile sees all of these or none."""
        room = self._rooms.get(queue)
        if room is None:
            return
        entries = [room.ring.append(event) for event in events]
        for subscription in room.subscriptions:
            transcript = Transcript(subscription, self._positions(subscription))
            transcript.deltas(entries)
            self._offer(subscription, transcript.chunks(), len(entries))
            if room.deleted and not subscription.several:
                _end(self._audiences[subscription])

    async def _broken(self, queue: QueueName) -> None:
        room = self._rooms.get(queue)
        if room is None:
            return
        room.ring.clear()
        for subscription in room.subscriptions:
            fallen = [listener for listener in self._audiences[subscription] if not listener.behind]
            for listener in fallen:
                listener.lose(FORGOTTEN)
            self._slow.update(fallen)

    def _offer(self, subscription: Subscription, chunks: bytes, events: int) -> None:
        for listener in self._audiences[subscription]:
            if not listener.offer(chunks, events):
                self._slow.add(listener)

    def _positions(self, subscription: Subscription) -> Positions:
        if not subscription.several:
            return {}
        positions = {queue: self._rooms[queue].ring.position for queue in subscription.queues}
        return {queue: position for queue, position in positions.items() if position is not None}

    # -- slow listeners ------------------------------------------------------------------------------------------

    async def _look_after_slow(self) -> None:
        while True:
            await asyncio.sleep(DRAIN_S)
            for listener in list(self._slow):
                if listener in self._slow and listener.drained:
                    await self._resume(listener)

    async def _resume(self, listener: Listener) -> None:
        if listener.behind:
            try:
                await self._bring_up(listener, {})
            except UnknownQueue:
                listener.line.end()
            except Unavailable:
                return  # tried again with the next look
        else:
            listener.write_held()
        self._slow.discard(listener)

    # -- the beacon ----------------------------------------------------------------------------------------------

    async def _send_beacons(self) -> None:
        while True:
            await asyncio.sleep(BEACON_S)
            await asyncio.gather(*(self._send_beacon(room) for room in list(self._rooms.values())))

    async def _send_beacon(self, room: Room) -> None:
        """After the changes that it may already know of, and never after ones that it does not."""
        data = None
        with suppress(ApiQueueError):  # the next one comes soon
            data = await self._beacons.beacon(room.queue)
            await self._follower.catch_up(room.queue)
        if data is None or wire.revision(data) < room.ring.rev:
            return
        for subscription in room.subscriptions:
            chunk = wire.beacon(room.queue, data, several=subscription.several)
            for listener in self._audiences[subscription]:
                listener.offer_now(chunk)


def _end(audience: Iterable[Listener]) -> None:
    for listener in audience:
        listener.line.end()

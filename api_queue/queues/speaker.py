"""The verbs on the seat of the speaker: take it, keep it, leave it, and what becomes of it when its lease runs out."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from api_queue.drivers.clock import Clock
from api_queue.errors import QueueMoved, SpeakerTaken, StaleGeneration
from api_queue.queues import seat
from api_queue.queues.models import Queue
from api_queue.queues.session import Candidate, LastReport, Session, Stale
from api_queue.queues.storage import Store
from api_queue.queues.turns import TRIES, Turns
from api_queue.types import DeviceId, ItemId, QueueName

Rule = Callable[[Queue, int], Session]


class SpeakerService:
    """`lease_ms`: how long a speaker stays the speaker after its last heartbeat."""

    def __init__(self, store: Store, clock: Clock, lease_ms: int) -> None:
        self._store = store
        self._clock = clock
        self.lease_ms = lease_ms
        self._turns = Turns()

    async def claim(self, name: QueueName, device: Candidate, *, if_free: bool) -> Queue:
        """Makes the device the one speaker, and what was paused for want of one goes on. Who is it already stays so.

        `if_free`: the device asks for itself, and a page that was loaded anew gets a generation again; SpeakerTaken
        while another holds the lease.
        """

        def rule(queue: Queue, now_ms: int) -> Session:
            session = queue.session
            if session.has_speaker(now_ms):
                if if_free and session.speaker != device.device_id:
                    raise SpeakerTaken(speaker=session.speaker_name)
                if not if_free and session.speaker == device.device_id:
                    return session
            return seat.chosen(session, device, now_ms, self.lease_ms)

        return await self._apply(name, rule)

    async def heartbeat(
        self,
        name: QueueName,
        device: DeviceId,
        generation: int,
        at: tuple[ItemId | None, int | None] = (None, None),
        *,
        sole: bool = False,
    ) -> int:
        """Until when the lease holds now; StaleGeneration when there is another. `at`: the item and the position."""
        now_ms = self._clock.now_ms()
        report = LastReport(generation, now_ms, *at, sole)
        answer = await self._store.renew_lease(name, device, report, now_ms + self.lease_ms)
        if isinstance(answer, Stale):
            raise StaleGeneration(generation=generation, current=answer.generation, speaker=answer.speaker)
        if answer == "lost":
            return await self._come_back(name, device, generation)
        return now_ms + self.lease_ms

    async def _come_back(self, name: QueueName, device: DeviceId, generation: int) -> int:
        def rule(queue: Queue, now_ms: int) -> Session:
            session = queue.session
            if (session.speaker, session.generation) != (device, generation):
                raise StaleGeneration(generation=generation, current=session.generation, speaker=session.speaker_name)
            return seat.regained(queue, now_ms, self.lease_ms)

        return (await self._apply(name, rule)).session.lease_until_ms

    async def silent(self, name: QueueName, device: DeviceId) -> Queue:
        """A device says that it is there and makes no sound."""
        return await self._apply(name, lambda queue, now_ms: seat.silent(queue, device, now_ms))

    async def attend(self, name: QueueName, candidates: Sequence[Candidate]) -> Queue:
        """When nobody holds the lease of a session that plays. The candidates stand in the order of taking over."""
        return await self._apply(name, lambda queue, now_ms: seat.attended(queue, candidates, now_ms, self.lease_ms))

    async def dismiss(self, name: QueueName, device: DeviceId) -> Queue:
        """The device is no device of this queue any more."""

        def rule(queue: Queue, now_ms: int) -> Session:
            return seat.vacated(queue.session, now_ms) if queue.session.speaker == device else queue.session

        return await self._apply(name, rule)

    async def rename(self, name: QueueName, device: DeviceId, device_name: str) -> Queue:
        def rule(queue: Queue, _now_ms: int) -> Session:
            session = queue.session
            return replace(session, speaker_name=device_name) if session.speaker == device else session

        return await self._apply(name, rule)

    async def after_restart(self, name: QueueName) -> Queue:
        return await self._apply(name, lambda queue, now_ms: seat.after_restart(queue, now_ms, self.lease_ms))

    async def after_restore(self, name: QueueName, taken_at_ms: int) -> Queue:
        return await self._apply(name, lambda queue, now_ms: seat.after_restore(queue, taken_at_ms, now_ms))

    async def _apply(self, name: QueueName, rule: Rule) -> Queue:
        async with self._turns(name):
            return await self._tried(name, rule)

    async def _tried(self, name: QueueName, rule: Rule) -> Queue:
        for _ in range(TRIES):
            queue, now_ms = await self._store.queue(name), self._clock.now_ms()
            session = rule(queue, now_ms)
            if session == queue.session:
                return queue
            rev = await self._store.transition(queue, session, (), None, now_ms)
            if rev is not None:
                return replace(queue, rev=rev, session=session, changed_at_ms=now_ms)
        raise QueueMoved

"""The conductor: ends tracks whose time is over, finds a speaker in place of one that is lost, keeps lists short, lets
forgotten queues go. One in the house.

It follows every queue's events and so always knows the next moment at which something is due. What it does is
computed again from the stored state when that moment comes, so a second conductor, or none for a while, does no harm.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Final, TypeVar

import msgspec
import structlog

from api_queue.drivers.clock import Clock, StepWatch
from api_queue.errors import ApiQueueError, UnknownQueue
from api_queue.playback.service import PlaybackService
from api_queue.queues.service import QueueService
from api_queue.queues.session import Session
from api_queue.queues.transitions import over_ms
from api_queue.queues.transport import TransportService
from api_queue.stream.models import LibrarySource
from api_queue.types import QueueName

#: How often everything is looked at whether or not something was heard of it.
SWEEP_S: Final = 30.0
#: How often the library is asked whether it has changed.
LIBRARY_S: Final = 2.0
#: How often it is looked whether somebody has set the clock.
CLOCK_S: Final = 1.0
#: Until a track whose end could not be written is ended again.
RETRY_MS: Final = 500
_log = structlog.get_logger()
T = TypeVar("T")


def due_ms(session: Session, now_ms: int) -> int | None:
    """When the current item is over or the speaker's lease runs out; None while nothing plays."""
    over = over_ms(session, now_ms)
    if over is None or session.speaker is None:
        return over
    return min(over, session.lease_until_ms)


class Conductor:
    def __init__(
        self,
        queues: QueueService,
        transport: TransportService,
        playback: PlaybackService,
        library: LibrarySource,
        clock: Clock,
    ) -> None:
        self._queues = queues
        self._transport = transport
        self._playback = playback
        self._library = library
        self._clock = clock
        self._steps = StepWatch(clock)
        self._due: dict[QueueName, int] = {}
        self._news = asyncio.Event()
        self._long: set[QueueName] = set()
        self._grown = asyncio.Event()

    async def heard(self, name: QueueName) -> None:
        """Something of this queue changed: look at it again."""
        try:
            await self._look(name)
        except UnknownQueue:
            self._due.pop(name, None)
        finally:
            self._news.set()

    async def _look(self, name: QueueName) -> None:
        queue = await self._queues.queue(name)
        due = due_ms(queue.session, self._clock.now_ms())
        if due is None:
            self._due.pop(name, None)
        else:
            self._due[name] = due
            if queue.session.speaker is None:
                await self._playback.attend(name)
        if queue.outgrown:
            self._long.add(name)
            self._grown.set()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._sweep(), name="conductor-sweep")
            tasks.create_task(self._advance(), name="conductor-advance")
            tasks.create_task(self._trim(), name="conductor-trim")
            tasks.create_task(self._follow_library(), name="conductor-library")

    async def _sweep(self) -> None:
        while True:
            for queue in await _unless_it_fails(self._queues.queues()) or ():
                await _unless_it_fails(self._look_through(queue.name))
            await asyncio.sleep(SWEEP_S)

    async def _look_through(self, name: QueueName) -> None:
        if not await self._queues.expire(name):
            await self.heard(name)

    async def _trim(self) -> None:
        """Apart from the music, since the history is in SQL and may take its time. What fails is for the next look."""
        while True:
            await self._grown.wait()
            self._grown.clear()
            while self._long:
                await _unless_it_fails(self._queues.trim(self._long.pop()))

    async def _follow_library(self) -> None:
        """Tells the queues of each announcement but the one that was there before us."""
        told = await _unless_it_fails(self._library.library())
        while True:
            await asyncio.sleep(LIBRARY_S)
            announced = await _unless_it_fails(self._library.library())
            if announced is not None and announced != told:
                await _unless_it_fails(self._queues.tell_library(msgspec.json.decode(announced)))
                told = announced

    async def _advance(self) -> None:
        while True:
            self._news.clear()
            if step_ms := self._steps.step_ms():
                await self._set_clock(step_ms)
            now_ms = self._clock.now_ms()
            for name in [name for name, due in self._due.items() if due <= now_ms]:
                await self._go_on(name, now_ms)
            await self._wait(now_ms)

    async def _set_clock(self, step_ms: int) -> None:
        """Before anything is due by it."""
        _log.warning("the clock was set", step_ms=step_ms)
        for name in [queue.name for queue in await _unless_it_fails(self._queues.queues()) or ()]:
            await _unless_it_fails(self._transport.clock_set(name, step_ms))
            await _unless_it_fails(self.heard(name))

    async def _go_on(self, name: QueueName, now_ms: int) -> None:
        """What fails is tried again soon; a queue that can never be read does not hold up the others."""
        self._due[name] = now_ms + RETRY_MS
        await _unless_it_fails(self._do_what_is_due(name, now_ms))

    async def _do_what_is_due(self, name: QueueName, now_ms: int) -> None:
        try:
            session = (await self._playback.attend(name)).session
            over = over_ms(session, now_ms)
            if over is not None and over <= now_ms:
                await self._transport.end(name)
            await self._look(name)
        except UnknownQueue:
            self._due.pop(name, None)

    async def _wait(self, now_ms: int) -> None:
        """Until the next moment that is due, or news, or a look at the clock."""
        next_ms = min([*self._due.values(), now_ms + round(CLOCK_S * 1000)])
        with suppress(TimeoutError):  # not wait_for, which forgets in 3.11 that it was cancelled when news comes too
            async with asyncio.timeout(max(0.0, (next_ms - now_ms) / 1000)):
                await self._news.wait()


async def _unless_it_fails(work: Awaitable[T]) -> T | None:
    """Whatever is wrong with one queue, or with SQL or Redis for a while, the others' music goes on."""
    try:
        return await work
    except ApiQueueError as error:
        _log.warning("the conductor tries again later", reason=error.detail)
    except Exception:
        _log.exception("the conductor tries again later")
    return None

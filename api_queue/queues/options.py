"""Shuffle, repeat and volume: what they change in the session, and in the order of what waits."""

from collections.abc import Sequence
from random import Random
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import asdict, replace

from api_queue.drivers.clock import Clock
from api_queue.errors import OrderRules, QueueMoved
from api_queue.queues.changes import LAST
from api_queue.queues.models import Item, Queue
from api_queue.queues.session import Session
from api_queue.queues.storage import Store
from api_queue.queues.turns import TRIES, Turns
from api_queue.types import QueueName, RepeatMode


class Options(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is to change; the rest stays. `volume` in percent."""

    shuffle: bool | UnsetType = UNSET
    repeat_mode: RepeatMode | UnsetType = UNSET
    volume: Annotated[int, Meta(ge=0, le=100)] | UnsetType = UNSET

    def on(self, session: Session) -> Session:
        return replace(session, **{key: value for key, value in asdict(self).items() if value is not UNSET})


def reordered(waiting: Sequence[Item], chance: Random, *, shuffle: bool) -> list[Item]:
    """One random order, or that of adding."""
    if shuffle:
        return chance.sample(waiting, len(waiting))
    return sorted(waiting, key=lambda item: (item.timestamp_added, item.id))


class OptionService:
    """`chance`: what shuffles."""

    def __init__(self, store: Store, clock: Clock, chance: Random) -> None:
        self._store = store
        self._clock = clock
        self._chance = chance
        self._turns = Turns()

    async def change(self, name: QueueName, options: Options) -> Queue:
        """One revision, however many are named; none where all are so already."""
        async with self._turns(name):
            return await self._tried(name, options)

    async def _tried(self, name: QueueName, options: Options) -> Queue:
        for _ in range(TRIES):
            queue, now_ms = await self._store.queue(name), self._clock.now_ms()
            session = options.on(queue.session)
            if session == queue.session:
                return queue
            _check_order(queue, session)
            order = await self._order(queue, shuffle=session.shuffle)
            rev = await self._store.set_options(name, queue.rev, session, order, now_ms)
            if rev is not None:
                return replace(queue, rev=rev, session=session, changed_at_ms=now_ms)
        raise QueueMoved

    async def _order(self, queue: Queue, *, shuffle: bool) -> list[Item] | None:
        """None: as it is."""
        if shuffle == queue.session.shuffle:
            return None
        view = await self._store.view(queue.name, 0, LAST)
        return reordered(view.to_come, self._chance, shuffle=shuffle)


def _check_order(queue: Queue, session: Session) -> None:
    order = queue.settings.order
    if order != "fifo" and (session.shuffle or session.repeat_mode != "off"):
        raise OrderRules(reason=f"The order {order} sorts this queue: set order to fifo to shuffle or repeat it.")

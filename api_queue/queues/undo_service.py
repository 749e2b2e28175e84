"""Taking back what a host or a helper has done."""

from api_queue.drivers.clock import Clock
from api_queue.errors import NothingToUndo, QueueMoved
from api_queue.queues.arrangement import ArrangementStore
from api_queue.queues.deeds import Deed
from api_queue.queues.models import Command
from api_queue.queues.storage import Store
from api_queue.queues.turns import TRIES, Turns
from api_queue.queues.undo import Scene, Undone, undone
from api_queue.types import QueueName, Role


class UndoService:
    def __init__(self, store: Store, arrangements: ArrangementStore, clock: Clock) -> None:
        self._store = store
        self._arrangements = arrangements
        self._clock = clock
        self._turns = Turns()

    async def undo(self, name: QueueName, by: Role) -> Undone:
        """The newest of the last minute. NothingToUndo, SettingsOvertaken; two at once take back two things."""
        async with self._turns(name):
            for _ in range(TRIES):
                now_ms = self._clock.now_ms()
                planned = await self._planned(name, by, now_ms)
                if planned and await self._done(name, planned, by, now_ms):
                    return planned
        raise QueueMoved

    async def _planned(self, name: QueueName, by: Role, now_ms: int) -> Undone | None:
        """None: the queue changed while it was read."""
        view = await self._store.view(name)
        text = await self._arrangements.newest_deed(name)
        deed = Deed.from_text(text) if text else None
        if deed is None or text is None or not deed.undoable.holds(now_ms):
            raise NothingToUndo
        fields = await self._arrangements.fields(name, deed)
        ledger = await self._store.ledger(name)
        if ledger.rev != view.queue.rev:
            return None
        return undone(deed, text, Scene(view, ledger.scores, fields, ledger.tables), by)

    async def _done(self, name: QueueName, planned: Undone, by: Role, now_ms: int) -> bool:
        command = Command("undo", by, {})
        return await self._arrangements.arrange(name, planned.arrangement, now_ms, command) is not None

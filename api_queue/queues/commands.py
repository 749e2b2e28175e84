"""One door for every command of a queue, whichever service does it."""

from typing import Any, Final

from msgspec import Struct

from api_queue.errors import MissingRight
from api_queue.queues.items import ItemService
from api_queue.queues.models import Queue
from api_queue.queues.service import QueueService
from api_queue.queues.transport import TransportService
from api_queue.queues.undo import Undone
from api_queue.queues.undo_service import UndoService
from api_queue.types import QueueName, Role

_ACCEPTING: Final = {"open": True, "close": False}


class Pressed(Struct, frozen=True):
    """The queue as it is afterwards, and what was taken back by `undo`."""

    queue: Queue
    undone: Undone | None = None


class QueueCommands:
    def __init__(
        self, queues: QueueService, items: ItemService, transport: TransportService, undoing: UndoService
    ) -> None:
        self._queues = queues
        self._items = items
        self._transport = transport
        self._undoing = undoing

    async def run(self, name: QueueName, command: str, args: dict[str, Any], by: Role) -> Pressed:
        """A helper may only skip."""
        if by == "helper" and command != "skip":
            raise MissingRight(needs="the host")
        undone = None
        if command in _ACCEPTING:
            await self._queues.change_settings(name, {"accepting": _ACCEPTING[command]}, by)
        elif command == "clear":
            await self._items.clear(name, by)
        elif command == "undo":
            undone = await self._undoing.undo(name, by)
        else:
            return Pressed(await self._transport.command(name, command, args, by))
        return Pressed(await self._queues.queue(name), undone)

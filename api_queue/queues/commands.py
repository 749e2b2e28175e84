"""One door for every command of a queue, whichever service does it."""

from typing import Any, Final

from api_queue.errors import MissingRight
from api_queue.queues.items import ItemService
from api_queue.queues.models import Queue
from api_queue.queues.service import QueueService
from api_queue.queues.transport import TransportService
from api_queue.types import QueueName, Role

_ACCEPTING: Final = {"open": True, "close": False}


class QueueCommands:
    def __init__(self, queues: QueueService, items: ItemService, transport: TransportService) -> None:
        self._queues = queues
        self._items = items
        self._transport = transport

    async def run(self, name: QueueName, command: str, args: dict[str, Any], by: Role) -> Queue:
        """A helper may only skip. Answers the queue as it is afterwards."""
        if by == "helper" and command != "skip":
            raise MissingRight(needs="the host")
        if command in _ACCEPTING:
            await self._queues.change_settings(name, {"accepting": _ACCEPTING[command]})
        elif command == "clear":
            await self._items.clear(name)
        else:
            return await self._transport.command(name, command, args, by)
        return await self._queues.queue(name)

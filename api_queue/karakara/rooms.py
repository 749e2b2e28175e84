"""What may be a room: a queue whose name the clients can write."""

import re
from typing import Final

from api_queue.errors import RoomNotFound
from api_queue.types import QueueName

_ROOM: Final = re.compile(r"[a-z0-9]{1,16}")


def room_name(text: str) -> QueueName:
    """As an address names it. Other queues are no rooms, and nobody's own queue can be one."""
    if not _ROOM.fullmatch(text):
        raise RoomNotFound(room=text)
    return QueueName(text)

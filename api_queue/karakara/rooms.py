"""What may be a room: a queue whose name the clients can write. And what one is at first, and who is its host."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from api_queue.errors import RoomNotFound
from api_queue.types import QueueName
from api_queue.web.identity import MAY, Caller

_ROOM: Final = re.compile(r"[a-z0-9]{1,16}")
#: What is not ours in the settings of a new room.
NEW_ROOM: Final[Mapping[str, Any]] = MappingProxyType(
    {"command_semantics": "karakara", "hidden_tags": ["red:duplicate"]}
)


def room_name(text: str) -> QueueName:
    """As an address names it. Other queues are no rooms, and nobody's own queue can be one."""
    if not _ROOM.fullmatch(text):
        raise RoomNotFound(room=text)
    return QueueName(text)


def is_host(caller: Caller, room: QueueName) -> bool:
    return caller.role_on(room) in MAY["host"]

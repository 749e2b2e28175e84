"""Personal queues: one for each member, named after the login token that makes them one: nothing is looked up."""

import re
from typing import Final
from uuid import UUID, uuid5

from api_queue.types import QueueName

#: What their names begin with; nobody may choose such a name.
PERSONAL: Final = "u_"
#: Ids of users are made under it; another one would make everybody somebody else.
_USERS: Final = UUID("6f1d3c52-8a4e-4b7e-9c0d-2f5b7a913e64")
_USER_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def is_personal(name: str) -> bool:
    return name.startswith(PERSONAL)


def is_user_id(text: str) -> bool:
    """No queue can be called so: a UUID is too long for it."""
    return len(text) == 36 and _USER_ID.fullmatch(text) is not None


def personal_queue(token_id: str) -> QueueName:
    """Of whoever has this login token, or an account that owns it."""
    return QueueName(PERSONAL + token_id)


def user_id(queue: QueueName) -> str:
    """Whose personal queue this is: a UUID."""
    return str(uuid5(_USERS, queue))

"""A room in the words of its clients, and of the page that shows its host the way in."""

from typing import Final

import msgspec

from api_queue.types import QueueName

_KNOWN_TO_ALL: Final = "Everybody knows this password: it is the name of the room. Whoever types it is host."


class Login(msgspec.Struct):
    """POST login.json."""

    password: str
    create: bool = False


def room_json(room: QueueName, password: str, base: str) -> dict[str, str]:
    """`base`: how the server is called by others."""
    clients = {client: f"{base}/{client}/{room}" for client in ("browser3", "player3")}
    warning = {"warning": _KNOWN_TO_ALL} if password == room else {}
    return {"room": room, "password": password, **clients, **warning}

"""Who comes to a room of the tests, as KaraKara's clients do."""

from itertools import count
from typing import Any

import httpx

from tests.house import House

#: Of a login token that nobody has made.
UNKNOWN_TOKEN = "aq_" + "a" * 32
_rooms = count(1)


async def a_room(house: House, **settings: Any) -> str:
    """A new one, made by the admin."""
    name = f"room{next(_rooms)}"
    body = {"kind": "named", "name": name, "command_semantics": "karakara", **settings}
    async with house.admin() as admin:
        assert (await admin.post("/queue", json=body)).status_code == 201
    return name


async def password_of(house: House, room: str) -> str:
    async with house.admin() as admin:
        return str((await admin.get(f"/queue/{room}/room")).json()["password"])


async def log_in(visitor: httpx.AsyncClient, room: str, password: str = "", **more: Any) -> httpx.Response:
    return await visitor.post(f"/api/room/{room}/login.json", json={"password": password, **more})


async def log_in_as_host(house: House, visitor: httpx.AsyncClient, room: str) -> None:
    answer = await log_in(visitor, room, await password_of(house, room))
    assert answer.json() == {"is_admin": True}


async def host_tokens(house: House, room: str) -> list[str]:
    """Ids of those that a login to the room has made and nobody has revoked."""
    async with house.admin() as admin:
        tokens = (await admin.get(f"/queue/{room}/tokens")).json()["tokens"]
    return [token["token_id"] for token in tokens if token["label"] == "KaraKara" and not token["revoked_at"]]


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Of the form that the clients know: the status, also in the body, and the message."""
    body = answer.json()
    assert answer.status_code == body["status"]
    assert body["status"] >= 400
    assert body["context"]["code"]
    return body["status"], body["message"]

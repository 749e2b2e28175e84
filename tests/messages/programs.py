"""Programs with an API key, at a whole server."""

from typing import Any

import httpx

from api_queue.accounts.api_keys import queue_rights
from tests.house import House

ALL = {"*": ["READ", "WRITE", "DELETE", "MANAGE"]}
QUEUES = "/api/v1/queues"
ORDERS = f"{QUEUES}/orders"


async def a_key(house: House, queues: dict[str, list[str]] | None = None) -> str:
    return await house.parts.api_keys.create("A program", queue_rights(queues or ALL))


async def a_program(house: House, queues: dict[str, list[str]] | None = None) -> httpx.AsyncClient:
    client = house.nobody()
    client.headers["X-API-Key"] = await a_key(house, queues)
    return client


async def send(program: httpx.AsyncClient, *ids: str, queue: str = ORDERS) -> None:
    for each in ids:
        sent = await program.post(f"{queue}/messages", json={"id": each, "message_body": {"n": each}})
        assert sent.status_code == 200, sent.text


async def receive(program: httpx.AsyncClient, queue: str = ORDERS, **query: Any) -> list[dict[str, Any]]:
    answer = await program.post(f"{queue}/messages/receive", params=query)
    assert answer.status_code == 200, answer.text
    messages: list[dict[str, Any]] = answer.json()["messages"]
    return messages


def ids(messages: list[dict[str, Any]]) -> list[str]:
    return [message["id"] for message in messages]

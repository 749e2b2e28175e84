"""A queue of its own for each test of a house that many share."""

from itertools import count
from typing import Any

import httpx

from tests.house import House

ALIAS = "KAT_TUN_Your_side_Instrumental_"
_numbers = count(1)


async def a_queue(house: House, **settings: Any) -> str:
    """The address of a new one."""
    async with house.admin() as host:
        made = await host.post("/queue/", json={"kind": "named", "name": f"new-{next(_numbers)}", **settings})
    assert made.status_code == 201, made.text
    return f"/queue/{made.json()['name']}"


async def add(client: httpx.AsyncClient, queue: str, performer: str = "Ana", **options: Any) -> httpx.Response:
    return await client.post(f"{queue}/items", json={"track_id": ALIAS, "performer_name": performer}, **options)

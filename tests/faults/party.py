"""What guests do while something is wrong, and see."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx

from tests.acceptance.sessions import ALIAS


async def become(true: Callable[[], Awaitable[bool]], what: str) -> None:
    try:
        async with asyncio.timeout(60):
            while not await true():  # noqa: ASYNC110 - what is waited for is in another process
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"never came: {what}") from None


async def has_music(guest: httpx.AsyncClient) -> bool:
    """A busy machine is ready before it has read what music there is."""
    return (await guest.get(f"/tracks/{ALIAS}")).status_code == 200


async def add_one(guest: httpx.AsyncClient) -> httpx.Response:
    return await guest.post("/queue/party/items", json={"track_id": ALIAS, "performer_name": "Ana"})


async def adds(guest: httpx.AsyncClient) -> bool:
    return (await add_one(guest)).status_code == 201


async def waiting(guest: httpx.AsyncClient) -> list[str]:
    """Their ids; none where nobody says."""
    answer = await guest.get("/queue/party/items")
    return [item["id"] for item in answer.json()["items"]] if answer.status_code == 200 else []

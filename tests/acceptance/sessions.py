"""What hosts and devices of a session do over HTTP."""

from typing import Any

import httpx

#: Of the demo library.
ALIAS = "KAT_TUN_Your_side_Instrumental_"


async def add(host: httpx.AsyncClient, count: int = 1, queue: str = "party") -> list[str]:
    """Their ids."""
    body = {"track_id": ALIAS, "performer_name": "Ana"}
    return [(await host.post(f"/queue/{queue}/items", json=body)).json()["id"] for _ in range(count)]


async def session(client: httpx.AsyncClient, queue: str = "party") -> dict[str, Any]:
    return _found(await client.get(f"/sessions/{queue}"))


async def control(host: httpx.AsyncClient, verb: str, queue: str = "party", **body: object) -> dict[str, Any]:
    """The session afterwards."""
    return _found(await host.post(f"/sessions/{queue}/{verb}", json=body))


async def ended(host: httpx.AsyncClient, item_id: str, queue: str = "party") -> dict[str, Any]:
    """As the speaker says it, whichever it is now."""
    generation = (await session(host, queue))["generation"]
    return await control(host, "ended", queue, item_id=item_id, generation=generation)


def _found(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


class Device:
    """One that plays, as far as the server sees it. It acts by its own token."""

    def __init__(self, device_id: str, client: httpx.AsyncClient) -> None:
        self.device_id = device_id
        self.client = client

    async def beat(self, generation: int | None = None, **more: object) -> httpx.Response:
        said = {"generation": generation} if generation is not None else {}
        return await self.client.patch("/devices/heartbeat", json=said | more)

    async def mint(self, track: str = ALIAS) -> httpx.Response:
        return await self.client.post("/media/token", json={"track_id": track})

    async def address(self, track: str = ALIAS) -> str:
        answer = await self.mint(track)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["url"])


async def register(host: httpx.AsyncClient, client: httpx.AsyncClient, name: str, queue: str = "party") -> Device:
    """`client` is the device's from now on."""
    body = {"queue": queue, "device_id": name, "device_name": name.capitalize()}
    made = await host.post("/devices/register", json=body)
    assert made.status_code in {200, 201}, made.text
    client.headers["Authorization"] = f"Bearer {made.json()['token']}"
    return Device(name, client)


async def choose(host: httpx.AsyncClient, device: str, queue: str = "party") -> dict[str, Any]:
    return await control(host, "speaker", queue, device_id=device)

"""Undo over HTTP: who may, what answers say of it, and what everybody sees."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio

from api_queue.queues.deeds import UNDO_MS
from api_queue.types import QueueName
from tests.house import House
from tests.queues.test_blueprint import add

pytestmark = pytest.mark.asyncio(loop_scope="module")

PARTY = QueueName("party")
UNDO = "/queue/party/command/undo"


@pytest_asyncio.fixture(loop_scope="module")
async def host(shared_house: House) -> AsyncIterator[httpx.AsyncClient]:
    """Of a queue on which nothing has been done yet."""
    async with shared_house.admin() as host:
        await host.post("/queue/party/command/stop")
        await host.post("/queue/party/command/clear")
        await shared_house.parts.redis.call("DEL", "q:{party}:undo")
        yield host


Verb = Callable[[httpx.AsyncClient, dict[str, Any]], Awaitable[httpx.Response]]
VERBS: dict[str, Verb] = {
    "delete": lambda host, item: host.delete(f"/queue/party/items/{item['id']}"),
    "edit": lambda host, item: host.put(f"/queue/party/items/{item['id']}", json={"key_shift": 2}),
    "move": lambda host, item: host.put("/queue/party/", json={"source": item["id"], "target": -1}),
    "clear": lambda host, _: host.post("/queue/party/command/clear"),
    "skip": lambda host, _: host.get("/queue/party/command/skip.json"),
    "settings": lambda host, _: host.post("/queue/party/command/close"),
}


async def listed(host: httpx.AsyncClient) -> dict[str, Any]:
    return (await host.get("/queue/party/items")).json()  # type: ignore[no-any-return]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_answer_says_until_when_and_what_was_taken_back(
    host: httpx.AsyncClient, verb: str, method: str
) -> None:
    # Given a verb of a host on the first of three items
    item, *_ = [await add(host, name) for name in ("Ana", "Bob", "Cleo")]
    if verb == "skip":
        await host.post("/queue/party/command/play")
    done = (await VERBS[verb](host, item)).json()
    # Then its answer and the list say until when it can be undone
    undo = (await listed(host))["undo"]
    assert undo == {"verb": verb, "until_ms": done["undo_until_ms"]}
    assert (await host.get("/queue/party/")).json()["undo"] == undo
    # When that is done, then it is said, and there is nothing more
    answer = await host.request(method, f"{UNDO}.json")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert (answer.json()["undone"]["verb"], answer.json()["undone"]["at_ms"]) == (verb, undo["until_ms"] - UNDO_MS)
    assert answer.json()["undone"]["sentence"].endswith(".")
    assert answer.json()["session_id"] == "party"
    assert (await listed(host))["undo"] is None


async def test_what_changed_nothing_says_nothing_of_an_undo(host: httpx.AsyncClient) -> None:
    item = await add(host)
    for answer in (
        await host.put(f"/queue/party/items/{item['id']}", json={"key_shift": 0}),
        await host.post("/queue/party/command/open"),
        await host.post("/queue/party/command/play"),
    ):
        assert "undo_until_ms" not in answer.json()


async def test_without_anything_to_undo_that_is_said(host: httpx.AsyncClient) -> None:
    answer = await host.post(UNDO)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_undo")


async def test_what_a_guest_took_off_is_nobodys_to_bring_back(host: httpx.AsyncClient, shared_house: House) -> None:
    async with shared_house.guest() as ana:
        item = await add(ana)
        assert "undo_until_ms" not in (await ana.delete(f"/queue/party/items/{item['id']}")).json()
    assert (await host.post(UNDO)).status_code == 409


@pytest.mark.parametrize("role", ["helper", "guest"])
async def test_only_hosts_undo(host: httpx.AsyncClient, shared_house: House, role: str) -> None:
    item = await add(host)
    await host.delete(f"/queue/party/items/{item['id']}")
    async with shared_house.guest() as other:
        if role == "helper":
            _, token = await shared_house.parts.tokens.create("helper", PARTY)
            other.headers["Authorization"] = f"Bearer {token}"
        assert (await other.post(UNDO)).status_code == 403
    assert (await listed(host))["undo"]["verb"] == "delete"


async def test_a_screen_is_told_by_its_first_event(host: httpx.AsyncClient) -> None:
    await host.put("/queue/party/settings", json={"title": "Hall"})
    async with host.stream("GET", "/queue/party/events") as events:
        data = await anext(line async for line in events.aiter_lines() if line.startswith("data:"))
    assert '"undo":{"verb":"settings","until_ms":' in data

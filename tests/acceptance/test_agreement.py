"""Twenty clients do two hundred things at once; afterwards every reader and every key says the same."""

import asyncio
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import aiomqtt
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api_queue.drivers.redis import Redis
from api_queue.serving.relaying import run_relay
from api_queue.types import QueueName
from tests.acceptance.readers import Screen
from tests.drivers.conftest import running
from tests.house import House, a_house
from tests.queues.agreement import check_index

ALIAS = "KAT_TUN_Your_side_Instrumental_"
X = QueueName("party")
COMMANDS = ("play", "play", "pause", "toggle", "stop", "next", "prev", "skip", "restart", "seek_forwards", "play_one")


class Party:
    """Clients that act at random; what was acknowledged is remembered."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.random = random.Random(seed)
        self.added: list[str] = []
        self.removed: set[str] = set()
        self.statuses: Counter[int] = Counter()

    async def act(self, clients: list[httpx.AsyncClient], verbs: int) -> None:
        turns = [(client, self.random.random(), self.random.random()) for client in clients for _ in range(verbs)]
        self.random.shuffle(turns)
        gate = asyncio.Semaphore(len(clients))
        await asyncio.gather(*(self._turn(gate, *turn) for turn in turns))

    async def _turn(self, gate: asyncio.Semaphore, client: httpx.AsyncClient, what: float, which: float) -> None:
        async with gate:
            answer = await self._verb(client, what, which)
            self.statuses[answer.status_code] += 1
            assert answer.status_code in {200, 201, 403, 404, 409, 422}, answer.text

    async def _verb(self, client: httpx.AsyncClient, what: float, which: float) -> httpx.Response:
        item = self.added[int(which * len(self.added))] if self.added else "0000000000"
        if what < 0.45:
            return await self._add(client, which)
        if what < 0.55:
            return await self._remove(client, item)
        if what < 0.85:
            path, body = self._change(item, what, which)
            return await client.put(f"/queue/party/{path}", json=body)
        return await client.post(f"/queue/party/command/{COMMANDS[int(which * len(COMMANDS))]}")

    def _change(self, item: str, what: float, which: float) -> tuple[str, dict[str, Any]]:
        if what < 0.7:
            return "", {"source": item, "target": self.added[-1] if self.added and which < 0.7 else -1}
        if what < 0.78:
            return f"items/{item}", {"performer_name": f"Name {which:.3f}"}
        if what < 0.82:
            return "settings", {"track_space": round(which * 20)}
        return f"items/{item}", {"timestamp_play": 4_000_000_000_000 if which < 0.5 else None}

    async def _add(self, client: httpx.AsyncClient, which: float) -> httpx.Response:
        body = {"track_id": ALIAS, "performer_name": f"Singer {int(which * 5)}"}
        answer = await client.post("/queue/party/items", json=body)
        if answer.status_code == 201:
            self.added.append(answer.json()["id"])
        return answer

    async def _remove(self, client: httpx.AsyncClient, item: str) -> httpx.Response:
        answer = await client.delete(f"/queue/party/items/{item}")
        if answer.status_code == 200:
            assert item not in self.removed, "taken back twice"
            self.removed.add(item)
        return answer


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
async def test_two_hundred_verbs_of_twenty_clients_agree(
    redis: Redis, redis_url: str, furnished: Path, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    # Given a server with a relay and a broker, one screen over SSE that is cut in between, one over MQTT
    await redis.call("FLUSHALL")
    data = tmp_path_factory.mktemp("party")
    with running("announcer", data) as broker:
        async with a_house(redis_url, furnished, data, mqtt_url=broker.url) as house:
            relay = asyncio.create_task(run_relay(house.parts.settings))
            async with Screen(house.url, "party") as screen:
                party = Party(house, seed)
                clients = [house.guest(n) for n in range(14)] + [house.admin() for _ in range(6)]
                # When twenty clients do ten things each
                await party.act(clients, 5)
                await screen.cut()
                await party.act(clients, 5)
                # Then all agree
                await agree(house, redis, screen, party, broker.process.port)
            for client in clients:
                await client.aclose()
            relay.cancel()
            await asyncio.wait([relay])


async def agree(house: House, redis: Redis, screen: Screen, party: Party, mqtt_port: int) -> None:
    async with house.nobody() as anyone:
        got = (await anyone.get("/queue/party/items")).json()
        session = (await anyone.get("/sessions/party")).json()
    await screen.until(lambda: screen.revs[-1] == got["rev"])
    listed = [item["id"] for item in got["items"]]
    # no item lost, none doubled
    assert Counter(listed) == Counter(i for i in party.added if i not in party.removed)
    # the screen over SSE: each revision in order, and the same list
    assert screen.resets == 0
    assert sorted(set(screen.revs)) == list(range(screen.revs[0], got["rev"] + 1))
    assert screen.revs == sorted(screen.revs)
    assert [told(item) for item in screen.items] == [told(item) for item in got["items"]]
    assert screen.session["item_id"] == session["item_id"]
    # the index and the sums beside the list
    await check_index(redis, X)
    # MQTT's retained state
    retained = await retained_items(mqtt_port, got["rev"])
    to_come = [item["id"] for item in got["items"] if item["position"] is not None]
    assert [item["id"] for item in retained["items"]] == to_come


def told(item: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in item.items() if k not in {"position", "timestamp_expected"}}


async def retained_items(port: int, rev: int) -> dict[str, Any]:
    """The retained list once it has reached `rev`; within five seconds of the last change."""
    async with asyncio.timeout(5), aiomqtt.Client("127.0.0.1", port) as client:
        await client.subscribe("api_queue/queue/party/items", qos=1)
        async for message in client.messages:
            found: dict[str, Any] = json.loads(bytes(message.payload))
            if found["rev"] >= rev:
                return found
    raise AssertionError("no list on MQTT")

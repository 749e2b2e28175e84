"""Two servers on one Redis, one broker and one PostgreSQL: guests do not know which of them they ask.

The last test kills the one that leads.
"""

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator

import aiomqtt
import httpx
import pytest
import pytest_asyncio

from api_queue.drivers.redis import Redis, connect
from tests.acceptance.live import Live
from tests.acceptance.readers import Screen
from tests.acceptance.sessions import ALIAS, choose, register
from tests.acceptance.two_servers import Pair, a_pair

pytestmark = pytest.mark.asyncio(loop_scope="module")
#: After the death of a leader.
TAKES_OVER_S = 5.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pair(emptied_redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    async with a_pair(tmp_path_factory.mktemp("pair"), emptied_redis_url) as pair:
        yield pair


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hosts(pair: Pair) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """On the first and on the second, where they logged in: the link of the last start is the one that is good."""
    async with await pair.second.admin() as there:
        headers = {"Authorization": there.headers["Authorization"]}
        async with httpx.AsyncClient(base_url=pair.first.url, headers=headers, timeout=20) as here:
            yield here, there


async def add(guest: httpx.AsyncClient, name: str) -> str:
    answer = await guest.post("/queue/party/items", json={"track_id": ALIAS, "performer_name": name})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_guest_of_one_is_the_same_guest_on_the_other(pair: Pair) -> None:
    async with pair.first.guest(1) as here, pair.second.guest(1) as there, pair.second.guest(2) as another:
        item = await add(here, "Ana")
        # Then on the other server the song is theirs to change, and nobody else's
        changed = await there.put(f"/queue/party/items/{item}", json={"performer_name": "Ana Two"})
        assert changed.status_code == 200, changed.text
        assert (await another.delete(f"/queue/party/items/{item}")).status_code == 403
        assert (await there.get("/queue/party")).json()["guest_id"] == (await here.get("/queue/party")).json()[
            "guest_id"
        ]
        # And what is sent again to the other is not done again
        repeated = [
            await guest.delete(f"/queue/party/items/{item}", headers={"Idempotency-Key": "once"})
            for guest in (here, there)
        ]
        assert [answer.status_code for answer in repeated] == [200, 200]
        assert repeated[1].headers["Idempotency-Replayed"] == "true"


async def test_a_login_an_address_of_music_and_a_join_code_of_one_are_good_on_the_other(
    pair: Pair, hosts: tuple[httpx.AsyncClient, httpx.AsyncClient]
) -> None:
    here, there = hosts
    # A login
    me = await here.get("/auth/me")
    assert (me.status_code, me.json()["role"]) == (200, "admin")
    # An address of the music, of a device that only the first has met
    await add(here, "Ana")
    async with httpx.AsyncClient(base_url=pair.first.url) as client:
        kitchen = await register(here, client, "kitchen")
        await choose(there, "kitchen")
        address = await kitchen.address()
    music = await there.get(httpx.URL(address).raw_path.decode(), headers={"Range": "bytes=0-3"})
    assert (music.status_code, music.content) == (206, b"fLaC")
    # A join code
    code = (await here.post("/queue/party/join/code")).json()["code"]
    async with pair.second.guest(3) as guest:
        assert (await guest.post("/queue/party/join", json={"code": code})).status_code == 200


async def test_a_file_that_one_has_made_is_sent_by_the_other(
    hosts: tuple[httpx.AsyncClient, httpx.AsyncClient],
) -> None:
    here, there = hosts
    # The tracks of a queue, to which the first has led
    led = await here.get("/queue/party/tracks")
    tracks = await there.get(led.headers["Location"])
    assert (tracks.status_code, len(tracks.json())) == (200, 10)
    # An export, whichever of their workers has written it
    asked = await here.post("/api/queues/tasks", json={"type": "export", "items": [{"queue": "party"}]})
    assert asked.is_success, asked.text
    url = await result_of(there, asked.json()["task_id"])
    assert {(await host.get(url)).status_code for host in hosts} == {200}


async def test_one_change_is_seen_on_both_and_published_once(pair: Pair) -> None:
    revs: list[int] = []
    async with (
        Screen(pair.first.url, "party") as screen_here,
        Screen(pair.second.url, "party") as screen_there,
        aiomqtt.Client("127.0.0.1", pair.mqtt_port) as client,
        pair.first.guest(4) as here,
        pair.second.guest(4) as there,
    ):
        await client.subscribe("api_queue/queue/party/events", qos=1)
        ids = [await add(guest, "Ben") for guest in (here, there, here, there)]
        for screen in (screen_here, screen_there):
            await screen.until(lambda s=screen: set(ids) <= set(s.ids))
        async for message in client.messages:
            revs.append(json.loads(bytes(message.payload))["rev"])
            if revs[-1] >= screen_here.revs[-1]:
                break
    assert revs == list(range(revs[0], revs[0] + 4))


async def test_the_death_of_one_is_not_noticed_by_guests_of_the_other(pair: Pair, emptied_redis_url: str) -> None:
    # Given a guest and a screen of the one that does not lead: the second, where nothing was slow
    redis = connect(emptied_redis_url)
    dying, other = (pair.first, pair.second) if await leads(redis, pair.first, "relay") else (pair.second, pair.first)
    async with (
        Screen(other.url, "party") as screen,
        aiomqtt.Client("127.0.0.1", pair.mqtt_port) as client,
        other.guest(5) as guest,
    ):
        await client.subscribe("api_queue/queue/party/events", qos=1)
        # When all of the leader is killed
        waits_s = other.server.waits_s()
        dying.server.process.send_signal(signal.SIGKILL)
        killed_s = time.monotonic()
        ids = [await add(guest, "Cid") for _ in range(20)]
        # Then what the guest adds is there, on the screen that never was away
        await screen.until(lambda: set(ids) <= set(screen.ids))
        assert (screen.snapshots, screen.resets) == (1, 0)
        # And the other publishes it, in the time that it has promised, on a machine that let it
        async for message in client.messages:
            if json.loads(bytes(message.payload))["rev"] >= screen.revs[-1]:
                break
        waited_s = sum(now_s - waits_s.get(pid, 0) for pid, now_s in other.server.waits_s().items())
        assert time.monotonic() - killed_s < TAKES_OVER_S + waited_s
    # And leads in all else
    async with asyncio.timeout(TAKES_OVER_S + waited_s):
        while not await leads(redis, other, "conductor"):  # noqa: ASYNC110 - of another program
            await asyncio.sleep(0.05)
    await redis.close()


async def leads(redis: Redis, server: Live, role: str) -> bool:
    """A holder's name has the machine's, a process id, and chance."""
    holder = await redis.call("GET", f"lease:{{{role}}}")
    return holder is not None and int(holder.split("-")[-2]) in server.server.waits_s()


async def result_of(host: httpx.AsyncClient, task_id: int) -> str:
    async with asyncio.timeout(20):
        while True:
            task = (await host.get(f"/api/queues/tasks/{task_id}")).json()
            if task["status"] == "completed":
                return str(task["items"][0]["result"]["url"])
            await asyncio.sleep(0.05)

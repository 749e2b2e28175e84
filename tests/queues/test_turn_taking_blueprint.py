"""Lobby, ready, pass, paused performers and the fallback through a whole server."""

import httpx
import pytest

from tests.house import House
from tests.queues.new_queue import ALIAS, a_queue, add

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_add_that_asks_is_202_and_a_host_lets_it_in(shared_house: House) -> None:
    queue = await a_queue(shared_house, approval="all")
    async with shared_house.guest() as ana, shared_house.admin() as host:
        asked = await add(ana, queue)
        assert (asked.status_code, asked.json()["status"], asked.json()["position"]) == (202, "lobby", None)
        item = f"{queue}/items/{asked.json()['id']}"
        assert (await ana.get(f"{queue}/items?waiting=1")).json()["items"] == []
        assert "lobby" in (await ana.get(f"{queue}/items.csv")).text
        assert (await ana.post(f"{item}/admit")).json()["code"] == "missing_right"
        let_in = await host.post(f"{item}/admit")
        assert (let_in.status_code, let_in.json()["status"]) == (200, "queued")
        assert "undo_until_ms" in let_in.json()
        assert (await host.post(f"{item}/refuse")).json()["code"] == "unknown_item"
        assert [i["position"] for i in (await ana.get(f"{queue}/items")).json()["items"]] == [1]


async def test_a_lobby_that_is_full_says_so(shared_house: House) -> None:
    queue = await a_queue(shared_house, approval="all")
    async with shared_house.guest() as ana:
        answers = [await add(ana, queue) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [202] * 5 + [409]
    assert answers[-1].json()["code"] == "lobby_full"


async def test_the_same_key_asks_once(shared_house: House) -> None:
    queue = await a_queue(shared_house, approval="all")
    async with shared_house.guest() as ana:
        answers = [await add(ana, queue, headers={"Idempotency-Key": "once"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [202, 202]
        assert len((await ana.get(f"{queue}/items")).json()["items"]) == 1


async def test_ready_pass_and_their_refusals(shared_house: House) -> None:
    queue = await a_queue(shared_house)
    async with shared_house.guest() as ana, shared_house.guest(2) as bo:
        first = f"{queue}/items/{(await add(ana, queue)).json()['id']}"
        assert (await ana.post(f"{first}/pass")).json()["code"] == "nobody_to_swap_with"
        await add(bo, queue, "Bo")
        ready = await ana.post(f"{first}/ready")
        assert (ready.status_code, ready.json()["position"]) == (200, 1)
        assert (await bo.post(f"{first}/ready")).json()["code"] == "not_your_item"
        passed = await ana.post(f"{first}/pass")
        assert (passed.status_code, passed.json()["position"]) == (200, 2)
        await add(bo, queue, "Bo")
        again = await ana.post(f"{first}/pass")
        assert (again.status_code, again.json()["code"]) == (409, "pass_used")


async def test_any_name_can_be_paused(shared_house: House) -> None:
    queue = await a_queue(shared_house)
    async with shared_house.guest() as ana, shared_house.admin() as host:
        performer = "Zoë / 50% & Bo"
        await add(ana, queue, performer)
        address = f"{queue}/performers/{httpx.QueryParams({'x': performer})}".replace("x=", "").replace("+", "%20")
        assert (await ana.post(f"{address}/pause")).status_code == 403
        paused = await host.post(f"{address}/pause")
        assert (paused.status_code, paused.json()) == (200, {"paused": ["Zoë / 50%", "Bo"]})
        assert (await host.post(f"{address}/resume")).json() == {"paused": []}
        bad = await host.post(f"{queue}/performers/%07/pause")
        assert (bad.status_code, bad.json()["code"]) == (422, "bad_performer_name")


async def test_play_on_an_empty_queue_plays_the_fallback(shared_house: House) -> None:
    queue = await a_queue(shared_house, fallback={"tracks": [ALIAS]})
    async with shared_house.admin() as host:
        played = await host.post(f"{queue}/command/play")
        assert played.json()["play_state"] == "playing"
        (item,) = (await host.get(f"{queue}/items")).json()["items"]
        assert (item["added_by"], item["performer_name"], item["position"]) == ("server", "Fallback", 0)
        bad = await host.post(f"{queue}/settings", json={"fallback": {"tracks": ["none"]}})
        assert (bad.status_code, bad.json()["code"]) == (422, "bad_setting")
        form = await host.post(f"{queue}/settings", data={"fallback": "genre:none"})
        assert "genre:none" in form.json()["detail"]

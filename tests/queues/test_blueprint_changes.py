"""Changes of an item that the body's shape refuses, through a whole server."""

from typing import Any

import pytest

from api_queue.formats import crockford
from tests.house import House
from tests.queues.test_blueprint import add, items


@pytest.mark.parametrize(
    "change",
    [
        {"timestamp_play": 10**17},
        {"timestamp_play": -1},
        {"timestamp_play": 253_402_300_799_000},
        {"weight": 1e300},
        {"position": 0},
        {"before": "A", "after": "B"},
        {"performer_nmae": "Bo"},
    ],
)
async def test_a_change_that_no_list_could_keep_is_refused(house: House, change: dict[str, Any]) -> None:
    async with house.admin() as host:
        item = await add(host)
        answer = await host.put(f"/queue/party/items/{item['id']}", json=change)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_body")
    assert [i["performer_name"] for i in await items(house)] == ["Ana"]


async def test_a_weight_in_a_form_is_a_number(house: House) -> None:
    async with house.admin() as host:
        item = await add(host)
        answer = await host.put(f"/queue/party/items/{item['id']}", data={"weight": "nan"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_body")


async def test_an_item_is_named_by_its_integer_too(house: House) -> None:
    async with house.admin() as host:
        first, second = await add(host), await add(host, "Bo")
        number = crockford.decode(second["id"])
        moved = await host.put("/queue/party/", data={"source": str(number), "target": first["id"]})
        assert (moved.status_code, [i["id"] for i in await items(house)]) == (200, [second["id"], first["id"]])
        assert (await host.delete(f"/queue/party/items/{number}")).json()["id"] == second["id"]


@pytest.mark.parametrize("until", ["9999-12-31T23:59:59-14:00", "2000-01-01T00:00:00Z"])
async def test_a_mute_ends_in_some_time_to_come(house: House, until: str) -> None:
    async with house.admin() as host, house.guest() as ana:
        address = f"/queue/party/guests/{(await add(ana))['session_owner']}/mute"
        refused = await host.post(address, json={"reason": "too loud", "until": until})
        assert (refused.status_code, refused.json()["code"]) == (422, "bad_body")
        await add(ana)


async def test_who_cannot_be_a_guest_is_not_muted(house: House) -> None:
    async with house.admin() as host:
        for answer in (
            await host.post("/queue/party/guests/ana/mute", json={"reason": "loud"}),
            await host.delete("/queue/party/guests/ana/mute"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown_guest")


@pytest.mark.parametrize(("waiting", "shown"), [("1", 1), ("yes", 1), ("0", 2), ("false", 2), ("", 2)])
async def test_only_what_waits_is_shown_to_who_asks_for_it(house: House, waiting: str, shown: int) -> None:
    async with house.admin() as host:
        await add(host)
        await add(host)
        await host.post("/queue/party/command/play")
        listed = await host.get(f"/queue/party/items?waiting={waiting}")
        as_csv = await host.get(f"/queue/party/items.csv?waiting={waiting}")
    assert len(listed.json()["items"]) == len(as_csv.text.splitlines()) - 1 == shown


async def test_a_wish_that_nobody_can_read_is_answered_with_json(house: House) -> None:
    async with house.guest() as ana:
        answer = await ana.get("/queue/party/items", headers={"Accept": "nonsense"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


async def test_each_write_takes_the_key_in_its_body_and_happens_once(house: House) -> None:
    async with house.admin() as host:
        item = await add(host)
        for path, change in [
            ("/queue/party/settings", {"title": "Hall"}),
            (f"/queue/party/items/{item['id']}", {"performer_name": "Bo"}),
        ]:
            once, again = [await host.put(path, json={**change, "client_event_uuid": "u1"}) for _ in range(2)]
            assert (once.status_code, again.status_code) == (200, 200), once.text
            assert "idempotency-replayed" in again.headers

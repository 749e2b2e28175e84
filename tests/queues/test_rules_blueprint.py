"""The limits of a fair night through a whole server: status, code, sentence and time of each refusal, and what somebody
is told that they have.
"""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.house import House
from tests.queues.new_queue import ALIAS, a_queue, add

pytestmark = pytest.mark.asyncio(loop_scope="module")


def soon(minutes: float) -> str:
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()


# -- refusals --------------------------------------------------------------------------------------------------

#: Settings; how many of the guest's wait already; status, code, a part of the sentence, whether time heals it.
REFUSALS: list[tuple[dict[str, Any], int, int, str, str, bool]] = [
    ({"max_items": 1}, 1, 429, "queue_full", "A place comes free when the music goes on.", False),
    ({"max_per_guest": 1}, 1, 429, "guest_full", "each guest may have 1", False),
    ({"max_minutes_per_guest": 1}, 1, 429, "guest_minutes_full", "minutes of yours wait", False),
    ({"performer_names": ["Anna", "Bo"]}, 0, 422, "unknown_performer", "Did you mean Anna?", False),
    ({"join": "code"}, 0, 403, "join_code_needed", "ask the host", False),
    ({"limit_model": "points", "points_max": 1}, 1, 429, "not_enough_points", "It will be enough at", True),
    ({"event_end": "soon"}, 0, 403, "ends_too_late", "the longest that still fits is 0:0", False),
    ({"max_items": 1, "limit_model": "token"}, 1, 429, "queue_full", "Your turn to add is from", True),
    ({"event_end": "soon", "limit_model": "token"}, 0, 403, "ends_too_late", "All turns to add before", False),
    ({"duplicate_track_window": 5}, 1, 429, "duplicate_track", "on the queue already", False),
]


@pytest.mark.parametrize(("settings", "has", "status", "code", "sentence", "heals"), REFUSALS)
async def test_a_refusal_says_why_and_until_when(
    shared_house: House, settings: dict[str, Any], *, has: int, status: int, code: str, sentence: str, heals: bool
) -> None:
    if "event_end" in settings:
        settings = settings | {"event_end": soon(0.1)}
    queue = await a_queue(shared_house, **settings)
    async with shared_house.guest() as ana:
        for _ in range(has):
            assert (await add(ana, queue)).status_code == 201
        asked, refused = await add(ana, queue, params={"dry_run": "1"}), await add(ana, queue)
    told = refused.json()
    assert (refused.status_code, told["code"], told["status"]) == (status, code, status)
    assert sentence in told["detail"]
    assert ("retry_after" in told, "retry-after" in refused.headers) == (heals, heals)
    assert (asked.status_code, asked.json()["code"]) == (status, code)


async def test_a_track_for_which_nobody_can_have_points_does_not_fit(shared_house: House) -> None:
    queue = await a_queue(shared_house, limit_model="points", points_max=1)
    async with shared_house.admin() as host, shared_house.guest() as ana:
        tracks = (await host.get("/tracks?limit=200")).json()["tracks"]
        longest = max(tracks, key=lambda track: track["duration_ms"])
        assert longest["duration_ms"] > 30_000
        body = {"track_id": longest["track_id"], "performer_name": "Ana", "tempo": 0.5}
        refused, by_host = [await client.post(f"{queue}/items", json=body) for client in (ana, host)]
    assert (refused.status_code, refused.json()["code"], by_host.status_code) == (422, "track_too_long", 201)


async def test_hosts_pass_all_of_it(shared_house: House) -> None:
    rules = {"max_items": 1, "max_per_guest": 1, "max_minutes_per_guest": 1, "performer_names": ["Bo"], "join": "code"}
    queue = await a_queue(shared_house, **rules, limit_model="points", points_max=1, duplicate_track_window=9)
    async with shared_house.admin() as host:
        assert [(await add(host, queue)).status_code for _ in range(3)] == [201] * 3


# -- what somebody has -----------------------------------------------------------------------------------------


async def test_a_guest_is_told_what_they_have(shared_house: House) -> None:
    queue = await a_queue(shared_house, limit_model="points", max_per_guest=3, order="fair")
    async with shared_house.guest() as ana:
        added = (await add(ana, queue)).json()
        me = (await ana.get(f"{queue}/")).json()
    assert me["own"] == {
        "waiting": 1,
        "waiting_ms": added["track_duration_ms"],
        "max_per_guest": 3,
        "max_minutes_per_guest": None,
        "turns": 1,
    }
    assert me["points"]["points"] == pytest.approx(29, abs=0.5)
    assert (me["points"]["points_max"], me["points"]["points_per_hour"]) == (30, 20)
    assert (me["token"], me["joined"], me["table"]) == (None, False, None)
    # And the answer of the add has told the same
    assert added["you"]["own"] == me["own"]
    assert added["you"].keys() == me.keys() & added["you"].keys()
    assert (added["adds_left"], added["uncertainty_ms"]) == (2, None)


async def test_a_visitor_without_a_session_has_everything_still(shared_house: House) -> None:
    queue = await a_queue(shared_house, limit_model="points")
    async with shared_house.nobody() as anyone:
        me = (await anyone.get(f"{queue}/")).json()
        nowhere = await anyone.get("/queue/nowhere-at-all/")
    assert (me["own"]["waiting"], me["points"]["points"], me["guest_id"]) == (0, 30, None)
    assert nowhere.status_code == 404


async def test_a_token_is_in_the_refusal_and_where_a_guest_looks(shared_house: House) -> None:
    queue = await a_queue(shared_house, limit_model="token", max_items=1)
    async with shared_house.guest() as ana:
        await add(ana, queue)
        refused, me = (await add(ana, queue)).json(), (await ana.get(f"{queue}/")).json()
    window = refused["token"]
    assert window["valid_until"] - window["valid_from"] == 20 * 60_000
    assert window["valid_from"] - refused["clock_ms"] == 20 * 60_000
    assert refused["retry_after"] == 20 * 60
    assert me["token"] == window
    assert me["clock_ms"] >= refused["clock_ms"]


async def test_points_come_back_with_what_is_taken_off_and_half_of_them_with_a_skip(shared_house: House) -> None:
    queue = await a_queue(shared_house, limit_model="points", points_max=10, points_per_hour=0)

    async def has() -> float:
        return float((await ana.get(f"{queue}/")).json()["points"]["points"])

    async with shared_house.guest() as ana, shared_house.admin() as host:
        first = (await add(ana, queue)).json()
        await add(ana, queue)
        assert await has() == 8
        await ana.delete(f"{queue}/items/{first['id']}")
        assert await has() == 9
        await host.post(f"{queue}/command/play")
        await host.post(f"{queue}/command/skip")
        assert await has() == 9.5
        await add(ana, queue)
        await add(ana, queue)
        await host.post(f"{queue}/command/clear")
        assert await has() == 9.5


# -- dry -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/items", "/items.json", "/", "/queue.json"])
async def test_a_dry_add_is_answered_with_200_and_adds_nothing(shared_house: House, address: str) -> None:
    queue = await a_queue(shared_house, max_per_guest=2)
    async with shared_house.guest() as ana:
        body = {"track_id": ALIAS, "performer_name": "Ana"}
        asked = await ana.post(f"{queue}{address}?dry_run=1", json=body)
        assert (await ana.get(f"{queue}/")).json()["waiting"] == 0
        done = await ana.post(f"{queue}{address}?dry_run=0", json=body)
    assert (asked.status_code, done.status_code) == (200, 201)
    same = ("position", "timestamp_expected", "uncertainty_ms", "adds_left")
    assert [asked.json()[key] for key in same] == [done.json()[key] for key in same]
    assert asked.json()["you"]["own"] == done.json()["you"]["own"]


async def test_an_idempotency_key_of_a_dry_add_is_free_for_the_add(shared_house: House) -> None:
    queue, headers = await a_queue(shared_house), {"Idempotency-Key": "one"}
    async with shared_house.guest() as ana:
        asked = await add(ana, queue, params={"dry_run": "1"}, headers=headers)
        done, again = await add(ana, queue, headers=headers), await add(ana, queue, headers=headers)
        asked_again = await add(ana, queue, params={"dry_run": "1"}, headers=headers)
    assert [each.status_code for each in (asked, done, again, asked_again)] == [200, 201, 201, 200]
    assert again.json() == done.json()
    assert asked_again.json()["position"] == 2


# -- cheating --------------------------------------------------------------------------------------------------


async def test_of_fifty_adds_at_once_of_one_guest_as_many_pass_as_may(shared_house: House) -> None:
    queue = await a_queue(shared_house, max_per_guest=3)
    async with shared_house.guest() as ana:
        answers = await asyncio.gather(*(add(ana, queue, f"No {n}") for n in range(50)))
        waiting = (await ana.get(f"{queue}/items?waiting=1")).json()["items"]
    assert Counter(answer.status_code for answer in answers) == {201: 3, 429: 47}
    assert len(waiting) == 3


async def test_another_name_gives_neither_room_nor_points(shared_house: House) -> None:
    queue = await a_queue(shared_house, limit_model="points", points_max=1, points_per_hour=0)
    async with shared_house.guest() as ana:
        assert (await add(ana, queue)).status_code == 201
        assert (await add(ana, queue, "Somebody else")).json()["code"] == "not_enough_points"


async def test_a_clock_that_the_guest_claims_is_not_looked_at(shared_house: House) -> None:
    queue = await a_queue(shared_house, max_per_guest=1)
    tomorrow = {"Date": "Wed, 01 Jan 2098 00:00:00 GMT"}
    body = {"track_id": ALIAS, "performer_name": "Ana", "timestamp_added": 1, "clock_ms": 4_000_000_000_000}
    async with shared_house.guest() as ana:
        first, second = [await ana.post(f"{queue}/items", json=body, headers=tomorrow) for _ in range(2)]
    assert (first.status_code, second.json()["code"]) == (201, "guest_full")


async def test_a_renamed_item_has_to_be_listed_too(shared_house: House) -> None:
    queue = await a_queue(shared_house, performer_names=["Ana", "Bo"])
    async with shared_house.guest() as ana, shared_house.admin() as host:
        item = (await add(ana, queue, "Ana & Bo")).json()
        url = f"{queue}/items/{item['id']}"
        assert (await ana.put(url, json={"performer_name": "Boo"})).json()["code"] == "unknown_performer"
        assert (await ana.put(url, json={"performer_name": "BO"})).status_code == 200
        assert (await host.put(url, json={"performer_name": "Boo"})).status_code == 200

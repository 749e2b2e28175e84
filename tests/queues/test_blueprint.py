"""The addresses of a queue, through a whole server."""

import csv
import io
from typing import Any

import httpx
import pytest

from api_queue.types import QueueName
from tests.house import House

ALIAS = "KAT_TUN_Your_side_Instrumental_"


async def add(client: httpx.AsyncClient, performer: str = "Ana", queue: str = "party") -> dict[str, Any]:
    answer = await client.post(f"/queue/{queue}/items", json={"track_id": ALIAS, "performer_name": performer})
    assert answer.status_code == 201, answer.text
    return answer.json()  # type: ignore[no-any-return]


async def items(house: House) -> list[dict[str, Any]]:
    async with house.nobody() as anyone:
        return (await anyone.get("/queue/party/items")).json()["items"]  # type: ignore[no-any-return]


async def test_a_guest_adds_and_is_told_the_place(house: House) -> None:
    async with house.guest() as ana:
        await add(ana)
        second = await add(ana)
    assert (second["position"], second["timestamp_expected"], second["status"]) == (2, None, "queued")
    assert second["track_id"] != ALIAS  # an alias leads to the track itself
    assert second["session_owner"] not in {None, "guest-number-000000000001"}


async def test_the_add_answer_and_every_view_promise_the_same_time(house: House) -> None:
    async with house.guest() as ana, house.admin() as host:
        await add(ana)
        await host.post("/queue/party/command/play")
        await add(ana)
        third = await add(ana)
    listed = (await items(house))[-1]
    assert listed["position"] == third["position"] == 2
    assert abs(listed["timestamp_expected"] - third["timestamp_expected"]) < 50


async def test_a_body_is_read_by_what_it_is(house: House) -> None:
    async with house.guest() as ana:
        as_curl = await ana.post(
            "/queue/party/",
            content=f'{{"track_id": "{ALIAS}", "performer_name": "curl"}}',
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        as_form = await ana.post("/queue/party/queue.json", data={"track_id": ALIAS, "performer_name": "form"})
        as_line = await ana.post(
            "/queue/party/items", content=f'{ALIAS},"Zoe, Bo"', headers={"Content-Type": "text/csv"}
        )
    assert [as_curl.status_code, as_form.status_code, as_line.status_code] == [201, 201, 201]
    assert [i["performer_name"] for i in await items(house)] == ["curl", "form", "Zoe, Bo"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "bad_body"),
        (b"[1]", "bad_body"),
        (b"hello", "bad_body"),
        (b'{"track_id": "t"}', "bad_body"),
        (b'{"track_id": 7, "performer_name": {}}', "bad_body"),
        (b'{"track_id": "nope", "performer_name": "Ana"}', "unknown_track"),
        (b'{"track_id": "%s", "performer_name": "a\\nb"}' % ALIAS.encode(), "bad_performer_name"),
    ],
)
async def test_a_bad_body_is_refused_in_a_sentence(house: House, body: bytes, code: str) -> None:
    async with house.guest() as ana:
        answer = await ana.post("/queue/party/items", content=body)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["status"]) == (422, code, 422)
    assert problem["detail"].endswith(".")
    assert await items(house) == []


async def test_an_unknown_queue_is_404_wherever_it_is_named(house: House) -> None:
    async with house.admin() as host:
        for method, path in [
            ("GET", "/queue/nowhere/"),
            ("GET", "/queue/nowhere/items"),
            ("GET", "/queue/nowhere/settings"),
            ("GET", "/queue/nowhere/history"),
            ("GET", "/queue/nowhere/tracks"),
            ("POST", "/queue/nowhere/command/play"),
            ("DELETE", "/queue/nowhere/"),
            ("GET", "/sessions/nowhere"),
            ("POST", "/queue/nowhere/end"),
            ("GET", "/queue/NO-WHERE/"),
            ("POST", "/queue/no%20where/command/play"),
        ]:
            answer = await host.request(method, path)
            assert (answer.status_code, answer.json()["code"]) == (404, "unknown_queue"), (method, path)
        body = {"track_id": ALIAS, "performer_name": "Ana"}
        assert (await host.post("/queue/nowhere/items", json=body)).json()["code"] == "unknown_queue"


async def test_only_the_owner_or_a_host_takes_an_item_back(house: House) -> None:
    async with house.guest(1) as ana, house.guest(2) as bo, house.admin() as host:
        first, second = await add(ana), await add(ana)
        refused = await bo.delete(f"/queue/party/items/{first['id']}")
        assert (refused.status_code, refused.json()["code"]) == (403, "not_your_item")
        assert (await ana.delete(f"/queue/party/items/{first['id']}")).json()["id"] == first["id"]
        assert (await host.delete(f"/queue/party/queue/{second['id']}")).status_code == 200
        assert (await host.delete(f"/queue/party/queue/{second['id']}")).json()["code"] == "unknown_item"
    assert await items(house) == []


async def test_a_host_moves_and_a_guest_may_only_rename(house: House) -> None:
    async with house.guest() as ana, house.admin() as host:
        a, b, c = [await add(ana, name) for name in "ABC"]
        await host.put("/queue/party/", json={"source": c["id"], "target": a["id"]})
        assert [i["performer_name"] for i in await items(house)] == ["C", "A", "B"]
        await host.put("/queue/party/queue.json", json={"source": c["id"], "target": -1})
        assert [i["performer_name"] for i in await items(house)] == ["A", "B", "C"]
        await host.put(f"/queue/party/items/{a['id']}", json={"after": b["id"]})
        assert [i["performer_name"] for i in await items(house)] == ["B", "A", "C"]
        await host.put(f"/queue/party/items/{c['id']}", json={"position": 1})
        assert [i["performer_name"] for i in await items(house)] == ["C", "B", "A"]
        assert (await ana.put(f"/queue/party/items/{a['id']}", json={"performer_name": "Zed"})).status_code == 200
        refused = await ana.put(f"/queue/party/items/{a['id']}", json={"position": 1})
        assert (refused.status_code, refused.json()["code"]) == (403, "host_only_field")


async def test_the_list_as_csv_has_a_heading_and_survives_any_name(house: House) -> None:
    name = 'Zoë, "the voice" 🎤 عائشة'
    async with house.guest() as ana:
        await add(ana, name)
        answer = await ana.get("/queue/party/queue.csv")
    heading, row = csv.reader(io.StringIO(answer.text))
    assert heading[:4] == ["track_id", "performer_name", "session_owner", "timestamp_play"]
    assert row[1] == name
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


async def test_tracks_lead_to_an_immutable_file(house: House) -> None:
    async with house.nobody() as anyone:
        first = await anyone.get("/queue/party/tracks.json")
        assert first.status_code == 302
        file = await anyone.get(first.headers["location"])
    assert "immutable" in file.headers["cache-control"]
    assert len(file.json()) == 10


async def test_a_track_outside_the_queues_tags_is_not_offered(house: House) -> None:
    async with house.admin() as host, house.guest() as ana:
        await host.put("/queue/party/settings", json={"forced_tags": ["genre:nothing-has-this"]})
        answer = await ana.post("/queue/party/items", json={"track_id": ALIAS, "performer_name": "Ana"})
    assert (answer.status_code, answer.json()["code"]) == (422, "track_not_offered")


async def test_settings_change_whole_or_not_at_all(house: House) -> None:
    async with house.admin() as host, house.nobody() as anyone:
        assert (await host.put("/queue/party/settings", json={"track_space": 3})).json()["track_space"] == 3
        bad = await host.put("/queue/party/settings", json={"track_space": 4, "max_items": -1})
        assert (bad.status_code, bad.json()["key"]) == (422, "max_items")
        unknown = await host.post("/queue/party/settings.json", json={"track_spce": 4})
        assert "Did you mean 'track_space'" in unknown.json()["detail"]
        assert (await anyone.get("/queue/party/settings.json")).json()["track_space"] == 3


async def test_limits_refuse_with_a_reason_and_hosts_pass(house: House) -> None:
    async with house.admin() as host, house.guest() as ana:
        await host.put("/queue/party/settings", json={"max_per_guest": 1, "duplicate_track_window": 5})
        await add(ana)
        refused = await ana.post("/queue/party/items", json={"track_id": ALIAS, "performer_name": "Ana"})
        assert (refused.status_code, refused.json()["code"]) == (429, "guest_full")
        await add(host)
        await host.post("/queue/party/command/play")
        later = await ana.post("/queue/party/items", json={"track_id": ALIAS, "performer_name": "Ana"})
    assert later.json()["code"] == "duplicate_track"


async def test_closing_refuses_adds_and_opening_takes_them_again(house: House) -> None:
    async with house.admin() as host, house.guest() as ana:
        await host.post("/queue/party/command/close")
        refused = await ana.post("/queue/party/items", json={"track_id": ALIAS, "performer_name": "Ana"})
        assert (refused.status_code, refused.json()["code"]) == (403, "adding_closed")
        await host.post("/queue/party/command/open")
        await add(ana)


async def test_an_event_refuses_before_its_start_and_what_ends_after_it(house: House) -> None:
    async with house.admin() as host, house.guest() as ana:
        body = {"track_id": ALIAS, "performer_name": "Ana"}
        await host.put("/queue/party/settings", json={"event_start": "2099-01-01T00:00:00Z"})
        early = await ana.post("/queue/party/items", json=body)
        assert (early.status_code, early.json()["code"]) == (403, "not_started")
        assert int(early.headers["retry-after"]) > 0
        await host.put("/queue/party/settings", json={"event_start": None, "event_end": "2001-01-01T00:00:00Z"})
        late = (await ana.post("/queue/party/items", json=body)).json()
        assert (late["code"], late["longest_ms"]) == ("ends_too_late", 0)
        await host.put("/queue/party/settings", json={"event_end": "2099-01-01T00:00:00Z"})
        await add(ana)


async def test_the_transport_answers_the_session(house: House) -> None:
    async with house.admin() as host, house.guest() as ana:
        item = await add(ana)
        playing = (await host.get("/queue/party/command/play.json")).json()
        assert (playing["play_state"], playing["item_id"]) == ("playing", item["id"])
        assert -1000 <= playing["position_ms"] <= 0
        sought = (await host.post("/queue/party/command/seek", json={"position_ms": 5000})).json()
        assert 5000 <= sought["position_ms"] < 6000
        assert (await host.post("/queue/party/command/seek", json={"position_ms": -1})).status_code == 422
        stopped = (await host.post("/sessions/party/stop")).json()
        assert (stopped["play_state"], stopped["item_id"]) == ("stopped", None)
        unknown = await host.post("/queue/party/command/dance")
        assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_command")


async def test_a_command_that_changes_nothing_costs_no_revision(house: House) -> None:
    async with house.admin() as host:
        before = (await host.get("/sessions/party")).json()["revision"]
        assert (await host.post("/queue/party/command/play")).json()["revision"] == before


async def test_history_tells_what_was_played(house: House) -> None:
    async with house.admin() as host, house.guest() as ana:
        await add(ana, "=cmd()")
        await add(ana, "Bo")
        await host.post("/queue/party/command/play")
        await host.post("/queue/party/command/skip")
        history = (await host.get("/queue/party/history")).json()["items"]
        sheet = (await host.get("/queue/party/history.csv")).text
    assert [(i["performer_name"], i["status"]) for i in history] == [("=cmd()", "skipped")]
    assert "'=cmd()" in sheet


async def test_played_items_beyond_the_length_move_to_the_history(house: House) -> None:
    async with house.admin() as host, house.guest() as ana:
        await host.put("/queue/party/settings", json={"history_length": 1})
        for name in "ABCD":
            await add(ana, name)
        await host.post("/queue/party/command/play")
        for _ in range(3):
            await host.post("/queue/party/command/next")
        await house.parts.queues.trim(QueueName("party"))
        history = (await host.get("/queue/party/history")).json()["items"]
    assert [i["performer_name"] for i in history] == ["A", "B", "C"]
    assert [i["performer_name"] for i in await items(house)] == ["C", "D"]


async def test_a_muted_guest_is_told_why_and_until_when(house: House) -> None:
    async with house.admin() as host, house.guest() as ana:
        owner = (await add(ana))["session_owner"]
        await host.post(f"/queue/party/guests/{owner}/mute", json={"reason": "too loud"})
        refused = await ana.post("/queue/party/items", json={"track_id": ALIAS, "performer_name": "Ana"})
        assert (refused.status_code, refused.json()["reason"]) == (403, "too loud")
        assert (await ana.get("/queue/party/")).json()["muted"]["reason"] == "too loud"
        await host.delete(f"/queue/party/guests/{owner}/mute")
        await add(ana)
        again = await host.delete(f"/queue/party/guests/{owner}/mute")
        assert again.json()["code"] == "unknown_guest"


async def test_the_end_of_the_party_ends_its_guests(house: House) -> None:
    async with house.admin() as host, house.guest() as ana:
        item = await add(ana)
        assert (await host.post("/queue/party/end")).json() == {"ended_guests": 1}
        await host.post("/queue/party/command/open")
        refused = await ana.post("/queue/party/items", json={"track_id": ALIAS, "performer_name": "Ana"})
        assert (refused.status_code, refused.json()["code"]) == (401, "session_ended")
        assert (await ana.delete(f"/queue/party/items/{item['id']}")).status_code == 403


async def test_who_comes_back_after_the_end_is_a_new_guest(house: House) -> None:
    async with house.admin() as host, house.nobody() as ana:
        # Given a guest of a party that has ended and begins again
        before = (await add(ana))["session_owner"]
        await host.post("/queue/party/end")
        await host.post("/queue/party/command/open")
        # When they add, they are told so, and their browser drops the session
        refused = await ana.post("/queue/party/items", json={"track_id": ALIAS, "performer_name": "Ana"})
        assert refused.json()["code"] == "session_ended"
        assert "session_id" not in ana.cookies
        # Then they add with another one
        assert (await add(ana))["session_owner"] != before


async def test_a_guest_makes_a_queue_and_is_its_host(house: House) -> None:
    async with house.guest() as ana:
        made = (await ana.post("/queue/", json={"kind": "transient", "title": "Kitchen"})).json()
        assert made["title"] == "Kitchen"
        headers = {"Authorization": f"Bearer {made['host_token']}"}
        assert (await ana.post(f"{made['url']}command/play", headers=headers)).status_code == 200
        assert (await ana.post("/queue/party/command/play", headers=headers)).status_code == 403
        refused = await ana.put(f"{made['url']}settings", json={"guest_playback": True}, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "admin_only_setting")
        assert (await ana.delete(made["url"], headers=headers)).status_code == 204
        assert (await ana.get(made["url"])).status_code == 404
        assert (await ana.post(f"{made['url']}command/play", headers=headers)).status_code == 401


async def test_guests_make_no_named_queues_and_few_others(house: House) -> None:
    async with house.guest() as ana:
        named = await ana.post("/queue/", json={"kind": "named", "name": "mine"})
        assert (named.status_code, named.json()["code"]) == (403, "guest_queues_off")
        made = [(await ana.post("/queue/", json={"kind": "demo"})).status_code for _ in range(4)]
    assert made == [201, 201, 201, 429]


async def test_a_demo_queue_takes_ten_tracks_of_anybody(house: House) -> None:
    async with house.guest() as ana, house.admin() as host:
        made = (await ana.post("/queue/", json={"kind": "demo"})).json()
        for _ in range(10):
            await add(ana, queue=made["name"])
        body = {"track_id": ALIAS, "performer_name": "Ana"}
        for client in (ana, host):
            refused = await client.post(f"{made['url']}items", json=body)
            assert (refused.status_code, refused.json()["code"]) == (429, "queue_full")


async def test_an_admin_makes_named_queues_and_lists_them(house: House) -> None:
    async with house.admin() as host:
        assert (await host.post("/queue/", json={"kind": "named", "name": "hall"})).status_code == 201
        assert (await host.post("/queue/", json={"kind": "named", "name": "hall"})).status_code == 409
        assert (await host.post("/queue/", json={"kind": "named", "name": "enqueue"})).status_code == 422
        assert [q["name"] for q in (await host.get("/queue/")).json()["queues"]] == ["hall", "party"]


async def test_an_add_under_an_idempotency_key_happens_once(house: House) -> None:
    async with house.guest() as ana:
        body = {"track_id": ALIAS, "performer_name": "Ana"}
        headers = {"Idempotency-Key": "k1"}
        first = await ana.post("/queue/party/items", json=body, headers=headers)
        again = await ana.post("/queue/party/items", json=body, headers=headers)
        other = await ana.post("/queue/party/items", json={**body, "performer_name": "Bo"}, headers=headers)
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert len(await items(house)) == 1


async def test_an_add_whose_answer_was_lost_before_it_was_kept_happens_once(house: House) -> None:
    # Given an add under a key, whose kept answer is gone: the server died between the change and the answer
    async with house.guest() as ana:
        body, headers = {"track_id": ALIAS, "performer_name": "Ana"}, {"Idempotency-Key": "k1"}
        first = (await ana.post("/queue/party/items", json=body, headers=headers)).json()
        await house.parts.redis.call("DEL", *[key async for some in house.parts.redis.keys("answer:*") for key in some])
        # When the guest sends it again
        again = await ana.post("/queue/party/items", json=body, headers=headers)
    # Then it is the same item
    assert (again.status_code, again.json()["id"]) == (201, first["id"])
    assert len(await items(house)) == 1

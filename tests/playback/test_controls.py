"""Every control of a session over HTTP: options, what is sent twice, and who may."""

from typing import Any, Final

import httpx
import pytest

from api_queue.queues.keys import key
from api_queue.types import QueueName
from tests.house import House

ALIAS = "KAT_TUN_Your_side_Instrumental_"
PARTY = QueueName("party")
#: Each control with a body that changes something while the first of three items plays.
CONTROLS: Final[dict[str, dict[str, Any]]] = {
    "play": {},
    "pause": {},
    "toggle": {},
    "stop": {},
    "seek": {"position_ms": 4000},
    "next": {},
    "prev": {},
    "options": {"shuffle": True, "repeat_mode": "all", "volume": 30},
    "ended": {"generation": 0},
    "failed": {"generation": 0},
}


async def a_party(host: httpx.AsyncClient) -> str:
    """The first of three plays, past the time in which prev goes back; which that is."""
    body = {"track_id": ALIAS, "performer_name": "Ana"}
    first, *_ = [(await host.post("/queue/party/items", json=body)).json()["id"] for _ in range(3)]
    await host.post("/sessions/party/play")
    await host.post("/sessions/party/seek", json={"position_ms": 9000})
    return str(first)


async def events(house: House) -> int:
    return int(await house.parts.redis.call("XLEN", key(PARTY, "events")))


@pytest.mark.parametrize("control", CONTROLS)
async def test_a_control_that_is_sent_twice_is_done_once_and_told_once(house: House, control: str) -> None:
    async with house.admin() as host:
        # Given a session that plays, paused where play is to change something
        item_id = await a_party(host)
        if control == "play":
            await host.post("/sessions/party/pause")
        body = CONTROLS[control] | {"client_event_uuid": "e-1"}
        if control in {"ended", "failed"}:
            body |= {"item_id": item_id}
        before = await events(house)
        # When the same event comes twice
        first = await host.post(f"/sessions/party/{control}", json=body)
        told = await events(house)
        again = await host.post(f"/sessions/party/{control}", json=body)
    # Then both have the same answer, and it is told once
    assert first.status_code == 200, first.text
    assert told > before
    assert await events(house) == told
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["idempotency-replayed"] == "true"


async def test_the_same_event_with_another_body_is_a_mistake(house: House) -> None:
    async with house.admin() as host:
        await host.post("/sessions/party/options", json={"volume": 10, "client_event_uuid": "e-1"})
        other = await host.post("/sessions/party/options", json={"volume": 90, "client_event_uuid": "e-1"})
        session = (await host.get("/sessions/party")).json()
    assert (other.status_code, other.json()["code"], session["volume"]) == (422, "idempotency_mismatch", 10)


async def test_options_are_one_revision_and_shown_by_the_session(house: House) -> None:
    async with house.admin() as host:
        before = (await host.get("/sessions/party")).json()
        told = await events(house)
        answer = (await host.post("/sessions/party/options", json=CONTROLS["options"])).json()
        shown = (await host.get("/sessions/party")).json()
        same = (await host.post("/sessions/party/options", data={"volume": "30"})).json()
    assert {name: answer[name] for name in CONTROLS["options"]} == CONTROLS["options"]
    assert {name: shown[name] for name in CONTROLS["options"]} == CONTROLS["options"]
    assert answer["revision"] == same["revision"] == before["revision"] + 1
    assert await events(house) == told + 1


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"repeat_mode": "twice"}, "repeat_mode"),
        ({"repeat_mode": None}, "repeat_mode"),
        ({"volume": 101}, "volume"),
        ({"volume": -1}, "volume"),
        ({"volume": 1.5}, "volume"),
        ({"shuffle": "perhaps"}, "shuffle"),
        ({"volume": 5, "shufle": True}, "shufle"),
    ],
)
async def test_an_option_that_is_none_is_refused_and_none_is_changed(
    house: House, body: dict[str, Any], named: str
) -> None:
    async with house.admin() as host:
        before = (await host.get("/sessions/party")).json()["revision"]
        answer = await host.post("/sessions/party/options", json=body)
        after = (await host.get("/sessions/party")).json()["revision"]
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_body")
    assert named in answer.json()["detail"]
    assert after == before


@pytest.mark.parametrize("control", CONTROLS)
async def test_a_guest_controls_nothing(house: House, control: str) -> None:
    async with house.guest() as ana, house.nobody() as nobody:
        answers = [await client.post(f"/sessions/party/{control}", json=CONTROLS[control]) for client in (ana, nobody)]
    assert [answer.status_code for answer in answers] == [403, 401]


async def test_next_and_prev_at_the_ends_of_a_list_change_nothing(house: House) -> None:
    async with house.admin() as host:
        await host.post("/queue/party/items", json={"track_id": ALIAS, "performer_name": "Ana"})
        playing = (await host.post("/sessions/party/play")).json()
        for control in ("next", "prev"):
            session = (await host.post(f"/sessions/party/{control}")).json()
            assert (session["revision"], session["item_id"]) == (playing["revision"], playing["item_id"])


async def test_a_burst_of_seeks_is_one_publish_each(house: House) -> None:
    async with house.admin() as host:
        await a_party(host)
        before, told = (await host.get("/sessions/party")).json()["revision"], await events(house)
        for position_ms in range(1000, 9000, 1000):
            await host.post("/sessions/party/seek", json={"position_ms": position_ms})
        after = (await host.get("/sessions/party")).json()["revision"]
        timeline = await house.parts.redis.call("XRANGE", key(PARTY, "events"), "-", "+")
    revisions = [int(fields["rev"]) for _, fields in timeline[told:] if fields["name"] == "timeline_update"]
    assert after == before + 8
    assert revisions == list(range(before + 1, after + 1))

"""The addresses of joining, through a whole server."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from xml.etree import ElementTree

import httpx
import pytest
import pytest_asyncio

from api_queue.accounts.models import TokenRole
from api_queue.types import QueueName
from tests.house import House

pytestmark = pytest.mark.asyncio(loop_scope="module")

PARTY = QueueName("party")


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def anew(shared_house: House) -> AsyncIterator[None]:
    """Each test begins with nobody there, and none of the guesses of others."""
    yield
    await shared_house.parts.queues.change_settings(PARTY, {"join": "open", "accepting": True})
    await shared_house.parts.items.clear(PARTY)
    for kept in ("q:{party}:joined", "q:{party}:ended", "q:{party}:guests", "rate:join"):
        await shared_house.parts.redis.call("DEL", kept)


async def crew(house: House, role: TokenRole) -> httpx.AsyncClient:
    _, value = await house.parts.tokens.create(role, PARTY)
    client = house.nobody()
    client.headers["Authorization"] = f"Bearer {value}"
    return client


async def needs_a_code(house: House) -> str:
    await house.parts.queues.change_settings(PARTY, {"join": "code"})
    return (await house.parts.joins.joining(PARTY)).code.code


def address_in(answer: httpx.Response) -> str:
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml"), answer.text
    return ElementTree.fromstring(answer.content).findtext("{*}title") or ""


async def test_a_guest_joins_by_code_and_table_and_is_told_who_they_are(shared_house: House) -> None:
    code = await needs_a_code(shared_house)
    async with shared_house.nobody() as ana:
        refused = await ana.post("/queue/party/join")
        assert (refused.status_code, refused.json()["code"]) == (403, "join_code_needed")
        answer = await ana.post("/queue/party/join", data={"code": code.lower(), "table": " 7 "})
        me = answer.json()
        assert (me["queue"], me["role"], me["joined"], me["table"]) == ("party", "guest", True, "7")
        assert me["guest_id"] == (await ana.get("/queue/party/")).json()["guest_id"]
        assert code not in answer.text
        assert (await ana.post("/queue/party/join", json={"table": None})).json()["table"] is None


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"code": "NOCODE"}, 403, "wrong_join_code"),
        ({"code": "x" * 1000}, 403, "wrong_join_code"),
        ({"code": 7}, 422, "bad_body"),
        ({"table": "x" * 33}, 422, "bad_table_name"),
        ({"table": "a\nb"}, 422, "bad_table_name"),
    ],
)
async def test_what_is_refused_is_refused_in_a_sentence(
    shared_house: House, body: dict[str, object], status: int, code: str
) -> None:
    async with shared_house.guest() as ana:
        problem = (await ana.post("/queue/party/join", json=body)).json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["detail"].endswith(".")


async def test_who_guesses_is_told_when_they_may_try_again(shared_house: House) -> None:
    await needs_a_code(shared_house)
    async with shared_house.guest() as eve:
        answers = [await eve.post("/queue/party/join", json={"code": "NOCODE"}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [403] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) == answers[-1].json()["retry_after"] > 0


async def test_a_table_that_is_charged_is_a_clash(shared_house: House) -> None:
    async with shared_house.guest() as ana:
        track = (await ana.get("/tracks")).json()["tracks"][0]["track_id"]
        await ana.post("/queue/party/items", json={"track_id": track, "performer_name": "Ana"})
        clash = await ana.post("/queue/party/join", json={"table": "8"})
        assert (clash.status_code, clash.json()["code"], clash.json()["waiting"]) == (409, "table_charged", 1)


@pytest.mark.parametrize("role", ["host", "helper", "screen"])
async def test_who_lets_guests_in_sees_the_code_and_its_link(shared_house: House, role: TokenRole) -> None:
    code = await needs_a_code(shared_house)
    async with shared_house.guest() as ana, await crew(shared_house, role) as client:
        await ana.post("/queue/party/join", json={"code": code, "table": "7"})
        shown = (await client.get("/queue/party/join")).json()
        assert (shown["queue"], shown["join"], shown["code"], shown["tables"]) == ("party", "code", code, {"7": 1})
        assert shown["expires_at"].endswith("Z")
        assert shown["url"] == f"{shared_house.url}/queue/party/#join={code}"
        assert address_in(await client.get("/queue/party/join.svg")) == shown["url"]


async def test_where_no_code_is_needed_the_link_has_none_and_never_ends(shared_house: House) -> None:
    async with shared_house.admin() as host:
        shown = (await host.get("/queue/party/join")).json()
        assert (shown["join"], shown["url"]) == ("open", f"{shared_house.url}/queue/party/")
        assert len(shown["code"]) == 6


async def test_only_a_host_makes_a_new_code(shared_house: House) -> None:
    code = await needs_a_code(shared_house)
    async with shared_house.admin() as host, await crew(shared_house, "helper") as helper:
        assert (await helper.post("/queue/party/join/code")).status_code == 403
        new = (await host.post("/queue/party/join/code")).json()
    assert new["code"] != code
    assert new["url"].endswith(f"#join={new['code']}")


async def test_everybody_else_sees_the_plain_address_and_no_code(shared_house: House) -> None:
    await needs_a_code(shared_house)
    plain = f"{shared_house.url}/queue/party/"
    speaker = await crew(shared_house, "speaker")
    async with shared_house.nobody() as nobody, shared_house.guest() as ana, speaker:
        for client in (nobody, ana, speaker):
            answer = await client.get("/queue/party/join.svg")
            assert address_in(answer) == plain
            assert answer.headers["cache-control"] == "no-store"
            assert (await client.get("/queue/party/join")).status_code in {401, 403}


async def test_an_image_is_there_for_whom_a_login_has_run_out(shared_house: House) -> None:
    await needs_a_code(shared_house)
    image = {"Accept": "image/avif,image/webp,*/*;q=0.8"}
    async with shared_house.nobody() as browser:
        browser.cookies.set("access_token", f"aq_{'a' * 32}")
        assert address_in(await browser.get("/queue/party/join.svg", headers=image)).endswith("/queue/party/")
        assert (await browser.get("/queue/party/join.svg")).status_code == 401


async def test_a_host_has_a_code_for_each_table(shared_house: House) -> None:
    async with shared_house.admin() as host, await crew(shared_house, "helper") as helper:
        assert address_in(await host.get("/queue/party/join.svg?table=Bar 7")).endswith("/queue/party/#table=Bar+7")
        code = await needs_a_code(shared_house)
        assert urlsplit(address_in(await host.get("/queue/party/join.svg?table=7"))).fragment == f"join={code}&table=7"
        refused = await helper.get("/queue/party/join.svg?table=7")
        assert (refused.status_code, refused.json()["code"]) == (403, "missing_right")
        assert (await host.get(f"/queue/party/join.svg?table={'x' * 33}")).json()["code"] == "bad_table_name"


async def test_only_who_has_joined_adds_and_everybody_looks(shared_house: House) -> None:
    code = await needs_a_code(shared_house)
    helper = await crew(shared_house, "helper")
    async with shared_house.guest(1) as ana, shared_house.guest(2) as ana_again, helper:
        song = {"track_id": (await ana.get("/tracks")).json()["tracks"][0]["track_id"], "performer_name": "Ana"}
        # Given a guest who has not joined: the door is shut, the windows are not
        assert (await ana.post("/queue/party/items", json=song)).json()["code"] == "join_code_needed"
        assert (await ana.get("/queue/party/items")).status_code == 200
        assert (await ana.get("/queue/party/")).json()["joined"] is False
        # When they join, they add, and are told where they sit
        await ana.post("/queue/party/join", json={"code": code, "table": "7"})
        assert (await ana.post("/queue/party/items", json=song)).status_code == 201
        me = (await ana.get("/queue/party/")).json()
        assert (me["joined"], me["table"]) == (True, "7")
        # Then another cookie of theirs has to join again, and a helper has not
        assert (await ana_again.post("/queue/party/items", json=song)).json()["code"] == "join_code_needed"
        assert (await helper.post("/queue/party/items", json=song)).status_code == 201


async def test_one_command_ends_all_sessions_of_guests_and_the_code(shared_house: House) -> None:
    # Given one guest who added, one who only joined, and a code
    code = await needs_a_code(shared_house)
    async with shared_house.nobody() as ana, shared_house.admin() as host:
        await ana.post("/queue/party/join", json={"code": code})
        # When the party ends
        assert (await host.post("/queue/party/end")).json() == {"ended_guests": 1}
        # Then the browser of each drops its session, and the code lets nobody in again
        ended = await ana.post("/queue/party/join", json={"code": (await host.get("/queue/party/join")).json()["code"]})
        assert (ended.status_code, ended.json()["code"]) == (401, "session_ended")
        assert "session_id" not in ana.cookies
        assert (await ana.post("/queue/party/join", json={"code": code})).json()["code"] == "wrong_join_code"


async def test_nowhere_is_nothing_to_join(shared_house: House) -> None:
    async with shared_house.admin() as host:
        for method, path in (("POST", "join"), ("GET", "join"), ("POST", "join/code"), ("GET", "join.svg")):
            assert (await host.request(method, f"/queue/nowhere/{path}")).json()["code"] == "unknown_queue", path

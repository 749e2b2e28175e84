"""Who gets through to what: each role on each class of routes, with each way to present a credential."""

from typing import Any

import httpx
import pytest

from api_queue.accounts.access import ACCESS
from api_queue.web.identity import MAY
from tests.accounts.house import GUEST, OTHER, PARTY, House, bearer, session
from tests.serving import serving

ADD = ("POST", "/queue/party/items")
HELP = ("PUT", "/queue/party/")
HOST = ("PUT", "/queue/party/settings")
ADMIN = ("GET", "/queue/")
SPEAK = ("POST", "/sessions/party/ended")
BEAT = ("PATCH", "/devices/heartbeat")
LOOK = ("GET", "/queue/party/")
HEALTH = ("GET", "/health")


@pytest.mark.parametrize(
    ("role", "queue", "passes"),
    [
        ("member", None, {ADD, BEAT, LOOK, HEALTH}),  # on their own queue, which the service asks
        ("helper", PARTY, {ADD, HELP, LOOK, HEALTH}),
        ("host", PARTY, {ADD, HELP, HOST, SPEAK, BEAT, LOOK, HEALTH}),
        ("host", OTHER, {ADD, BEAT, LOOK, HEALTH}),  # whose queue the body names is the service's question
        ("admin", None, {ADD, HELP, HOST, ADMIN, SPEAK, BEAT, LOOK, HEALTH}),
        ("speaker", PARTY, {SPEAK, BEAT, LOOK, HEALTH}),
        ("screen", PARTY, {BEAT, LOOK, HEALTH}),
    ],
)
async def test_each_role_passes_where_it_may_and_nowhere_else(
    house: House, client: httpx.AsyncClient, role: str, queue: Any, passes: set[tuple[str, str]]
) -> None:
    login = bearer(await house.token(role, queue))
    for method, path in (ADD, HELP, HOST, ADMIN, SPEAK, BEAT, LOOK, HEALTH):
        answer = await client.request(method, path, headers=login, json={})
        expected = {200, 201} if (method, path) in passes else {403}
        assert answer.status_code in expected, (method, path, answer.text)


@pytest.mark.parametrize(("method", "path"), [HELP, HOST, ADMIN, SPEAK, BEAT])
async def test_nobody_is_401_and_a_guest_403_naming_who_may(client: httpx.AsyncClient, method: str, path: str) -> None:
    nobody = await client.request(method, path)
    assert (nobody.status_code, nobody.json()["code"]) == (401, "missing_credential")
    assert nobody.headers["www-authenticate"] == "Bearer"
    guest = await client.request(method, path, headers=session(GUEST))
    assert (guest.status_code, guest.json()["code"]) == (403, "missing_right")
    assert guest.json()["detail"].startswith("Only ")


async def test_a_token_is_the_same_caller_however_it_comes(house: House, client: httpx.AsyncClient) -> None:
    value = await house.token("host", PARTY)
    jwt = (await house.log_in(client, value))["access_token"]
    answers = [
        (await client.get("/queue/party/", headers=headers)).json()
        for headers in (bearer(value), session(value), bearer(jwt), {"Cookie": f"access_token={jwt}"})
    ]
    assert {answer["role"] for answer in answers} == {"host"}
    assert len({answer["guest_id"] for answer in answers}) == 1


@pytest.mark.parametrize("present", [bearer, session])
@pytest.mark.parametrize("path", ["/queue/party/", "/auth/me"])
async def test_an_unknown_token_is_401_and_never_a_guest(client: httpx.AsyncClient, present: Any, path: str) -> None:
    assert (await client.get(path, headers=present(f"aq_{'a' * 32}"))).status_code == 401


async def test_expired_and_revoked_tokens_are_401(house: House, client: httpx.AsyncClient) -> None:
    expiring = await house.token("host", PARTY, ttl_s=60)
    token, revoked = await house.tokens.create("host", PARTY)
    for value in (expiring, revoked):
        assert (await client.get("/queue/party/", headers=session(value))).status_code == 200
    # When a minute is over, and the other was revoked
    house.clock.ahead_ms = 60_000
    await house.tokens.revoke(token.token_id)
    # Then neither is good, at once and although they were known
    for value in (expiring, revoked):
        assert (await client.get("/queue/party/", headers=session(value))).status_code == 401
        assert (await client.post("/auth", json={"token": value})).status_code == 401


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer a b", "Bearer x.y", "Bearer ...."])
async def test_an_odd_authorization_is_401(client: httpx.AsyncClient, header: str) -> None:
    answer = await client.get("/queue/party/", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "bad_credential")


async def test_a_route_that_is_in_no_table_is_refused_at_the_start_and_when_called(house: House) -> None:
    # Given an app with a route that nobody declared
    app = house.app("forgetful")

    async def handler(*_: object) -> None:
        raise AssertionError("reached")

    app.add_route(handler, "/secret/<name:str>", name="secret")
    # When it starts, then it says which and stops
    with pytest.raises(Exception, match="GET /secret/<name:str>"):
        async with serving(app):
            pass


def test_the_table_names_only_known_kinds_of_access() -> None:
    assert set(ACCESS.values()) <= set(MAY)


async def test_a_wrong_address_is_still_404(client: httpx.AsyncClient) -> None:
    assert (await client.get("/nowhere/at/all")).status_code == 404
    assert (await client.patch("/queue/party/")).status_code == 405

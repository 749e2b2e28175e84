"""Logging in, staying logged in, logging out; and each defect of sanic-jwt that accounts/jwt.py mends."""

import time
import warnings
from typing import Any

import httpx
import jwt
import pytest
import sanic_jwt
from sanic import HTTPResponse, Request, Sanic

from api_queue.accounts.jwt import ALGORITHM, AccessTokenReader, Auth
from api_queue.accounts.models import hash_of
from api_queue.accounts.signing_keys import rotate, signing_keys
from api_queue.accounts.store import SqlLogins
from api_queue.errors import BadCredential
from api_queue.web.replies import reply
from tests.accounts.house import PARTY, House, bearer, session
from tests.serving import NO_TLS, serving

COMMAND = "/queue/party/command/play"


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    full = {"sub": "abc", "login": "def", "iat": now, "exp": now + 60, **changes}
    return {name: value for name, value in full.items() if value is not None}


async def test_a_login_token_becomes_a_jwt_that_plays_music(house: House, client: httpx.AsyncClient) -> None:
    # Given a host who logs in
    answer = await house.log_in(client, await house.token("host", PARTY))
    assert (answer["role"], answer["queue"]) == ("host", "party")
    # When they press play with the access token, then they may
    assert (await client.post(COMMAND, headers=bearer(answer["access_token"]))).status_code == 200


async def test_the_jwt_says_role_queue_and_token_and_no_secret(house: House, client: httpx.AsyncClient) -> None:
    value = await house.token("host", PARTY)
    answer = await house.log_in(client, value)
    payload = jwt.decode(answer["access_token"], options={"verify_signature": False})
    assert (payload["role"], payload["queue"], payload["sub"]) == ("host", "party", hash_of(value)[:12])
    assert value not in str(payload)
    assert answer["refresh_token"] not in str(payload)


# Defect 1: cookies were a 500


async def test_a_login_sets_cookies_that_scripts_and_other_sites_cannot_use(
    house: House, client: httpx.AsyncClient
) -> None:
    answer = await client.post("/auth", json={"token": await house.token("admin")})
    cookies = {line.partition("=")[0]: line for line in answer.headers.get_list("set-cookie")}
    assert set(cookies) == {"access_token", "refresh_token"}
    for line in cookies.values():
        assert "HttpOnly" in line
        assert "SameSite=Strict" in line
        assert "Secure" not in line  # not over plain HTTP, where the browser would drop it
    assert "Path=/auth" in cookies["refresh_token"]
    assert answer.headers["cache-control"] == "no-store"


async def test_the_cookie_alone_is_a_login(house: House, client: httpx.AsyncClient) -> None:
    await client.post("/auth", json={"token": await house.token("host", PARTY)})
    assert (await client.post(COMMAND)).status_code == 200


# Defects 2 and 8 are in the library's decorators, which no route of ours wears


async def test_a_wrong_scope_is_403_and_arguments_are_not_copied(house: House) -> None:
    app, seen = house.app("decorated"), []

    class Uncopied:
        def __deepcopy__(self, _: object) -> "Uncopied":
            raise AssertionError("copied")

    @sanic_jwt.protected()  # type: ignore[untyped-decorator]  # the library has no types
    async def handler(_request: Request, thing: Uncopied) -> HTTPResponse:
        seen.append(thing)
        return reply({})

    async def mine(request: Request, name: str) -> HTTPResponse:
        answer: HTTPResponse = await handler(request, thing=Uncopied())
        return answer

    app.add_route(sanic_jwt.scoped("never")(mine), "/queue/<name:str>/history", name="scoped")
    app.add_route(mine, "/queue/<name:str>/items", name="protected")
    async with serving(app) as url, httpx.AsyncClient(base_url=url, verify=NO_TLS) as client:
        login = bearer((await house.log_in(client, await house.token("admin")))["access_token"])
        assert (await client.get("/queue/party/items", headers=login)).status_code == 200
        refused = await client.get("/queue/party/history", headers=login)
    assert refused.status_code == 403
    assert refused.json()["code"] == "missing_right"
    assert len(seen) == 1


# Defect 3


async def test_the_list_of_claims_does_not_grow(house: House, client: httpx.AsyncClient) -> None:
    auth: Auth = Sanic.get_app("house").ctx.auth
    for _ in range(3):
        await house.log_in(client, await house.token("admin"))
    assert auth.claims == ["exp"]


# Defects 4 and 5, and what a forger would try


def test_a_token_without_an_end_is_refused_and_nothing_warns(house: House) -> None:
    reader = AccessTokenReader(house.keys)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert reader.read(jwt.encode(claims(), house.keys[0], ALGORITHM)).token_id == "abc"
        with pytest.raises(BadCredential):
            reader.read(jwt.encode(claims(exp=None), house.keys[0], ALGORITHM))


@pytest.mark.parametrize(
    ("changes", "key", "algorithm"),
    [
        ({}, b"k" * 32, "HS256"),
        ({}, None, "none"),
        ({}, "own", "HS512"),
        ({"exp": None}, "own", "HS256"),
        ({"sub": None}, "own", "HS256"),
        ({"sub": 7}, "own", "HS256"),
        ({"login": None}, "own", "HS256"),
        ({"exp": 1}, "own", "HS256"),
        ({}, "own", "HS256"),  # well signed, and no login of ours
    ],
    ids=["other key", "none", "other algorithm", "no exp", "no sub", "odd sub", "no login", "expired", "no such login"],
)
async def test_a_forged_jwt_is_401_everywhere(
    house: House, client: httpx.AsyncClient, changes: dict[str, Any], key: Any, algorithm: str
) -> None:
    forged = jwt.encode(claims(**changes), house.keys[0] * 2 if key == "own" else key, algorithm)
    if key == "own" and algorithm == "HS256":
        forged = jwt.encode(claims(**changes), house.keys[0], algorithm)
    for path in ("/queue/party/", "/auth/me", "/auth/verify"):
        assert (await client.get(path, headers=bearer(forged))).status_code == 401
    assert (await client.post(COMMAND, headers=bearer(forged))).status_code == 401


@pytest.mark.parametrize("part", [0, 1, 2])
async def test_a_jwt_that_was_tampered_with_is_401(house: House, client: httpx.AsyncClient, part: int) -> None:
    token = (await house.log_in(client, await house.token("admin")))["access_token"]
    parts = token.split(".")
    parts[part] = parts[part][:-2] + ("AA" if not parts[part].endswith("AA") else "BB")
    assert (await client.get("/queue/", headers=bearer(".".join(parts)))).status_code == 401


# Defect 6


@pytest.mark.parametrize("body", [b"", b"{}", b'{"refresh_token": null}'])
async def test_a_refresh_without_a_token_is_401(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/auth/refresh", content=body)
    assert (answer.status_code, answer.json()["code"]) == (401, "missing_credential")


# Defect 7


async def test_refresh_tokens_are_kept_as_hashes_and_the_key_is_our_own(
    house: House, client: httpx.AsyncClient
) -> None:
    answer = await house.log_in(client, await house.token("admin"))
    login_id, _, secret = answer["refresh_token"].partition(".")
    kept = await SqlLogins(house.engine).login(login_id)
    assert kept is not None
    assert kept.secret_hash == hash_of(secret)
    assert len(house.keys[0]) == 32
    assert (house.folder / "keys" / "jwt").stat().st_mode & 0o777 == 0o600


async def test_refresh_tokens_are_compared_in_constant_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []

    def compare(known: str, presented: str) -> bool:
        compared.append((known, presented))
        return known == presented

    monkeypatch.setattr("api_queue.accounts.logins.hmac.compare_digest", compare)
    token, _ = await house.tokens.create("admin")
    signed_in = await house.logins.start(token)
    with pytest.raises(BadCredential):
        await house.logins.renew(f"{signed_in.login_id}.wrong")
    assert compared == [(hash_of(signed_in.refresh.partition(".")[2]), hash_of("wrong"))]


# The night of a login


async def test_a_refresh_is_good_once_and_answers_with_the_next(house: House, client: httpx.AsyncClient) -> None:
    first = await house.log_in(client, await house.token("host", PARTY))
    second = (await client.post("/auth/refresh", json={"refresh_token": first["refresh_token"]})).json()
    client.cookies.clear()
    assert second["refresh_token"] != first["refresh_token"]
    assert (await client.post(COMMAND, headers=bearer(second["access_token"]))).status_code == 200


async def test_a_browser_refreshes_by_cookie(house: House, client: httpx.AsyncClient) -> None:
    await client.post("/auth", json={"token": await house.token("admin")})
    before = client.cookies["refresh_token"]
    assert (await client.post("/auth/refresh")).status_code == 200
    assert client.cookies["refresh_token"] != before
    assert (await client.get("/queue/")).status_code == 200


async def test_an_old_refresh_token_that_comes_back_ends_the_whole_login(
    house: House, client: httpx.AsyncClient
) -> None:
    # Given a login that was refreshed once
    first = await house.log_in(client, await house.token("host", PARTY))
    second = (await client.post("/auth/refresh", json={"refresh_token": first["refresh_token"]})).json()
    client.cookies.clear()
    # When somebody presents the old refresh token
    reused = await client.post("/auth/refresh", json={"refresh_token": first["refresh_token"]})
    assert reused.status_code == 401
    # Then neither the new one nor its access token is good any more
    assert (await client.post("/auth/refresh", json={"refresh_token": second["refresh_token"]})).status_code == 401
    assert (await client.post(COMMAND, headers=bearer(second["access_token"]))).status_code == 401


async def test_the_same_under_the_names_of_other_programs(house: House, client: httpx.AsyncClient) -> None:
    login = (await client.post("/token", json={"token": await house.token("admin")})).json()
    client.cookies.clear()
    second = (await client.post("/refresh-token", json=login)).json()
    client.cookies.clear()
    assert (await client.get("/me", headers=bearer(second["access_token"]))).json()["role"] == "admin"
    assert (await client.post("/revoke-token", json=second)).json() == {"status": "revoked"}
    assert (await client.get("/me", headers=bearer(second["access_token"]))).status_code == 401


async def test_an_access_token_ends_by_itself_and_says_so(house: House, client: httpx.AsyncClient) -> None:
    login = await house.log_in(client, await house.token("admin"))
    assert (await client.get("/queue/", headers=bearer(login["access_token"]))).status_code == 200
    # When its quarter of an hour is over
    house.clock.ahead_ms = 16 * 60_000
    answer = await client.get("/queue/", headers=bearer(login["access_token"]))
    # Then a page knows that refreshing will help
    assert (answer.status_code, answer.json()["code"]) == (401, "login_expired")


async def test_a_refresh_token_ends_after_its_days(house: House, client: httpx.AsyncClient) -> None:
    login = await house.log_in(client, await house.token("admin"))
    house.clock.ahead_ms = 31 * 86_400_000
    assert (await client.post("/auth/refresh", json=login)).status_code == 401


async def test_a_revoked_login_token_takes_its_logins_along(house: House, client: httpx.AsyncClient) -> None:
    token, value = await house.tokens.create("host", PARTY)
    login = await house.log_in(client, value)
    await house.tokens.revoke(token.token_id)
    assert (await client.post("/auth/refresh", json=login)).status_code == 401
    assert (await client.post(COMMAND, headers=bearer(login["access_token"]))).status_code == 401


async def test_verify_says_whether_a_token_is_good(house: House, client: httpx.AsyncClient) -> None:
    login = await house.log_in(client, await house.token("admin"))
    good = await client.get("/auth/verify", headers=bearer(login["access_token"]))
    assert (good.status_code, good.json()) == (200, {"valid": True})
    assert (await client.get("/auth/verify")).status_code == 401


async def test_me_is_a_guest_too(house: House, client: httpx.AsyncClient) -> None:
    guest = (await client.get("/auth/me", headers=session("a-phone-in-the-room"))).json()
    assert (guest["role"], guest["signed_in"], len(guest["guest_id"])) == ("guest", False, 16)
    login = await house.log_in(client, await house.token("host", PARTY))
    host = (await client.get("/auth/me", headers=bearer(login["access_token"]))).json()
    assert (host["role"], host["queue"], host["signed_in"]) == ("host", "party", True)
    by_token = (await client.get("/auth/me", headers=bearer(await house.token("screen", PARTY)))).json()
    assert by_token["role"] == "screen"


async def test_a_rotated_key_still_verifies_what_it_signed(house: House, client: httpx.AsyncClient) -> None:
    # Given a token signed before a rotation
    login = await house.log_in(client, await house.token("admin"))
    rotate(house.folder / "keys")
    keys = signing_keys(house.folder / "keys")
    assert keys[1] == house.keys[0]
    assert AccessTokenReader(keys).read(login["access_token"])
    # When the key is rotated once more, then it is over
    rotate(house.folder / "keys")
    with pytest.raises(BadCredential):
        AccessTokenReader(signing_keys(house.folder / "keys")).read(login["access_token"])


@pytest.mark.parametrize("body", [{}, {"token": "a", "code": "b"}, {"user": "a", "password": "b"}])
async def test_a_login_is_by_token_or_by_code(client: httpx.AsyncClient, body: dict[str, str]) -> None:
    assert (await client.post("/auth", json=body)).status_code == 422


async def test_the_admin_code_is_good_once_and_for_a_quarter_of_an_hour(
    house: House, client: httpx.AsyncClient
) -> None:
    code = await house.tokens.new_code()
    assert (await client.post("/auth", json={"code": code})).json()["role"] == "admin"
    assert (await client.post("/auth", json={"code": code})).status_code == 401
    late = await house.tokens.new_code()
    house.clock.ahead_ms = 15 * 60_000
    assert (await client.post("/auth", json={"code": late})).status_code == 401


async def test_logging_in_does_not_raise_the_guest_session(house: House, client: httpx.AsyncClient) -> None:
    # Given somebody who planted a session_id in the host's browser
    planted = "planted-by-somebody-else"
    login = await client.post("/auth", json={"token": await house.token("host", PARTY)}, headers=session(planted))
    assert "session_id" not in login.headers.get("set-cookie", "")
    client.cookies.clear()
    # When they come with it after the host has logged in, then they are the guest that they were
    assert (await client.post(COMMAND, headers=session(planted))).status_code == 403

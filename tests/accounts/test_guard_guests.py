"""Guests: how their session begins, what it may be, and what nobody learns from it."""

import re

import httpx
import pytest

from api_queue.settings import Settings
from tests.accounts.house import GUEST, House, bearer, session

ADD = "/queue/party/items"
SECURE = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}


async def test_the_first_write_makes_a_session_and_a_look_does_not(client: httpx.AsyncClient) -> None:
    # Given somebody who only looks
    assert "set-cookie" not in (await client.get("/queue/party/")).headers
    # When they add something
    added = await client.post(ADD, json={})
    # Then they have a session that scripts cannot read, for as long as browsers keep one
    cookie = added.headers["set-cookie"]
    assert cookie.startswith("session_id=g")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert f"Max-Age={400 * 86_400}" in cookie
    assert "Secure" not in cookie
    # And stay the same guest
    first = (await client.get("/auth/me")).json()["guest_id"]
    assert "set-cookie" not in (await client.post(ADD, json={})).headers
    assert (await client.get("/auth/me")).json()["guest_id"] == first


async def test_cookies_are_secure_behind_a_proxy_of_ours_with_tls(house: House) -> None:
    house.settings = Settings(trusted_proxies=("127.0.0.0/8",))
    async with house.open() as client:
        assert "Secure" in (await client.post(ADD, json={}, headers=SECURE)).headers["set-cookie"]
        login = await client.post("/auth", json={"token": await house.token("admin")}, headers=SECURE)
        assert all("Secure" in line for line in login.headers.get_list("set-cookie"))


async def test_nobody_else_can_say_that_it_was_tls(client: httpx.AsyncClient) -> None:
    assert "Secure" not in (await client.post(ADD, json={}, headers=SECURE)).headers["set-cookie"]


@pytest.mark.parametrize(
    "chosen", ["test", "admin", "fifteen-letters", "a" * 129, "sixteen letters!", "café-au-lait-1234"]
)
async def test_a_session_id_that_is_easy_to_guess_is_refused(client: httpx.AsyncClient, chosen: str) -> None:
    answer = await client.get("/queue/party/", headers={b"Cookie": f"session_id={chosen}".encode()})
    assert (answer.status_code, answer.json()["code"]) == (401, "weak_session_id")
    # And a browser that has it from some other program forgets it
    assert "Max-Age=0" in answer.headers["set-cookie"]


async def test_the_demo_takes_any_id_and_knows_its_admin(house: House) -> None:
    house.settings = Settings(profile="demo")
    await house.tokens.add_demo_admin()
    async with house.open() as client:
        guest = (await client.get("/auth/me", headers=session("test"))).json()
        assert (guest["role"], guest["signed_in"]) == ("guest", False)
        assert (await client.get("/queue/party/command/play", headers=session("test"))).status_code == 403
        for admin in (session("admin"), bearer("admin")):
            assert (await client.get("/queue/party/command/play", headers=admin)).status_code == 200


async def test_a_chosen_id_is_never_more_than_a_guest(client: httpx.AsyncClient) -> None:
    for chosen in (GUEST, "admin-admin-admin-admin", "token_of_the_host_itself"):
        assert (await client.get("/auth/me", headers=session(chosen))).json()["role"] == "guest"
        assert (await client.get("/queue/", headers=session(chosen))).status_code == 403


async def test_the_public_id_is_keyed_and_says_nothing_of_the_session(house: House, client: httpx.AsyncClient) -> None:
    shown = (await client.get("/auth/me", headers=session(GUEST))).json()["guest_id"]
    assert re.fullmatch("[a-z2-7]{16}", shown)
    # Given the same session at a server with another key
    key = house.folder / "keys" / "guests"
    assert key.stat().st_mode & 0o777 == 0o600
    key.write_bytes(b"k" * 32)
    assert house.resolver()._guest_id(GUEST) != shown


async def test_sessions_that_we_make_are_never_taken_for_tokens(house: House) -> None:
    resolver = house.resolver()
    made = {resolver.new_guest("127.0.0.1").new_session_id for _ in range(100)}
    assert len(made) == 100
    assert all(value and re.fullmatch("g[0-9a-f]{40}", value) for value in made)


async def test_a_page_opens_with_a_cookie_that_is_no_good_any_more(house: House, client: httpx.AsyncClient) -> None:
    # Given a browser whose login has run out
    login = await house.log_in(client, await house.token("admin"))
    house.clock.ahead_ms = 3_600_000
    stale = {"Cookie": f"access_token={login['access_token']}; session_id={GUEST}"}
    # When it opens a page, then it gets one, and keeps its guest's session
    opened = await client.get("/queue/party/", headers={**stale, "Accept": "text/html,*/*;q=0.8"})
    assert (opened.status_code, opened.json()["role"]) == (200, "guest")
    assert "set-cookie" not in opened.headers
    # And what it fetches then tells it to log in again
    assert (await client.get("/queue/party/", headers=stale)).json()["code"] == "login_expired"

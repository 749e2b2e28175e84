"""Going into a room: who is a guest, who its host, and who only says so."""

import re
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from api_queue.types import QueueName
from tests.house import House, a_house
from tests.karakara.visitors import (
    UNKNOWN_TOKEN,
    a_room,
    host_tokens,
    log_in,
    log_in_as_host,
    password_of,
    refusal,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

SONG = "KAT_TUN_Your_side_Instrumental_"
#: As the clients look for it.
THEIR_PATTERN = re.compile("kksid=([a-z0-9-]+)")
#: No queue is called so, and on our own addresses it may be somebody's.
USER = "3f2b8a1e-3c4d-4e5f-8a9b-0c1d2e3f4a5b"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(
    emptied_redis_url: str, furnished: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """Where one may log in and make queues as often as one likes."""
    often: dict[str, Any] = {"rate_logins_per_minute": 10_000, "queues_guest_per_hour": 10_000}
    async with a_house(emptied_redis_url, furnished, tmp_path_factory.mktemp("house"), **often) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.nobody() as visitor:
        yield visitor


@pytest_asyncio.fixture(loop_scope="module")
async def room(house: House) -> str:
    return await a_room(house)


def cookies(answer: httpx.Response) -> dict[str, str]:
    """By name: what is said of each beside its value."""
    lines = answer.headers.get_list("set-cookie")
    return {line.partition("=")[0]: line.partition("; ")[2] for line in lines}


async def is_host(visitor: httpx.AsyncClient, room: str) -> bool:
    """By what they may do."""
    return (await visitor.get(f"/api/room/{room}/command/stop.json")).status_code == 200


# -- guests ----------------------------------------------------------------------------------------------------


async def test_a_visitor_gets_a_session_that_the_clients_can_read(visitor: httpx.AsyncClient, room: str) -> None:
    answer = await log_in(visitor, room)
    assert (answer.status_code, answer.json()) == (200, {"is_admin": False})
    set_cookie = answer.headers["set-cookie"]
    assert THEIR_PATTERN.search(set_cookie)
    assert {"Path=/", "SameSite=Strict", f"Max-Age={400 * 86_400}"} <= set(set_cookie.split("; "))
    assert "HttpOnly" not in set_cookie
    assert "session_id" not in set_cookie


async def test_who_comes_again_keeps_it(visitor: httpx.AsyncClient, room: str) -> None:
    await log_in(visitor, room)
    first = visitor.cookies["kksid"]
    assert "kksid" in cookies(await log_in(visitor, room))
    assert visitor.cookies["kksid"] == first


@pytest.mark.parametrize(
    "chosen",
    [
        "3f2b8a1e-3c4d-4e5f-8a9b-0c1d2e3f4a5b",  # as KaraKara's own server makes them
        "abcdefghijklmnop-g" + "0" * 40,  # whose halves do not belong together
        f"abcdefghijklmnop-{UNKNOWN_TOKEN}",
        "admin",
        "x" * 5000,
        "abcdefghijklmnop-g" + "0" * 39 + "%0d",
    ],
)
async def test_a_session_that_was_not_made_here_is_replaced(house: House, room: str, chosen: str) -> None:
    async with house.nobody() as visitor:
        visitor.headers["cookie"] = f"kksid={chosen}"
        answer = await log_in(visitor, room)
    assert answer.status_code == 200
    assert answer.cookies["kksid"] != chosen


async def test_the_first_half_of_another_guest_makes_nobody_that_guest(house: House, room: str) -> None:
    async with house.nobody() as ana, house.nobody() as mallory:
        await log_in(ana, room)
        await log_in(mallory, room)
        of_ana, _, _ = ana.cookies["kksid"].partition("-")
        _, _, own = mallory.cookies["kksid"].partition("-")
        mallory.headers["cookie"] = f"kksid={of_ana}-{own}"
        answer = await log_in(mallory, room)
        assert not answer.cookies["kksid"].startswith(of_ana)


async def test_a_login_token_in_the_session_makes_nobody_more_than_a_guest(house: House, room: str) -> None:
    async with house.nobody() as mallory:
        await log_in(mallory, room)
        first, _, _ = mallory.cookies["kksid"].partition("-")
        mallory.headers["cookie"] = f"kksid={first}-{house.admin_token}"
        assert not await is_host(mallory, room)


async def test_cookies_of_our_own_pages_count_for_nothing(house: House, room: str) -> None:
    async with house.nobody() as admin:
        admin.headers["cookie"] = f"session_id={house.admin_token}; access_token={house.admin_token}"
        assert not await is_host(admin, room)
        admin.headers["cookie"] = f"session_id={UNKNOWN_TOKEN}"
        assert (await log_in(admin, room)).status_code == 200


async def test_who_comes_back_after_the_party_is_a_new_guest(
    house: House, visitor: httpx.AsyncClient, room: str
) -> None:
    song = {"track_id": SONG, "performer_name": "Ana", "video_variant": "Default", "subtitle_variant": "Default"}
    add = partial(visitor.post, f"/api/room/{room}/queue.json", json=song)
    await log_in(visitor, room)
    assert (await add()).status_code == 200
    async with house.admin() as admin:
        await admin.post(f"/queue/{room}/end")
        await admin.put(f"/queue/{room}/settings", json={"accepting": True})
    assert "has ended" in (await add()).json()["context"]["exc"]
    assert "kksid" not in visitor.cookies
    await log_in(visitor, room)
    assert (await add()).status_code == 200


# -- the host --------------------------------------------------------------------------------------------------


async def test_the_password_makes_a_host(house: House, visitor: httpx.AsyncClient, room: str) -> None:
    answer = await log_in(visitor, room, await password_of(house, room))
    assert answer.json() == {"is_admin": True}
    said = set(cookies(answer)["kkhost"].split("; "))
    assert {f"Path=/api/room/{room}", "HttpOnly", "SameSite=Strict"} <= said
    assert await is_host(visitor, room)


async def test_it_may_be_typed_in_capitals_and_with_a_space(
    house: House, visitor: httpx.AsyncClient, room: str
) -> None:
    typed = f" {(await password_of(house, room)).upper()} "
    assert (await log_in(visitor, room, typed)).json() == {"is_admin": True}


async def test_the_second_login_of_a_visit_makes_no_second_token(
    house: House, visitor: httpx.AsyncClient, room: str
) -> None:
    await log_in_as_host(house, visitor, room)
    (token,) = await host_tokens(house, room)
    answer = await log_in(visitor, room, await password_of(house, room), create=True)
    assert answer.json() == {"is_admin": True}
    assert "kkhost" not in cookies(answer)
    assert await host_tokens(house, room) == [token]


async def test_a_login_that_is_sent_twice_is_made_twice(house: House, visitor: httpx.AsyncClient, room: str) -> None:
    # Given a program that names a key for each of its requests, and is host
    visitor.headers["idempotency-key"] = "once"
    await log_in_as_host(house, visitor, room)
    kksid = visitor.cookies["kksid"]
    # When it did not get the answer, then it gets the cookies with the next
    visitor.cookies.clear()
    await log_in_as_host(house, visitor, room)
    assert await is_host(visitor, room)
    assert visitor.cookies["kksid"] != kksid


@pytest.mark.parametrize("password", ["", " ", "wrong", "room1", "🎤", "x" * 10_000])
async def test_a_wrong_password_ends_what_a_right_one_gave(
    house: House, visitor: httpx.AsyncClient, room: str, password: str
) -> None:
    await log_in_as_host(house, visitor, room)
    kkhost = visitor.cookies["kkhost"]
    assert (await log_in(visitor, room, password)).json() == {"is_admin": False}
    assert "kkhost" not in visitor.cookies
    assert await host_tokens(house, room) == []
    visitor.headers["cookie"] = f"kkhost={kkhost}"  # kept by whoever has stolen it
    assert not await is_host(visitor, room)


async def test_the_host_of_one_room_is_a_guest_in_another(house: House, visitor: httpx.AsyncClient, room: str) -> None:
    other = await a_room(house)
    await log_in_as_host(house, visitor, room)
    visitor.headers["cookie"] = f"kkhost={visitor.cookies['kkhost']}"
    assert await is_host(visitor, room)
    assert not await is_host(visitor, other)
    assert (await log_in(visitor, other)).json() == {"is_admin": False}
    assert len(await host_tokens(house, room)) == 1
    assert (await log_in(visitor, other, await password_of(house, room))).json() == {"is_admin": False}


@pytest.mark.parametrize("kkhost", [UNKNOWN_TOKEN, "admin", "", "eyJ.eyJ.x", "kk_" + "a" * 32])
async def test_a_host_who_is_none_is_a_guest_and_never_refused(house: House, room: str, kkhost: str) -> None:
    async with house.nobody() as visitor:
        visitor.headers["cookie"] = f"kkhost={kkhost}"
        assert (await log_in(visitor, room)).json() == {"is_admin": False}
        assert refusal(await visitor.get(f"/api/room/{room}/command/play.json"))[0] == 403


async def test_a_host_by_the_password_is_none_on_our_own_addresses(
    house: House, visitor: httpx.AsyncClient, room: str
) -> None:
    """Where hosts make hosts, who would stay when the password is changed."""
    await log_in_as_host(house, visitor, room)
    kkhost = visitor.cookies["kkhost"]
    async with house.nobody() as mallory:
        invite = partial(mallory.post, f"/queue/{room}/invite", json={"role": "host"})
        assert (await invite(headers={"Authorization": f"Bearer {kkhost}"})).status_code == 401
        assert (await invite(headers={"Cookie": f"session_id={kkhost}"})).status_code in {401, 403}
        assert (await mallory.post("/auth", json={"token": kkhost})).status_code == 401


async def test_a_login_token_is_no_cookie_of_a_host(house: House, visitor: httpx.AsyncClient, room: str) -> None:
    visitor.headers["cookie"] = f"kkhost={house.admin_token}"
    assert not await is_host(visitor, room)


async def test_who_was_made_host_can_be_seen_in_the_audit(house: House, visitor: httpx.AsyncClient, room: str) -> None:
    await log_in_as_host(house, visitor, room)
    (token,) = await host_tokens(house, room)
    lines = await house.parts.audit.lines(10)
    assert (token, "login", room) in [(line.token_id, line.action, line.queue) for line in lines]


async def test_a_program_may_bring_a_login_of_its_own(house: House, room: str) -> None:
    async with house.admin() as admin:
        assert await is_host(admin, room)


async def test_a_wrong_password_does_not_end_the_login_of_a_program(house: House, room: str) -> None:
    async with house.admin() as admin:
        await log_in(admin, room, "wrong")
        assert await is_host(admin, room)


async def test_a_login_that_a_program_brings_must_be_good(house: House, visitor: httpx.AsyncClient, room: str) -> None:
    visitor.headers["authorization"] = f"Bearer {UNKNOWN_TOKEN}"
    assert refusal(await log_in(visitor, room))[0] == 401


async def test_the_right_ends_with_the_queue(house: House, visitor: httpx.AsyncClient, room: str) -> None:
    await log_in_as_host(house, visitor, room)
    before = await password_of(house, room)
    async with house.admin() as admin:
        await admin.delete(f"/queue/{room}")
        await admin.post("/queue", json={"kind": "named", "name": room})
    assert not await is_host(visitor, room)
    assert await password_of(house, room) != before


# -- rooms that are not there ----------------------------------------------------------------------------------


@pytest.mark.parametrize("room", ["nowhere", "Party", "a-room", "u_4gq7zk2m9a", "x" * 17, "%C3%A4", "a%0d%0ab", USER])
async def test_a_room_that_is_not_there_is_not_found(visitor: httpx.AsyncClient, room: str) -> None:
    status, message = refusal(await log_in(visitor, room, "wrong"))
    assert status == 404
    assert message.startswith("Room '")
    assert message.endswith("' not found")


async def test_create_makes_it_for_a_while_and_for_anybody(house: House, visitor: httpx.AsyncClient) -> None:
    answer = await log_in(visitor, "newroom", "newroom", create=True)
    assert (answer.status_code, answer.json()) == (200, {"is_admin": False})
    made = await house.parts.queues.queue(QueueName("newroom"))
    assert (made.kind, made.settings.command_semantics) == ("transient", "karakara")


async def test_a_new_room_is_set_as_one_that_is_not_there(visitor: httpx.AsyncClient) -> None:
    before = (await visitor.get("/api/room/soon/settings.json")).json()
    await log_in(visitor, "soon", "x", create=True)
    assert (await visitor.get("/api/room/soon/settings.json")).json() == before
    assert before["hidden_tags"] == ["red:duplicate"]


async def test_create_of_one_that_is_there_changes_nothing(house: House, visitor: httpx.AsyncClient, room: str) -> None:
    before = await house.parts.queues.queue(QueueName(room))
    assert (await log_in(visitor, room, "x", create=True)).status_code == 200
    after = await house.parts.queues.queue(QueueName(room))
    assert (after.rev, after.created_at_ms, after.settings) == (before.rev, before.created_at_ms, before.settings)


@pytest.mark.parametrize("room", ["new", "events"])
async def test_create_makes_none_of_a_word_of_our_addresses(visitor: httpx.AsyncClient, room: str) -> None:
    assert refusal(await log_in(visitor, room, "x", create=True))[0] == 400


# -- what is no login ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"password": 5}', b'{"password": null}', b"\xff", b"{" * 5000])
async def test_without_a_password_it_is_refused(visitor: httpx.AsyncClient, room: str, body: bytes) -> None:
    assert refusal(await visitor.post(f"/api/room/{room}/login.json", content=body))[0] == 400


async def test_a_huge_body_is_refused(visitor: httpx.AsyncClient, room: str) -> None:
    answer = await log_in(visitor, room, "x" * 70_000)
    assert refusal(answer)[0] == 413


async def test_a_page_of_another_site_cannot_log_anybody_in(visitor: httpx.AsyncClient, room: str) -> None:
    visitor.headers["origin"] = "https://elsewhere.example"
    assert refusal(await log_in(visitor, room))[0] == 403

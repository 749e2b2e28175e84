"""What a server lets nobody do too often, and what its operator has decided of rooms."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from api_queue.drivers.redis import Redis
from tests.house import House, a_house
from tests.karakara.visitors import a_room, host_tokens, log_in, password_of, refusal


@pytest.fixture
def folder(redis: Redis, furnished: Path, tmp_path: Path) -> tuple[Path, Path]:
    """With an empty Redis beside it."""
    assert redis
    return furnished, tmp_path


@asynccontextmanager
async def visited(
    redis_url: str, folder: tuple[Path, Path], **settings: Any
) -> AsyncIterator[tuple[House, httpx.AsyncClient]]:
    async with a_house(redis_url, *folder, **settings) as house, house.nobody() as visitor:
        yield house, visitor


async def test_wrong_passwords_are_counted_and_no_others(redis_url: str, folder: tuple[Path, Path]) -> None:
    """The clients log in twice at each visit, most often without a password."""
    async with visited(redis_url, folder, rate_logins_per_minute=3) as (house, visitor):
        room = await a_room(house)
        right = await password_of(house, room)
        for password in (*(" ", right, "") * 4, "wrong", "wrong", "wrong"):
            assert (await log_in(visitor, room, password)).status_code == 200
        answer = await log_in(visitor, room, "wrong")
        assert refusal(answer)[0] == 429
        assert int(answer.headers["retry-after"]) == answer.json()["context"]["retry_after"]
        assert refusal(await log_in(visitor, room, right))[0] == 429  # else one would go on guessing until 200
        assert (await log_in(visitor, room, "")).status_code == 200


async def test_a_guest_who_guesses_does_not_keep_the_host_out(redis_url: str, folder: tuple[Path, Path]) -> None:
    """They share the address of the house."""
    async with visited(redis_url, folder, rate_logins_per_minute=2) as (house, host), house.nobody() as mallory:
        room = await a_room(house)
        right = await password_of(house, room)
        await log_in(host, room, right)
        guesses = [(await log_in(mallory, room, f"guess{number}")).status_code for number in range(3)]
        assert guesses == [200, 200, 429]
        assert (await log_in(host, room, right)).json() == {"is_admin": True}


async def test_a_new_session_for_each_guess_helps_nobody(redis_url: str, folder: tuple[Path, Path]) -> None:
    async with visited(redis_url, folder, rate_logins_per_minute=2) as (house, _):
        room, answers = await a_room(house), []
        for number in range(4):
            async with house.nobody() as mallory:
                answers.append((await log_in(mallory, room, f"guess{number}")).status_code)
        assert answers == [200, 200, 429, 429]


async def test_who_forgets_their_cookies_again_and_again_makes_no_heap_of_tokens(
    redis_url: str, folder: tuple[Path, Path]
) -> None:
    async with visited(redis_url, folder, rate_mints_per_minute=2) as (house, visitor):
        room = await a_room(house)
        answers = []
        for _ in range(4):
            visitor.cookies.clear()
            answers.append((await log_in(visitor, room, await password_of(house, room))).status_code)
        assert answers == [200, 200, 429, 429]
        assert len(await host_tokens(house, room)) == 2


async def test_rooms_are_counted_as_any_queue_of_a_guest(redis_url: str, folder: tuple[Path, Path]) -> None:
    async with visited(redis_url, folder, queues_guest_per_hour=2) as (_, visitor):
        answers = [(await log_in(visitor, f"mine{n}", "x", create=True)).status_code for n in range(3)]
        assert answers == [200, 200, 429]


async def test_where_guests_make_no_queues_they_make_no_rooms(redis_url: str, folder: tuple[Path, Path]) -> None:
    async with visited(redis_url, folder, queues_guest="off") as (_, visitor):
        assert refusal(await log_in(visitor, "mine", "mine", create=True))[0] == 403
        assert refusal(await log_in(visitor, "mine"))[0] == 404


async def test_an_operator_may_have_the_name_for_a_password(redis_url: str, folder: tuple[Path, Path]) -> None:
    async with visited(redis_url, folder, karakara_password="name") as (house, visitor):
        assert (await log_in(visitor, "kara", "kara", create=True)).json() == {"is_admin": True}
        assert (await visitor.get("/api/room/kara/command/stop.json")).status_code == 200
        assert (await log_in(visitor, "kara", "karaoke")).json() == {"is_admin": False}
        assert (await log_in(visitor, "kara", "kara")).json() == {"is_admin": True}
        async with house.admin() as admin:
            shown = (await admin.get("/queue/kara/room")).json()
            changed = await admin.post("/queue/kara/room/password")
        # It cannot be changed there, and whoever is host stays so
        assert (changed.status_code, changed.json()["code"]) == (409, "password_is_name")
        assert (await visitor.get("/api/room/kara/command/stop.json")).status_code == 200
    assert shown["password"] == "kara"
    assert "Everybody knows this password" in shown["warning"]


async def test_an_operator_may_want_none_of_it(redis_url: str, folder: tuple[Path, Path]) -> None:
    async with visited(redis_url, folder, karakara_enabled=False) as (house, visitor):
        for address in ("/api/room/party/settings.json", "/api/misc/time.json", "/player3/", "/files/tracks.json"):
            answer = await visitor.get(address)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        async with house.admin() as admin:
            assert (await admin.get("/queue/party/room")).status_code == 404

"""A password that has got around, and the one after it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from api_queue.accounts.service import TokenService
from api_queue.types import QueueName
from tests.engines.keys import keys_like
from tests.house import House
from tests.karakara.visitors import a_room, host_tokens, log_in, log_in_as_host, password_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def house(shared_house: House) -> House:
    return shared_house


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.nobody() as visitor:
        yield visitor


@pytest_asyncio.fixture(loop_scope="module")
async def room(house: House) -> str:
    return await a_room(house)


async def is_host(visitor: httpx.AsyncClient, room: str) -> bool:
    """By what they may do."""
    return (await visitor.get(f"/api/room/{room}/command/stop.json")).status_code == 200


async def new_password(house: House, room: str) -> str:
    async with house.admin() as admin:
        answer = await admin.post(f"/queue/{room}/room/password")
        assert answer.status_code == 200
        assert answer.json() == (await admin.get(f"/queue/{room}/room")).json()
    return str(answer.json()["password"])


async def test_a_new_password_leaves_no_host_of_the_old_one(
    house: House, visitor: httpx.AsyncClient, room: str
) -> None:
    # Given a host by the password, who has kept their login, and one whom the admin has made
    before = await password_of(house, room)
    await log_in_as_host(house, visitor, room)
    _, of_admin = await house.parts.tokens.create("host", QueueName(room), label="Ana")
    # When the password is changed
    after = await new_password(house, room)
    # Then the old one is good for nothing more, the new one is, and nobody else has lost anything
    assert not await is_host(visitor, room)
    assert await host_tokens(house, room) == []
    assert (await log_in(visitor, room, before)).json() == {"is_admin": False}
    assert (await log_in(visitor, room, after)).json() == {"is_admin": True}
    async with house.nobody() as ana:
        ana.headers["authorization"] = f"Bearer {of_admin}"
        assert await is_host(ana, room)


async def test_a_new_password_is_of_one_room(house: House, visitor: httpx.AsyncClient, room: str) -> None:
    other = await a_room(house)
    await log_in_as_host(house, visitor, other)
    await new_password(house, room)
    assert len(await host_tokens(house, other)) == 1


async def test_who_logs_in_while_the_password_is_changed_is_no_host(
    house: House, visitor: httpx.AsyncClient, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await password_of(house, room)
    create = TokenService.create

    async def changed_first(*args: Any, **more: Any) -> Any:
        await new_password(house, room)
        return await create(*args, **more)

    monkeypatch.setattr(TokenService, "create", changed_first)
    assert (await log_in(visitor, room, before)).json() == {"is_admin": False}
    assert "kkhost" not in visitor.cookies
    assert await host_tokens(house, room) == []


async def test_only_the_host_changes_it(house: House, visitor: httpx.AsyncClient, room: str) -> None:
    before = await password_of(house, room)
    assert (await visitor.post(f"/queue/{room}/room/password")).status_code == 401
    async with house.guest() as guest:
        assert (await guest.post(f"/queue/{room}/room/password")).status_code == 403
    assert await password_of(house, room) == before


async def test_a_change_that_is_sent_twice_happens_once_and_its_password_is_kept_nowhere(
    house: House, room: str
) -> None:
    async with house.admin() as admin:
        admin.headers["idempotency-key"] = "once"
        first = (await admin.post(f"/queue/{room}/room/password")).json()["password"]
        again = (await admin.post(f"/queue/{room}/room/password")).json()["password"]
    assert (await password_of(house, room), again) == (first, "***")


async def test_of_a_room_that_is_not_there_nothing_is_changed(house: House) -> None:
    async with house.admin() as admin:
        assert (await admin.post("/queue/nowhere/room/password")).status_code == 404
    assert "nowhere" not in "".join(await keys_like(house.parts.redis, "*"))

"""The door of programs: API keys, and what other callers hear there."""

import asyncio
import logging
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
import structlog

from api_queue.accounts.api_keys import queue_rights
from api_queue.settings import Settings
from api_queue.web.programs import RIGHTS
from tests.accounts.house import GUEST, PARTY, House, bearer, session

ME = "/api/v1/auth/me"
ORDERS = "/api/v1/auth/permissions/orders"
NOTHING = dict.fromkeys(("can_read", "can_write", "can_delete", "can_manage"), False)


def key(value: str) -> dict[str, str]:
    return {"X-API-Key": value}


async def made(house: House, **queues: list[str]) -> dict[str, str]:
    return key(await house.api_keys.create("Lamps", queue_rights(queues)))


async def test_a_program_hears_what_its_key_is_good_for(house: House, client: httpx.AsyncClient) -> None:
    answer = await client.get(ME, headers=await made(house, orders=["WRITE", "READ"], lamps=["DELETE"]))
    assert answer.status_code == 200
    assert answer.json() == {
        "description": "Lamps",
        "accessible_queues": ["lamps", "orders"],
        "queue_permissions": {
            "lamps": {**NOTHING, "permissions": ["delete"], "can_delete": True},
            "orders": {**NOTHING, "permissions": ["read", "write"], "can_read": True, "can_write": True},
        },
        "total_accessible_queues": 2,
    }


async def test_a_star_is_told_as_such(house: House, client: httpx.AsyncClient) -> None:
    told = (await client.get(ME, headers=key(await house.api_keys.create("All", queue_rights({"*": ["read"]}))))).json()
    assert (told["accessible_queues"], told["total_accessible_queues"]) == (["*"], 1)
    assert told["queue_permissions"] == {"*": {**NOTHING, "permissions": ["read"], "can_read": True}}


@pytest.mark.parametrize(
    ("queue", "can"),
    [
        ("orders", {"can_write"}),
        ("orders.dead", {"can_write"}),
        ("lamps", set()),
        ("_jobs.scan", set()),
        ("a b", set()),
        ("order%73", {"can_write"}),
    ],
)
async def test_a_program_may_ask_about_one_queue(
    house: House, client: httpx.AsyncClient, queue: str, can: set[str]
) -> None:
    headers = await made(house, orders=["write"])
    told = (await client.get(f"/api/v1/auth/permissions/{queue}", headers=headers)).json()
    expected = {**NOTHING, **dict.fromkeys(can, True)}
    assert told == {"queue_name": unquote(queue), "has_access": bool(can), **expected}


@pytest.mark.parametrize("path", [ME, ORDERS])
@pytest.mark.parametrize("headers", [{}, key(""), session(GUEST)])
async def test_without_a_key_a_program_hears_how_to_send_one(
    client: httpx.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    answer = await client.get(path, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "missing_api_key")
    assert answer.json()["detail"] == "This is for programs: send an API key in the header X-API-Key."
    assert answer.headers["www-authenticate"] == "ApiKey"


async def test_a_wrong_key_is_told_in_the_words_that_clients_know(client: httpx.AsyncClient) -> None:
    answer = await client.get(ME, headers={**key("wrong"), **session(GUEST)})
    assert (answer.status_code, answer.json()["detail"]) == (401, "Invalid API key")
    assert answer.headers["www-authenticate"] == "ApiKey"
    assert "set-cookie" not in answer.headers  # the session beside it is not what is wrong


@pytest.mark.parametrize("value", [b"\xff\xfe", "ä".encode(), b"a b", b"x" * 4000])
async def test_odd_bytes_are_a_wrong_key(client: httpx.AsyncClient, value: bytes) -> None:
    answer = await client.get(ME, headers={b"X-API-Key": value})
    assert (answer.status_code, answer.json()["detail"]) == (401, "Invalid API key")


@pytest.mark.parametrize("present", [bearer, session])
async def test_an_admin_may_do_all_that_programs_may(house: House, client: httpx.AsyncClient, present: Any) -> None:
    told = (await client.get(ME, headers=present(await house.token("admin")))).json()
    assert told["queue_permissions"]["*"]["permissions"] == list(RIGHTS)


@pytest.mark.parametrize(("role", "queue"), [("host", PARTY), ("speaker", PARTY), ("member", None)])
async def test_no_other_login_is_a_program(house: House, client: httpx.AsyncClient, role: str, queue: Any) -> None:
    answer = await client.get(ME, headers=bearer(await house.token(role, queue)))
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_right")
    assert answer.json()["detail"] == "Only a program with an API key, or an admin may do this."


@pytest.mark.parametrize(("method", "path"), [("GET", "/queue/"), ("PUT", "/queue/party/settings")])
async def test_a_key_opens_no_other_door(house: House, client: httpx.AsyncClient, method: str, path: str) -> None:
    value = await house.api_keys.create("All", queue_rights({"*": RIGHTS}))
    for headers in (key(value), bearer(value)):
        assert (await client.request(method, path, headers=headers)).status_code == 401


async def test_a_revoked_key_is_wrong_at_once(house: House, client: httpx.AsyncClient) -> None:
    headers = await made(house, orders=["read"])
    assert (await client.get(ME, headers=headers)).status_code == 200
    (known,) = await house.api_keys.keys()
    await house.api_keys.revoke(known.program.key_id)
    async with asyncio.timeout(4):  # the worker hears of it on a connection of its own
        while (answer := await client.get(ME, headers=headers)).status_code == 200:
            pass
    assert (answer.status_code, answer.json()["detail"]) == (401, "Invalid API key")


async def test_guessing_keys_is_limited_and_good_ones_are_not(house: House) -> None:
    house.settings = Settings(rate_logins_per_minute=3)
    headers = await made(house, orders=["read"])
    async with house.open() as client:
        guesses = [(await client.get(ME, headers=key(f"guess-{n}"))).status_code for n in range(5)]
        assert guesses == [401, 401, 401, 429, 429]
        # And a program at the same address goes on
        assert {(await client.get(ME, headers=headers)).status_code for _ in range(20)} == {200}


async def test_a_write_that_is_sent_twice_happens_once_for_each_program(
    house: House, client: httpx.AsyncClient
) -> None:
    # Given two programs that number their requests alike, and each send one twice
    programs = [await made(house, orders=["write"]) for _ in range(2)]
    for headers in programs * 2:
        answer = await client.post(
            "/api/v1/queues/orders/messages", json={"a": 1}, headers={**headers, "Idempotency-Key": "1"}
        )
        assert answer.status_code == 201
    # Then each has written once
    assert house.added == [{"a": 1}, {"a": 1}]


async def test_a_page_of_another_site_writes_nothing_with_an_admins_cookie(
    house: House, client: httpx.AsyncClient
) -> None:
    headers = {**session(await house.token("admin")), "Origin": "https://elsewhere.example"}
    answer = await client.post("/api/v1/queues/orders/messages", json={}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")


async def test_a_good_key_asks_redis_for_nothing(house: House, client: httpx.AsyncClient) -> None:
    headers = await made(house, orders=["read"])
    await client.get(ME, headers=headers)
    before = await commands(house)
    await client.get(ME, headers=headers)
    assert await commands(house) == before


async def commands(house: House) -> dict[str, int]:
    """But those of whoever only connects: a listener does when it can."""
    stats = await house.redis.call("INFO", "commandstats")
    return {name: seen["calls"] for name, seen in stats.items() if name not in {"cmdstat_info", "cmdstat_hello"}}


async def test_no_log_line_has_a_key(house: House, client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    headers = await made(house, orders=["read"])
    with structlog.testing.capture_logs() as ours:
        for sent in (headers, key("hunter2-guessed")):
            await client.get(ME, headers=sent)
    theirs = "".join(f"{record.getMessage()}{vars(record)}" for record in caplog.records if record.name != "httpcore")
    assert headers["X-API-Key"][4:] not in f"{ours}{theirs}"
    assert "hunter2" not in f"{ours}{theirs}"

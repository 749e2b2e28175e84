"""What PyQueue Server does wrong, one test for each: we do not. docs/decisions/0012-messages.md has the numbers."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api_queue.drivers.redis import Redis
from tests.house import House, a_house
from tests.messages.programs import ORDERS, QUEUES, a_program, ids, receive, send
from tests.messages.stores import KINDS


@pytest.fixture(params=KINDS)
async def shop(
    request: pytest.FixtureRequest, redis: Redis, redis_url: str, furnished: Path, tmp_path: Path
) -> AsyncIterator[House]:
    """A server with one of the storages, where three receives are too many."""
    storage = {"messages_storage": request.param, "messages_receive_max": 2}
    async with a_house(redis_url, furnished, tmp_path, **storage) as house:
        yield house


@pytest.fixture
async def program(shop: House) -> AsyncIterator[httpx.AsyncClient]:
    async with await a_program(shop) as client:
        yield client


async def count(program: httpx.AsyncClient) -> int:
    return int((await program.get(f"{ORDERS}/info")).json()["message_count"])


async def give_back(program: httpx.AsyncClient, message: dict[str, Any]) -> None:
    address = f"{ORDERS}/messages/{message['receipt_handle']}/visibility"
    assert (await program.post(address, json={"visibility_timeout": 0})).status_code == 200


async def test_1_and_2_delete_after_receive_deletes_what_it_returns_and_no_more(program: httpx.AsyncClient) -> None:
    await send(program, "a", "b", "c", "d", "e")
    assert ids(await receive(program, max_messages=2, delete_after_receive="true")) == ["a", "b"]
    assert ids(await receive(program)) == ["c", "d", "e"]


async def test_3_the_clients_id_is_kept_and_what_is_held_is_not_listed_and_sizes_are_known(
    program: httpx.AsyncClient,
) -> None:
    await send(program, "a", "b", "a")
    assert await count(program) == 2
    await receive(program, max_messages=1, visibility_timeout=60)
    assert ids((await program.get(f"{ORDERS}/messages")).json()["messages"]) == ["b"]
    assert (await program.get(f"{ORDERS}/info")).json()["queue_size_bytes"] == 2 * len('{"n":"a"}')


async def test_4_limits_are_kept_to(shop: House, program: httpx.AsyncClient) -> None:
    large = {"message_body": "x" * shop.parts.settings.messages_max_bytes}
    assert (await program.post(f"{ORDERS}/messages", json=large)).status_code == 413
    await send(program, "a")
    for receives in (1, 2):
        (message,) = await receive(program)
        assert message["receive_count"] == receives
        await give_back(program, message)
    assert await receive(program) == []
    assert ids((await program.get(f"{ORDERS}/dead-letters")).json()["messages"]) == ["a"]


async def test_5_what_is_over_is_counted_as_available_before_anybody_receives(program: httpx.AsyncClient) -> None:
    await send(program, "a")
    (message,) = await receive(program)
    await give_back(program, message)
    info = (await program.get(f"{ORDERS}/info")).json()
    assert (info["available_messages"], info["in_flight_messages"]) == (1, 0)
    (shown,) = (await program.get(f"{ORDERS}/messages")).json()["messages"]
    assert (shown["status"], shown["receipt_handle"]) == ("available", None)


async def test_6_the_clients_word_for_the_limit_is_understood(program: httpx.AsyncClient) -> None:
    await send(program, *(f"m{number}" for number in range(12)))
    assert (await program.get(f"{ORDERS}/messages", params={"max_messages": 12})).json()["count"] == 12
    assert (await program.get(f"{ORDERS}/messages")).json()["count"] == 10


async def test_7_both_names_of_the_body_are_understood(program: httpx.AsyncClient) -> None:
    for name in ("message", "message_body"):
        assert (await program.post(f"{ORDERS}/messages", json={name: {"content": "Hello World"}})).status_code == 200
    assert [message["message_body"] for message in await receive(program)] == [{"content": "Hello World"}] * 2


async def test_9_neither_keys_nor_messages_are_in_the_log(
    program: httpx.AsyncClient, capfd: pytest.CaptureFixture[str]
) -> None:
    await program.post(f"{ORDERS}/messages", json={"message_body": {"card": "4111111111111111"}})
    await receive(program)
    await program.post(f"{ORDERS}/messages", content=b'{"message_body": {"card": "4111111111111111"')
    out, err = capfd.readouterr()
    assert "4111111111111111" not in out + err
    assert program.headers["X-API-Key"][:12] not in out + err


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "%2e%2e", "..", ".env", "a%00b"])
async def test_9_no_name_of_a_queue_leads_to_another_file(program: httpx.AsyncClient, name: str) -> None:
    answer = await program.post(f"{QUEUES}/{name}/messages", json={"message_body": {}})
    assert answer.status_code in {404, 405, 422}


async def test_10_only_queues_are_listed(shop: House, program: httpx.AsyncClient) -> None:
    (shop.parts.settings.data / "api_keys.json").write_text("{}")
    await send(program, "a")
    assert [each["queue_name"] for each in (await program.get(QUEUES)).json()["queues"]] == ["orders"]

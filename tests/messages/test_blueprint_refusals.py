"""What the REST API of messages refuses, and with what words; and how large a body may be."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from tests.house import House
from tests.messages.programs import ORDERS, QUEUES, a_program

#: One server for all: what is refused leaves nothing behind, and who counts empties the queue first.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    return shared_house


@pytest_asyncio.fixture(loop_scope="module")
async def program(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """With all rights everywhere, and no message anywhere."""
    async with await a_program(house) as client:
        await client.delete(f"{ORDERS}/messages")
        yield client


@pytest.mark.parametrize("name", ["_jobs.scan", ".hidden", "a b", "a%2Fb", "%2e%2e", "x" * 81, "orders.dead.dead", "é"])
async def test_what_is_no_name_of_a_queue_is_refused_in_words(program: httpx.AsyncClient, name: str) -> None:
    answer = await program.get(f"{QUEUES}/{name}/messages")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_message_queue_name")
    assert "use 1 to 80 of A-Z" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "message_body must be there, and be an object or a text"),
        (b"{}", "message_body must be there"),
        (b'{"message_body": 5}', "message_body must be there, and be an object or a text"),
        (b'{"message_body": [1]}', "message_body must be there, and be an object or a text"),
        (b'{"message_body": null}', "message_body must be there"),
        (b'{"message_body": {"a": }}', "malformed"),
        (b'{"message_body": {"a": "\xff"}}', "UTF-8"),
        (b'{"message_body": {}, "id": ""}', "1 to 200 characters"),
        (b'{"message_body": {}, "id": 7}', "id"),
        (b'{"message_body": {}, "timestamp": "soon"}', "timestamp must be ISO 8601"),
        (b'{"message_body": {}, "timestamp": "2026-01-17|10:00:00"}', "timestamp must be ISO 8601"),
        (b'{"message_body": {}, "timestamp": "2026-01-17\\n10:00:00"}', "timestamp must be ISO 8601"),
        (b'{"message_body": {}, "delay_seconds": 901}', "delay_seconds"),
        (b"[1]", "one JSON object"),
        (b'{"a":' * 2000, ""),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused_in_words(
    program: httpx.AsyncClient, body: bytes, reason: str
) -> None:
    answer = await program.post(f"{ORDERS}/messages", content=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert reason in answer.json()["detail"]


@pytest.mark.parametrize(
    "query",
    ["max_messages=0", "max_messages=101", "max_messages=many", "visibility_timeout=0", "visibility_timeout=43201",
     "wait_time=21", "wait_time=-1", "only_new=maybe", "consumer_id=a%0Ab", "consumer_id=a%0A"],
)  # fmt: skip
async def test_a_wish_out_of_bounds_is_refused(program: httpx.AsyncClient, query: str) -> None:
    answer = await program.post(f"{ORDERS}/messages/receive?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_query")
    assert query.partition("=")[0] in answer.json()["detail"]


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "offset=-1", "offset=x"])
async def test_a_page_out_of_bounds_is_refused(program: httpx.AsyncClient, query: str) -> None:
    assert (await program.get(f"{ORDERS}/messages?{query}")).status_code == 422


async def test_a_form_is_a_body_too(program: httpx.AsyncClient) -> None:
    assert (await program.post(f"{ORDERS}/messages", data={"message": "by curl", "id": "a"})).status_code == 200
    assert (await program.get(f"{ORDERS}/message/a")).json()["message_body"] == {"content": "by curl"}


# -- sizes -----------------------------------------------------------------------------------------------------


async def test_a_large_message_fits_and_a_larger_one_is_refused(program: httpx.AsyncClient) -> None:
    most = 262_144
    around = len('{"a":""}')
    fits = await program.post(f"{ORDERS}/messages", content=b'{"message_body": {"a":"%s"}}' % (b"x" * (most - around)))
    assert fits.status_code == 200, fits.text
    over = await program.post(
        f"{ORDERS}/messages", content=b'{"message_body": {"a":"%s"}}' % (b"x" * (most - around + 1))
    )
    assert (over.status_code, over.json()["limit_bytes"], over.json()["size_bytes"]) == (413, most, most + 1)
    far_over = await program.post(f"{ORDERS}/messages", content=b'{"message_body": "%s"}' % (b"x" * 4 * most))
    assert (far_over.status_code, far_over.json()["code"]) == (413, "too_large")
    assert far_over.json()["detail"] == "The body is larger than the 851968 bytes that are allowed here."
    assert (await program.get(f"{ORDERS}/info")).json()["queue_size_bytes"] == most


async def test_other_routes_take_no_large_body_and_nobody_without_a_key_sends_one(
    house: House, program: httpx.AsyncClient
) -> None:
    large = b'{"message_ids": ["%s"]}' % (b"x" * 100_000)
    refused = await program.post(f"{ORDERS}/messages/check-existence", content=large)
    assert (refused.status_code, refused.json()["limit_bytes"]) == (413, 65_536)
    async with house.nobody() as nobody:
        try:
            refused = await nobody.post(f"{ORDERS}/messages", content=b"x" * 200_000)
            assert refused.status_code == 401
        except httpx.WriteError:  # the door was shut before all of it was through
            pass
    assert (await program.get(f"{ORDERS}/info")).json()["message_count"] == 0


async def test_the_same_key_of_idempotency_sends_once(program: httpx.AsyncClient) -> None:
    again = {"Idempotency-Key": "one"}
    first = await program.post(f"{ORDERS}/messages", json={"message_body": {}}, headers=again)
    second = await program.post(f"{ORDERS}/messages", json={"message_body": {}}, headers=again)
    other = await program.post(f"{ORDERS}/messages", json={"message_body": {"b": 1}}, headers=again)
    assert first.json() == second.json()
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert (await program.get(f"{ORDERS}/info")).json()["message_count"] == 1

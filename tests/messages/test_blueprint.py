"""The REST API, route by route: what is asked for, what is answered, who may, and every refusal in words."""

import asyncio
from datetime import datetime

import httpx
import pytest

from tests.house import House
from tests.messages.programs import ORDERS, QUEUES, a_program, ids, receive, send

RIGHTS = {
    "write": [("POST", "/messages"), ("POST", "/messages/batch"), ("PUT", "/messages/by-id/a")],
    "read": [
        ("GET", "/messages"),
        ("POST", "/messages/receive"),
        ("GET", "/message/a"),
        ("POST", "/messages/check-existence"),
        ("GET", "/info"),
        ("GET", "/health"),
        ("GET", "/dead-letters"),
        ("POST", "/messages/receipt_a/visibility"),
    ],
    "delete": [("DELETE", "/messages/receipt_a"), ("DELETE", "/messages/by-id/a")],
    "manage": [("DELETE", "/messages"), ("POST", "/redrive")],
}


# -- answers ---------------------------------------------------------------------------------------------------


async def test_a_message_is_sent(program: httpx.AsyncClient) -> None:
    answer = await program.post(f"{ORDERS}/messages", json={"id": "a", "message_body": {"n": 1}})
    assert (answer.status_code, answer.json()) == (200, {"id": "a", "status": "success", "receipt_handle": None})


async def test_a_page_shows_messages_under_the_names_of_the_original(program: httpx.AsyncClient) -> None:
    await program.post(
        f"{ORDERS}/messages", json={"id": "a", "message_body": "text", "timestamp": "2026-01-17T10:00:00"}
    )
    await send(program, "b")
    page = (await program.get(f"{ORDERS}/messages", params={"limit": 1})).json()
    assert page == {
        "messages": [
            {
                "id": "a",
                "message_body": {"content": "text"},
                "timestamp": "2026-01-17T10:00:00",
                "status": "available",
                "visibility_timeout": None,
                "receipt_handle": None,
                "receive_count": 0,
            }
        ],
        "count": 1,
        "total": 2,
        "offset": 0,
        "limit": 1,
        "has_more": True,
    }
    rest = (await program.get(f"{ORDERS}/messages", params={"limit": 1, "offset": 1})).json()
    assert (ids(rest["messages"]), rest["has_more"], rest["offset"]) == (["b"], False, 1)


async def test_what_is_received_is_held_by_a_receipt(program: httpx.AsyncClient) -> None:
    await send(program, "a", "b")
    answer = await program.post(f"{ORDERS}/messages/receive", params={"max_messages": 1})
    page = answer.json()
    assert {name: page[name] for name in ("count", "total", "offset", "limit", "has_more")} == {
        "count": 1, "total": 1, "offset": 0, "limit": 1, "has_more": True,
    }  # fmt: skip
    (message,) = page["messages"]
    assert (message["status"], message["receive_count"]) == ("in_flight", 1)
    assert message["receipt_handle"].startswith("receipt_")
    assert len(message["receipt_handle"]) == 8 + 32
    assert datetime.fromisoformat(message["visibility_timeout"]).tzinfo
    assert (await program.get(f"{ORDERS}/message/a")).json() == message
    assert ids((await program.get(f"{ORDERS}/messages")).json()["messages"]) == ["b"]


async def test_receiving_needs_no_body_and_no_content_type(program: httpx.AsyncClient) -> None:
    await send(program, "a")
    request = program.build_request("POST", f"{ORDERS}/messages/receive?max_messages=5&visibility_timeout=30")
    assert "content-type" not in request.headers
    assert (await program.send(request)).json()["count"] == 1


async def test_what_is_deleted_on_receipt_is_processed_and_gone(program: httpx.AsyncClient) -> None:
    await send(program, "a")
    (message,) = await receive(program, delete_after_receive="true")
    assert (message["status"], message["receipt_handle"], message["visibility_timeout"]) == ("processed", None, None)
    assert (await program.get(f"{ORDERS}/info")).json()["message_count"] == 0


async def test_a_message_is_deleted_by_its_receipt_once(program: httpx.AsyncClient) -> None:
    await send(program, "a")
    (message,) = await receive(program)
    address = f"{ORDERS}/messages/{message['receipt_handle']}"
    deleted, again = await program.delete(address), await program.delete(address)
    assert (deleted.status_code, deleted.json()) == (200, {"status": "success", "message": "Message deleted"})
    assert (again.status_code, again.json()["code"]) == (404, "receipt_void")
    assert again.json()["detail"].startswith("Nobody holds a message by this receipt")


async def test_a_message_is_updated_and_deleted_by_its_id(program: httpx.AsyncClient) -> None:
    odd = "1 ü?%"
    await send(program, odd)
    address = f"{ORDERS}/messages/by-id/1%20%C3%BC%3F%25"
    updated = await program.put(address, json={"id": "ignored", "message": {"n": 2}})
    assert (updated.status_code, updated.json()) == (200, {"status": "success", "message": "Message updated"})
    assert (await program.get(f"{ORDERS}/message/1%20%C3%BC%3F%25")).json()["message_body"] == {"n": 2}
    assert (await program.delete(address)).json() == {"status": "success", "message": "Message deleted"}
    for answer in (await program.put(address, json={"message": "x"}), await program.delete(address)):
        assert (answer.status_code, answer.json()["detail"]) == (
            404,
            f"There is no message '{odd}' on the queue 'orders'.",
        )
    assert (await program.get(f"{ORDERS}/message/none")).status_code == 404


async def test_ids_are_checked_in_the_order_of_the_question(program: httpx.AsyncClient) -> None:
    await send(program, "a", "b")
    answer = await program.post(f"{ORDERS}/messages/check-existence", json={"message_ids": ["b", "x", "a"]})
    assert (answer.status_code, answer.json()) == (200, {"existing_ids": ["b", "a"]})


async def test_a_queue_is_cleared(program: httpx.AsyncClient) -> None:
    await send(program, "a", "b")
    await receive(program, max_messages=1)
    cleared = await program.delete(f"{ORDERS}/messages")
    assert (cleared.status_code, cleared.json()) == (200, {"status": "success", "message": "Queue cleared"})
    info = (await program.get(f"{ORDERS}/info")).json()
    assert (info["message_count"], info["in_flight_messages"], info["queue_size_bytes"]) == (0, 0, 0)


async def test_info_counts_and_tells_when(program: httpx.AsyncClient) -> None:
    unused = (await program.get(f"{ORDERS}/info")).json()
    assert unused == {
        "queue_name": "orders",
        "message_count": 0,
        "available_messages": 0,
        "in_flight_messages": 0,
        "queue_size_bytes": 0,
        "dead_letters": 0,
        "created_timestamp": None,
        "last_modified": None,
    }
    await send(program, "a", "b")
    await receive(program, max_messages=1)
    used = (await program.get(f"{ORDERS}/info")).json()
    assert (used["message_count"], used["available_messages"], used["in_flight_messages"]) == (2, 1, 1)
    assert datetime.fromisoformat(used["created_timestamp"]) <= datetime.fromisoformat(used["last_modified"])


async def test_a_queue_tells_of_its_health(program: httpx.AsyncClient) -> None:
    health = (await program.get(f"{ORDERS}/health")).json()
    assert (health["status"], health["queue_name"]) == ("healthy", "orders")
    assert datetime.fromisoformat(health["timestamp"]).tzinfo


async def test_a_batch_is_sent_whole_or_not_at_all(program: httpx.AsyncClient) -> None:
    two = [{"id": "a", "message_body": {}}, {"id": "b", "message_body": "text"}]
    answer = await program.post(f"{ORDERS}/messages/batch", json={"messages": two})
    assert answer.json() == {
        "messages": [{"id": name, "status": "success", "receipt_handle": None} for name in "ab"],
        "count": 2,
    }
    broken = await program.post(
        f"{ORDERS}/messages/batch", json={"messages": [{"message_body": {}}, {"id": "no body"}]}
    )
    assert broken.status_code == 422
    assert (await program.get(f"{ORDERS}/info")).json()["message_count"] == 2


@pytest.mark.parametrize("many", [0, 11])
async def test_a_batch_has_one_to_ten(program: httpx.AsyncClient, many: int) -> None:
    answer = await program.post(f"{ORDERS}/messages/batch", json={"messages": [{"message_body": {}}] * many})
    assert answer.status_code == 422


async def test_the_holder_takes_longer_or_gives_it_back(program: httpx.AsyncClient) -> None:
    await send(program, "a")
    (message,) = await receive(program, visibility_timeout=5)
    address = f"{ORDERS}/messages/{message['receipt_handle']}/visibility"
    longer = (await program.post(address, json={"visibility_timeout": 600})).json()
    assert (await program.get(f"{ORDERS}/message/a")).json()["visibility_timeout"] == longer["visibility_timeout"]
    assert (await program.post(address, json={"visibility_timeout": 0})).status_code == 200
    assert ids(await receive(program)) == ["a"]
    assert (await program.post(address, json={"visibility_timeout": 5})).json()["code"] == "receipt_void"


async def test_dead_letters_are_listed_with_the_reason_and_come_back(house: House, program: httpx.AsyncClient) -> None:
    await send(program, "a")
    for _ in range(house.parts.settings.messages_receive_max):
        (message,) = await receive(program)
        again = {"visibility_timeout": 0}
        await program.post(f"{ORDERS}/messages/{message['receipt_handle']}/visibility", json=again)
    assert await receive(program) == []
    (letter,) = (await program.get(f"{ORDERS}/dead-letters")).json()["messages"]
    assert (letter["id"], letter["receive_count"], letter["reason"]) == (
        "a",
        10,
        "Received 10 times and never deleted.",
    )
    assert datetime.fromisoformat(letter["died_at"]).tzinfo
    assert ids((await program.get(f"{ORDERS}.dead/messages")).json()["messages"]) == ["a"]
    back = await program.post(f"{ORDERS}/redrive")
    assert back.json() == {"status": "success", "message": "Dead letters are back", "count": 1}
    assert ids(await receive(program)) == ["a"]


async def test_who_waits_gets_what_is_sent_meanwhile(program: httpx.AsyncClient) -> None:
    waiting = asyncio.create_task(receive(program, wait_time=15))
    await send(program, "a")
    assert ids(await waiting) == ["a"]


# -- rights ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("right", RIGHTS)
async def test_each_route_needs_its_right_on_its_queue(house: House, right: str) -> None:
    others = [other for other in RIGHTS if other != right]
    async with await a_program(house, {"orders": others, "bills": [right]}) as program:
        for method, path in RIGHTS[right]:
            answer = await program.request(method, f"{ORDERS}{path}")
            assert (answer.status_code, answer.json()["code"]) == (403, "missing_queue_right"), path
            assert answer.json()["detail"] == f"Access denied: {right} permission required for queue 'orders'"
            assert (await program.request(method, f"{QUEUES}/bills{path}")).status_code != 403, path


async def test_rights_on_a_queue_are_rights_on_its_dead_letters(house: House) -> None:
    async with await a_program(house, {"orders": ["read"]}) as program:
        assert (await program.get(f"{ORDERS}.dead/messages")).status_code == 200
        assert (await program.delete(f"{ORDERS}.dead/messages")).status_code == 403


async def test_without_a_key_nothing_is_told(house: House) -> None:
    async with house.nobody() as nobody:
        missing = await nobody.get(QUEUES)
        nobody.headers["X-API-Key"] = "guessed"
        wrong = await nobody.get(QUEUES)
    assert (missing.status_code, missing.headers["www-authenticate"]) == (401, "ApiKey")
    assert (wrong.status_code, wrong.json()["detail"]) == (401, "Invalid API key")


async def test_a_program_sees_the_queues_that_it_may_use(house: House, program: httpx.AsyncClient) -> None:
    await send(program, "a")
    await send(program, "b", queue=f"{QUEUES}/bills")
    await receive(program)
    seen = (await program.get(QUEUES)).json()
    assert [(each["queue_name"], each["in_flight_messages"]) for each in seen["queues"]] == [
        ("bills", 0),
        ("orders", 1),
    ]
    async with await a_program(house, {"orders": ["READ"], "new": ["WRITE"], "old": []}) as other:
        told = (await other.get(QUEUES)).json()
    counted = {"message_count": 0, "available_messages": 0, "in_flight_messages": 0}
    new = {"queue_name": "new", **counted, "permissions": ["write"]}
    orders = {"queue_name": "orders", **counted, "message_count": 1, "in_flight_messages": 1, "permissions": ["read"]}
    assert told == {"queues": [new, orders], "count": 2, "api_key_description": "A program"}


async def test_an_admin_may_look_into_everything(house: House) -> None:
    async with house.admin() as admin:
        await send(admin, "a")
        assert (await admin.get(QUEUES)).json()["count"] == 1

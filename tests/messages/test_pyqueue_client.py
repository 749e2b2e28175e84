"""PyQueue's own client, from PyPI and unchanged, does all it can against us, wherever the messages are kept."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pyqueue_client import PyQueue
from pyqueue_client.remote_queue import RemoteQueueClient

from api_queue.drivers.redis import Redis
from tests.house import a_house
from tests.messages.programs import a_key
from tests.messages.stores import KINDS

Address = tuple[str, str]


@pytest.fixture(params=KINDS)
async def address(
    request: pytest.FixtureRequest, redis: Redis, redis_url: str, furnished: Path, tmp_path: Path
) -> AsyncIterator[Address]:
    """Where the server is, and a key for everything."""
    async with a_house(redis_url, furnished, tmp_path, messages_storage=request.param) as house:
        yield house.url, await a_key(house)


def the_queue(address: Address) -> PyQueue:
    url, key = address
    return PyQueue(queue_type="remote", server_url=f"{url}/", queue_name="my_queue", api_key=key)


def the_client(address: Address) -> RemoteQueueClient:
    url, key = address
    return RemoteQueueClient(server_url=url, queue_name="my_queue", api_key=key)


async def test_the_producer_and_the_consumer_of_the_readme_work(address: Address) -> None:
    def produce_and_consume() -> None:
        queue = the_queue(address)
        queue.add_message({"type": "user_signup", "user_id": "123", "email": "user@example.com"})
        assert queue.get_queue_info()["message_count"] == 1
        messages = the_queue(address).receive_messages(max_messages=5, visibility_timeout=30)
        assert [message["message_body"]["user_id"] for message in messages] == ["123"]
        for message in messages:
            queue.delete_message(message["receipt_handle"])
        assert queue.get_queue_info()["message_count"] == 0

    await asyncio.to_thread(produce_and_consume)


async def test_every_call_of_the_queue_works(address: Address) -> None:
    def every_call() -> None:
        queue = the_queue(address)
        for number in range(3):
            queue.add_message({"n": number}, item_id=f"m{number}")
        assert [message["id"] for message in queue.get_messages()] == ["m0", "m1", "m2"]
        assert queue.get_message("m1")["message_body"] == {"n": 1}
        assert queue.has_message("m2")
        assert not queue.has_message("m9")
        queue.update_message("m1", {"n": "new"})
        assert queue.get_message("m1")["message_body"] == {"n": "new"}
        queue.remove_message("m0")
        assert [message["id"] for message in queue.receive_messages(1, 30, delete_after_receive=True)] == ["m1"]
        assert queue.receive_messages(only_new=True)[0]["id"] == "m2"
        queue.clear_queue()
        assert queue.get_queue_info()["message_count"] == 0

    await asyncio.to_thread(every_call)


async def test_every_call_of_the_remote_client_works(address: Address) -> None:
    def every_call() -> None:
        client = the_client(address)
        assert client.health_check()
        assert client.add_message({"id": "own", "n": 1}) == "own"
        made = client.add_message({"n": 2})
        assert client.has_message("own")
        assert client.get_message("none") is None
        assert client.get_message("own")["message_body"] == {"id": "own", "n": 1}
        assert client.check_existence(["none", made, "own"]) == [made, "own"]
        assert len(client.get_messages(max_messages=1)) == 1
        (held,) = client.receive_messages(max_messages=1)
        assert client.delete_message(held["receipt_handle"])
        assert client.update_message(made, {"n": 3})
        assert client.remove_message(made)
        assert client.get_queue_info()["message_count"] == 0
        assert client.clear_queue()

    await asyncio.to_thread(every_call)


async def test_a_key_that_is_none_is_a_connection_error(address: Address) -> None:
    wrong = (address[0], "wrong")
    with pytest.raises(ConnectionError, match="401"):
        await asyncio.to_thread(the_queue(wrong).get_queue_info)

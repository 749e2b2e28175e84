"""The setting `messages_storage`: nothing else changes, also between the processes of one server."""

import asyncio
from pathlib import Path
from typing import Literal

import pytest

from api_queue.drivers.redis import Redis
from api_queue.messages.bell import CHANNEL
from api_queue.messages.models import Draft, Wish
from api_queue.parts import Parts
from api_queue.types import MessageId
from tests.house import house_settings
from tests.messages.post import Q
from tests.messages.stores import KINDS

Storage = Literal["redis", "sqlite", "json"]


async def somebody_listens(redis: Redis) -> None:
    async with asyncio.timeout(30):
        while True:
            if await redis.call("PUBSUB", "NUMSUB", CHANNEL) == [CHANNEL, 1]:
                return
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("storage", KINDS)
async def test_who_waits_in_one_process_gets_what_is_sent_in_another(
    redis: Redis, redis_url: str, tmp_path: Path, storage: Storage
) -> None:
    settings = house_settings(redis_url, tmp_path, messages_storage=storage)
    here, there = Parts(settings), Parts(settings)
    try:
        waiting = asyncio.create_task(here.messages.receive(Q, Wish(), wait_s=20))
        await somebody_listens(redis)
        await there.messages.send(Q, Draft("{}", MessageId("a")))
        assert [message.id for message in await waiting] == ["a"]
        assert await here.messages.queues() == [Q]
    finally:
        await here.close()
        await there.close()


@pytest.mark.parametrize(
    ("storage", "changes", "file"),
    [
        ("sqlite", {}, "data/messages.sqlite"),
        ("json", {}, "data/messages/orders.json"),
        ("sqlite", {"messages_sqlite_file": "else/where.db"}, "else/where.db"),
        ("json", {"messages_json_folder": "else"}, "else/orders.json"),
    ],
)
async def test_messages_are_where_the_settings_say(
    redis_url: str, tmp_path: Path, storage: Storage, changes: dict[str, str], file: str
) -> None:
    changes = {key: str(tmp_path / path) for key, path in changes.items()}
    parts = Parts(house_settings(redis_url, tmp_path / "data", messages_storage=storage, **changes))
    await parts.messages.send(Q, Draft("{}"))
    # And what belongs to background tasks is in Redis all the same
    assert parts.job_messages is not parts.messages
    await parts.close()
    assert (tmp_path / file).is_file()

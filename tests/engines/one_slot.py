"""In every test each call to Redis could go to a Cluster: all keys of a script, or of a command, are in one slot."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from redis.crc import key_slot

from api_queue.drivers.redis import Argument, Redis

_OF_KEYS_ALONE: Final = frozenset(("DEL", "EXISTS", "MGET", "UNLINK"))


@pytest.fixture(scope="session", autouse=True)
def calls_fit_a_cluster() -> Iterator[None]:
    call = Redis.call

    async def checked(redis: Redis, *command: Argument) -> Any:
        keys = keys_of(command)
        assert len({key_slot(key.encode()) for key in keys}) < 2, f"keys of several slots: {keys}"
        return await call(redis, *command)

    with pytest.MonkeyPatch.context() as everywhere:
        everywhere.setattr(Redis, "call", checked)
        yield


def keys_of(command: tuple[Argument, ...]) -> list[str]:
    if command[0] in {"EVALSHA", "EVAL"}:
        return [str(key) for key in command[3 : 3 + int(command[2])]]
    return [str(key) for key in command[1:]] if command[0] in _OF_KEYS_ALONE else []

"""Calls that share a pipeline are told of their own faults, and of no others'."""

import asyncio

import pytest
from redis.exceptions import ResponseError

from api_queue.drivers.redis import Redis, connect
from api_queue.errors import Unavailable


async def test_calls_of_one_tick_get_each_their_own_reply(redis: Redis) -> None:
    # When three are sent together, and the second is no command
    replies = await asyncio.gather(
        redis.call("SET", "a", 1), redis.call("NOTHING"), redis.call("GET", "a"), return_exceptions=True
    )
    # Then the other two are answered
    assert isinstance(replies[1], ResponseError)
    assert replies[2] == "1"


async def test_an_argument_that_cannot_be_sent_is_its_callers_fault(redis: Redis) -> None:
    replies = await asyncio.gather(
        redis.call("SET", "a", None),  # type: ignore[arg-type]  # that is the fault
        redis.call("ECHO", "here"),
        return_exceptions=True,
    )
    assert isinstance(replies[0], TypeError)
    assert replies[1] == "here"


async def test_replies_are_what_python_has_for_them(redis: Redis) -> None:
    await redis.call("SADD", "set", "a", "b")
    await redis.call("HSET", "hash", "field", "Mätze")
    assert await redis.call("SMEMBERS", "set") == {"a", "b"}
    assert await redis.call("HGETALL", "hash") == {"field": "Mätze"}


async def test_a_redis_that_is_away_fails_all_of_them() -> None:
    away = connect("unix:///nowhere/redis.sock")
    replies = await asyncio.gather(away.call("PING"), away.call("PING"), return_exceptions=True)
    assert [type(reply) for reply in replies] == [Unavailable, Unavailable]
    with pytest.raises(Unavailable):  # and the next one is tried anew
        await away.call("PING")
    await away.close()

"""First answers and revocations, as Redis keeps and tells them."""

import asyncio

import pytest

from api_queue.accounts.redis_store import RedisAnswers, RedisRevocations
from api_queue.drivers.redis import Redis, connect, end_task
from api_queue.errors import Unavailable
from api_queue.web.answers import Answer

PENDING = Answer("hash")
DONE = Answer("hash", 201, "application/json", '{"title":"Ødegård"}')


@pytest.fixture
def answers(redis: Redis) -> RedisAnswers:
    return RedisAnswers(redis)


async def test_the_first_to_come_gets_the_key(answers: RedisAnswers) -> None:
    assert await answers.claim("key", PENDING) is None
    assert await answers.claim("key", Answer("another")) == PENDING


async def test_of_many_at_once_one_is_first(answers: RedisAnswers) -> None:
    held = await asyncio.gather(*(answers.claim("key", Answer(f"{number}")) for number in range(20)))
    assert held.count(None) == 1
    assert len({answer for answer in held if answer}) == 1


async def test_an_answer_is_given_again_as_it_was(answers: RedisAnswers) -> None:
    await answers.claim("key", PENDING)
    await answers.keep("key", DONE)
    assert await answers.claim("key", PENDING) == DONE


async def test_a_released_key_is_free(answers: RedisAnswers) -> None:
    await answers.claim("key", PENDING)
    await answers.release("key")
    assert await answers.claim("key", PENDING) is None


async def test_keys_are_apart(answers: RedisAnswers) -> None:
    await answers.claim("one", PENDING)
    assert await answers.claim("other", PENDING) is None


async def test_a_claim_is_held_for_a_minute_and_an_answer_for_a_day(answers: RedisAnswers, redis: Redis) -> None:
    await answers.claim("key", PENDING)
    assert 59_000 < int(await redis.call("PTTL", "answer:key")) <= 60_000
    await answers.keep("key", DONE)
    assert 86_399_000 < int(await redis.call("PTTL", "answer:key")) <= 86_400_000


async def test_a_claim_that_runs_out_between_two_looks_is_taken(
    answers: RedisAnswers, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a claim that ends after we failed to set ours and before we read theirs
    await answers.claim("key", PENDING)
    call = redis.call

    async def ending(*command: str | bytes | float) -> object:
        if command[0] == "GET":
            await call("DEL", "answer:key")
        return await call(*command)

    monkeypatch.setattr(redis, "call", ending)
    # Then the key is ours
    async with asyncio.timeout(30):
        assert await answers.claim("key", DONE) is None


# -- revocations -----------------------------------------------------------------------------------------------


async def test_the_process_that_revokes_forgets_before_it_goes_on(redis: Redis) -> None:
    revocations, forgotten = RedisRevocations(redis), asyncio.Event()
    following = asyncio.create_task(revocations.follow(forgotten.set))
    await asyncio.sleep(0)
    forgotten.clear()
    telling = asyncio.create_task(revocations.tell())
    await asyncio.sleep(0)
    assert forgotten.is_set()
    await telling
    await end_task(following)


async def test_one_that_resolves_nobody_may_revoke_as_well(redis: Redis) -> None:
    await RedisRevocations(redis).tell()


async def test_a_revocation_stands_although_redis_is_away() -> None:
    away = connect("unix:///nowhere/at/all")
    with pytest.raises(Unavailable):
        await away.call("PING")
    await RedisRevocations(away).tell()
    await away.close()


async def test_whoever_begins_to_follow_forgets_first(redis: Redis) -> None:
    """What was revoked before the channel was there may have been missed."""
    forgotten = asyncio.Event()
    following = asyncio.create_task(RedisRevocations(redis).follow(forgotten.set))
    async with asyncio.timeout(30):
        await forgotten.wait()
    await end_task(following)

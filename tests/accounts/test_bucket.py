"""The token bucket, against a model of it and at its edges."""

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api_queue.drivers.redis import Redis

KEY = "rate:test"
NOW = 1_700_000_000_000


async def take(redis: Redis, now_ms: int, *buckets: tuple[str, int, int]) -> int:
    args = [part for bucket in buckets for part in bucket]
    return int(await redis.script("accounts/take", [KEY], [now_ms, *args]))


@dataclass
class Model:
    """The textbook's bucket: it starts full and drips."""

    capacity: int
    per_ms: int
    tokens: float = field(init=False)
    seen_ms: int = NOW

    def __post_init__(self) -> None:
        self.tokens = self.capacity

    def take(self, now_ms: int) -> bool:
        self.tokens = min(self.capacity, self.tokens + (now_ms - self.seen_ms) / self.per_ms)
        self.seen_ms = now_ms
        if self.tokens < 1 - 1e-9:
            return False
        self.tokens -= 1
        return True


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    capacity=st.integers(1, 6),
    per_ms=st.integers(1, 5000),
    pauses=st.lists(st.integers(0, 8000), min_size=1, max_size=20),
)
async def test_it_lets_through_what_the_model_does(redis: Redis, capacity: int, per_ms: int, pauses: list[int]) -> None:
    # Given an empty hash and a fresh model
    await redis.call("DEL", KEY)
    model, now = Model(capacity, per_ms), NOW
    for pause in pauses:
        # When time passes and somebody asks
        now += pause
        wait = await take(redis, now, ("g:a", capacity, per_ms))
        # Then both answer alike, and the wait is to the millisecond
        assert (wait == 0) is model.take(now)
        if wait:
            assert await take(redis, now + wait - 1, ("g:a", capacity, per_ms)) == 1


async def test_a_full_bucket_gives_its_capacity_at_once_and_no_more(redis: Redis) -> None:
    waits = [await take(redis, NOW, ("g:a", 3, 2000)) for _ in range(5)]
    assert waits == [0, 0, 0, 2000, 2000]


async def test_none_is_taken_when_one_of_them_is_empty(redis: Redis) -> None:
    # Given an address whose only token is gone
    await take(redis, NOW, ("a:1", 1, 1000))
    # When a guest with one token asks from there
    assert await take(redis, NOW, ("g:a", 1, 5000), ("a:1", 1, 1000)) == 1000
    # Then the guest still has it
    assert await take(redis, NOW, ("g:a", 1, 5000)) == 0


async def test_the_hash_goes_when_all_buckets_are_full_again(redis: Redis) -> None:
    await take(redis, NOW, ("g:slow", 2, 60_000))
    await take(redis, NOW, ("g:fast", 2, 1000))
    ttl = int(await redis.call("PTTL", KEY))
    assert 119_000 < ttl <= 120_000  # and a minute more


async def test_guests_who_come_and_go_do_not_pile_up(redis: Redis) -> None:
    # Given 2,000 guests, each gone before the next ten came
    for number in range(2000):
        await take(redis, NOW + number * 100, (f"g:{number}", 5, 1000))
    # Then the hash holds those few and not the night
    assert int(await redis.call("HLEN", KEY)) < 200


@pytest.mark.parametrize(("clock_step", "wait_ms"), [(-3_600_000, 0), (-60_001, 0), (-60_000, 1000), (0, 1000)])
async def test_a_clock_that_is_set_back_makes_nobody_wait_longer_than_an_empty_bucket_does(
    redis: Redis, clock_step: int, wait_ms: int
) -> None:
    await take(redis, NOW, ("g:a", 1, 1000))
    assert await take(redis, NOW + clock_step, ("g:a", 1, 1000)) == wait_ms

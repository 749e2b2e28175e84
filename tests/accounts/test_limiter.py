"""Who pays for whom: buckets of callers and of addresses, with the web layer's own table."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api_queue.accounts.rate_limits import RateLimiter
from api_queue.accounts.redis_store import RedisBuckets
from api_queue.drivers.redis import Redis
from api_queue.errors import RateLimited
from api_queue.settings import Settings
from api_queue.types import GuestId
from api_queue.web.identity import Caller, Grant
from api_queue.web.rate_limits import Bucket, RateClass, RateLimits

LIMITS = RateLimits(Settings(rate_adds_per_minute=3, rate_address_per_minute=5, rate_logins_per_minute=2))


class Clock:
    time_ms = 1_700_000_000_000

    def now_ms(self) -> int:
        return self.time_ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(redis: Redis, clock: Clock) -> RateLimiter:
    return RateLimiter(RedisBuckets(redis), LIMITS, clock)


def guest(name: str, address: str = "192.0.2.1") -> Caller:
    return Caller(GuestId(name), address)


async def passed(limiter: RateLimiter, caller: Caller, times: int, klass: RateClass = "add") -> int:
    """How many of so many got through."""
    count = 0
    for _ in range(times):
        try:
            await limiter.check(klass, caller)
        except RateLimited:
            continue
        count += 1
    return count


async def test_a_guest_has_as_many_as_the_setting_says(limiter: RateLimiter) -> None:
    assert await passed(limiter, guest("ana"), 10) == 3


async def test_one_guest_does_not_use_up_the_others_buckets(limiter: RateLimiter) -> None:
    assert await passed(limiter, guest("ana", "192.0.2.1"), 10) == 3
    assert await passed(limiter, guest("ben", "192.0.2.2"), 10) == 3


async def test_many_sessions_of_one_address_share_its_bucket(limiter: RateLimiter) -> None:
    counts = [await passed(limiter, guest(f"guest-{number}"), 2) for number in range(5)]
    assert counts == [2, 2, 1, 0, 0]


async def test_who_was_refused_has_paid_nothing(limiter: RateLimiter) -> None:
    # Given an address that is empty
    for name in ("ana", "ben"):
        await passed(limiter, guest(name), 3)
    # When a third guest is refused there again and again
    assert await passed(limiter, guest("cleo"), 20) == 0
    # Then elsewhere all three of theirs are still there
    assert await passed(limiter, guest("cleo", "192.0.2.9"), 10) == 3


async def test_logins_are_counted_apart_from_adds(limiter: RateLimiter) -> None:
    assert await passed(limiter, guest("ana"), 10) == 3
    assert await passed(limiter, guest("ana"), 10, "login") == 2


async def test_who_is_signed_in_has_several_times_as_much(limiter: RateLimiter) -> None:
    host = Caller(GuestId("host"), "192.0.2.1", (Grant("host", None, "token"),))
    assert await passed(limiter, host, 100) == 3 * Settings().rate_signed_in_factor


async def test_at_once_from_two_workers_no_more_get_through(limiter: RateLimiter) -> None:
    answers = await asyncio.gather(*(passed(limiter, guest("ana"), 1) for _ in range(12)))
    assert sum(answers) == 3


async def test_who_waits_as_long_as_was_said_gets_through(limiter: RateLimiter, clock: Clock) -> None:
    await passed(limiter, guest("ana"), 3)
    with pytest.raises(RateLimited) as refused:
        await limiter.check("add", guest("ana"))
    clock.time_ms += 1000 * int(str(refused.value.facts["retry_after"]))
    await limiter.check("add", guest("ana"))


async def test_a_right_guess_costs_nothing_until_the_wrong_ones_are_used_up(limiter: RateLimiter, clock: Clock) -> None:
    # Given as many right guesses as one likes, at once too
    ana = guest("ana")
    await asyncio.gather(*(limiter.guess("join", ana, right=True) for _ in range(20)))
    # When the wrong ones are used up
    for _ in range(2):
        await limiter.guess("join", ana, right=False)
    # Then the right one waits as well, also in another session, and is let through in time
    for caller in (ana, guest("bo")):
        with pytest.raises(RateLimited):
            await limiter.guess("join", caller, right=True)
    clock.time_ms += 30_000
    await limiter.guess("join", ana, right=True)


async def test_a_guest_who_guesses_from_many_addresses_waits_too(limiter: RateLimiter) -> None:
    for last in (1, 2):
        await limiter.guess("join", guest("ana", f"192.0.2.{last}"), right=False)
    with pytest.raises(RateLimited):
        await limiter.guess("join", guest("ana", "192.0.2.3"), right=False)


class Said:
    """A store that always says the same wait."""

    def __init__(self, wait_ms: int) -> None:
        self.wait_ms = wait_ms

    async def take(self, _klass: RateClass, _now_ms: int, _buckets: Sequence[Bucket]) -> int:
        return self.wait_ms

    async def guess(self, _klass: RateClass, _now_ms: int, _buckets: Sequence[Bucket], *, right: bool) -> int:
        return right and self.wait_ms


@pytest.mark.parametrize(("wait_ms", "seconds"), [(1, 1), (999, 1), (1000, 1), (1001, 2), (59_999, 60)])
async def test_a_wait_is_told_in_whole_seconds_and_never_too_short(wait_ms: int, seconds: int, clock: Clock) -> None:
    with pytest.raises(RateLimited) as refused:
        await RateLimiter(Said(wait_ms), LIMITS, clock).check("add", guest("ana"))
    assert refused.value.facts["retry_after"] == seconds


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    who=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy")), min_size=5, max_size=25),
    pauses=st.lists(st.integers(0, 30_000), min_size=25, max_size=25),
)
async def test_in_no_minute_anybody_gets_more_than_two_windows_worth(
    redis: Redis, who: list[tuple[str, str]], pauses: list[int]
) -> None:
    """A full bucket and what drips in meanwhile: the bound that a token bucket gives for any order of calls."""
    await redis.call("FLUSHALL")
    clock = Clock()
    limiter = RateLimiter(RedisBuckets(redis), LIMITS, clock)
    taken: list[tuple[int, str, str]] = []
    for (name, address), pause in zip(who, pauses, strict=False):
        clock.time_ms += pause
        if await passed(limiter, guest(name, address), 1):
            taken.append((clock.time_ms, name, address))
    for start, _, _ in taken:
        within = [one for one in taken if start <= one[0] < start + 60_000]
        assert all(sum(one[1] == name for one in within) <= 2 * 3 for name in "abc")
        assert all(sum(one[2] == address for one in within) <= 2 * 5 for address in "xy")

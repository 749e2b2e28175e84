"""Points: a purse that fills by itself; the script of the add and the pure rule agree about every one of them."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from api_queue.drivers.redis import connect
from api_queue.queues import points
from api_queue.queues.keys import key
from api_queue.queues.limits import limits_of
from api_queue.queues.models import Added, Refused
from api_queue.queues.points import Purse
from api_queue.queues.settings import QueueSettings
from api_queue.queues.store import RedisQueues
from api_queue.types import GuestId, Milliseconds
from tests.queues.builders import NOW, an_item
from tests.queues.party import X

T = TypeVar("T")
RULES = QueueSettings(limit_model="points", points_max=10, points_per_hour=6)
RATES = st.sampled_from([0, 0.1, 6, 20, 1234.5, 100_000])
#: Most are smaller than a night, and some go back.
STEPS_MS = st.integers(-600_000, 3_600_000) | st.integers(-(10**12), 10**12)


def test_a_first_guest_has_the_maximum() -> None:
    assert points.left(None, RULES, NOW) == 10_000


def test_they_come_back_one_by_one_up_to_the_maximum() -> None:
    purse = Purse(2_000, NOW)
    assert points.left(purse, RULES, NOW + 600_000) == 3_000
    assert points.left(purse, RULES, NOW + 10 * 3_600_000) == 10_000


@pytest.mark.parametrize(("seconds", "cost"), [(1, 1), (60, 1), (60.001, 2), (212.5, 4)])
def test_an_add_costs_a_point_for_each_started_minute(seconds: float, cost: int) -> None:
    assert points.cost(Milliseconds(round(seconds * 1000))) == cost * 1000


def test_what_never_played_is_given_back_whole_and_what_was_skipped_half() -> None:
    length = Milliseconds(150_000)
    assert [points.given_back(length, became) for became in (None, "failed", "skipped")] == [3_000, 3_000, 1_500]
    assert [points.given_back(length, became) for became in ("played", "playing", "queued")] == [0, 0, 0]


def test_where_none_come_back_nobody_waits_for_them() -> None:
    assert points.wait_ms(1, QueueSettings(points_per_hour=0)) is None


@given(has=st.integers(0, 10_000), cost=st.integers(1, 10), rate=RATES, passed_ms=st.integers(0, 10**7))
def test_who_waits_as_long_as_told_has_enough(has: int, cost: int, rate: float, passed_ms: int) -> None:
    rules = QueueSettings(limit_model="points", points_max=10, points_per_hour=rate)
    purse, now_ms = Purse(has, NOW), NOW + passed_ms
    missing = cost * 1000 - points.left(purse, rules, now_ms)
    if missing > 0 and (wait_ms := points.wait_ms(missing, rules)) is not None:
        assert points.left(purse, rules, now_ms + wait_ms) >= cost * 1000


@given(
    steps=st.lists(st.tuples(STEPS_MS, st.integers(0, 12), st.sampled_from(["add", "all", "half"])), max_size=30),
    rate=RATES,
    most=st.integers(1, 12),
)
def test_a_purse_is_never_below_nothing_nor_above_the_maximum(
    steps: list[tuple[int, int, str]], rate: float, most: int
) -> None:
    rules, purse, now_ms = QueueSettings(points_max=most, points_per_hour=rate), None, NOW
    for step_ms, minutes, what in steps:
        now_ms += step_ms
        has, cost = points.left(purse, rules, now_ms), minutes * 1000
        if what == "add" and cost <= has:
            purse = points.spent(purse, rules, cost, now_ms)
        elif what != "add" and purse:
            purse = Purse(purse.milli + cost // (2 if what == "half" else 1), purse.at_ms)
        assert 0 <= points.left(purse, rules, now_ms) <= most * 1000


@given(back_ms=st.integers(0, 10**9), ahead_ms=st.integers(0, 10**9))
def test_a_clock_that_goes_back_and_forth_gains_nothing(back_ms: int, ahead_ms: int) -> None:
    # Given a purse that was emptied by what is bought before the clock goes back
    purse = points.spent(None, RULES, 10_000, NOW)
    # When nothing is bought then
    again = points.spent(purse, RULES, 0, NOW - back_ms)
    # Then as much has come back as if it had not
    assert points.left(again, RULES, NOW - back_ms) == 0
    assert points.left(again, RULES, NOW + ahead_ms) == points.left(purse, RULES, NOW + ahead_ms)


# -- the script ------------------------------------------------------------------------------------------------


@bounds(max_examples=25, deadline=None)
@given(steps=st.lists(st.tuples(STEPS_MS, st.integers(1, 700), st.booleans()), min_size=1, max_size=12), rate=RATES)
def test_the_script_counts_as_the_rule(redis_url: str, steps: list[tuple[int, int, bool]], rate: float) -> None:
    """Adds of so many seconds at random times; some are taken off again."""
    rules = QueueSettings(limit_model="points", points_max=12, points_per_hour=rate)
    loop, redis = asyncio.new_event_loop(), connect(redis_url)

    def do(verb: Coroutine[Any, Any, T]) -> T:
        return loop.run_until_complete(verb)

    store, purse, now_ms = RedisQueues(redis, 1000), None, NOW
    try:
        do(redis.call("FLUSHALL"))
        do(store.create(X, "named", rules, NOW))
        settings_rev, limits = do(store.queue(X)).settings_rev, limits_of(None, rules, ())
        for step_ms, seconds, off in steps:
            now_ms = max(1, now_ms + step_ms)
            item = an_item(owner="ana", seconds=seconds)
            has, cost = points.left(purse, rules, now_ms), points.cost(item.track_duration_ms)
            answer = do(store.add(X, item, limits, settings_rev, None, now_ms))
            if cost > has:
                assert answer == Refused("points", str(has))
                continue
            assert isinstance(answer, Added)
            assert answer.holdings.purse == purse
            purse = points.spent(purse, rules, cost, now_ms)
            assert do(store.holdings(X, GuestId("ana"))).purse == purse
            if off:
                do(store.remove(X, item, now_ms))
                purse = Purse(purse.milli + cost, purse.at_ms)
                assert do(store.holdings(X, GuestId("ana"))).purse == purse
        assert do(redis.call("EXISTS", key(X, "points"))) == (purse is not None)
    finally:
        do(redis.close())
        loop.close()

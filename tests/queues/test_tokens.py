"""Priority tokens: who gets which window, what it passes, and that it is used once."""

import asyncio
from collections.abc import Coroutine
from itertools import pairwise
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import settings as bounds
from hypothesis import strategies as st
from msgspec.structs import replace

from api_queue.drivers.redis import connect
from api_queue.errors import DuplicateTrack, EndsTooLate, GuestFull, GuestMinutesFull, Muted, QueueFull
from api_queue.queues.limits import limits_of
from api_queue.queues.models import KIND_LIMITS, Added, Mute, Refused
from api_queue.queues.settings import QueueSettings, iso
from api_queue.queues.store import RedisQueues
from api_queue.queues.tokens import Window
from api_queue.types import GuestId
from tests.queues.builders import NOW, an_item
from tests.queues.party import HOST, Party, X, guest

T = TypeVar("T")
WINDOW_MS = 20 * 60_000
TOKENS: dict[str, Any] = {"limit_model": "token", "max_items": 1}
MINUTE_MS = st.integers(0, 90).map(lambda minutes: minutes * 60_000)


async def token_of(party: Party, name: str = "ana") -> Window | None:
    return (await party.parts.queue_store.holdings(X, GuestId(name))).token


async def refused(party: Party, name: str = "ana", error: type[Exception] = QueueFull) -> dict[str, Any]:
    with pytest.raises(error) as refusal:
        await party.add(by=guest(name))
    facts: dict[str, Any] = refusal.value.facts  # type: ignore[attr-defined]  # all of them are ours
    return facts


@pytest.fixture
async def full(party: Party) -> Party:
    """A queue with tokens and room for one, which a host has taken."""
    await party.set(**TOKENS)
    await party.add(by=HOST)
    return party


# -- who gets which --------------------------------------------------------------------------------------------


async def test_the_first_begins_one_window_from_now(full: Party) -> None:
    facts = await refused(full)
    assert facts["token"] == {"valid_from": NOW + WINDOW_MS, "valid_until": NOW + 2 * WINDOW_MS}
    assert (facts["clock_ms"], facts["retry_after"]) == (NOW, 1200)


async def test_each_begins_where_the_one_before_ends(full: Party) -> None:
    windows = [(await refused(full, name))["token"] for name in ("ana", "bo", "cleo")]
    assert [each["valid_from"] for each in windows] == [NOW + n * WINDOW_MS for n in (1, 2, 3)]
    assert [each["valid_until"] for each in windows] == [NOW + n * WINDOW_MS for n in (2, 3, 4)]


async def test_who_has_one_keeps_it_and_gets_no_second(full: Party) -> None:
    first = (await refused(full))["token"]
    full.clock.pass_s(600)
    assert (await refused(full))["token"] == first


async def test_one_that_was_not_used_is_gone_and_the_next_may_be_given(full: Party) -> None:
    # Given a guest whose window is over
    await refused(full)
    full.clock.pass_s(2400)
    # When they are refused again, then another begins one window from now
    assert (await refused(full))["token"]["valid_from"] == NOW + 2_400_000 + WINDOW_MS


async def test_none_begins_too_far_ahead(full: Party) -> None:
    # Given an hour, into which three of twenty minutes fit
    await full.set(token_horizon=1)
    windows = [(await refused(full, f"g{n}"))["token"] for n in range(4)]
    assert [each["valid_from"] - NOW for each in windows[:3]] == [WINDOW_MS, 2 * WINDOW_MS, 3 * WINDOW_MS]
    assert windows[3] is None


async def test_none_ends_after_the_event(full: Party) -> None:
    await full.set(event_end=iso(NOW + 3 * WINDOW_MS))
    windows = [(await refused(full, f"g{n}"))["token"] for n in range(3)]
    assert [each and each["valid_until"] - NOW for each in windows] == [2 * WINDOW_MS, 3 * WINDOW_MS, None]


async def test_one_that_would_end_after_a_new_end_of_the_event_is_void(full: Party) -> None:
    # Given a token, and a host who ends the event before it
    await refused(full)
    await full.set(event_end=iso(NOW + 2 * WINDOW_MS - 1))
    # When its window has begun, then it passes nothing
    full.clock.pass_s(1200)
    assert (await refused(full))["token"] is None


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"max_per_guest": 1}, GuestFull),
        ({"max_minutes_per_guest": 1, "max_per_guest": 9}, GuestMinutesFull),
        ({"event_end": iso(NOW + 3_600_000), "track_space": 600}, EndsTooLate),
    ],
)
async def test_every_limit_that_a_token_passes_gives_one(
    party: Party, settings: dict[str, Any], error: type[Exception]
) -> None:
    # Given a guest who has as much as there may be
    await party.set(limit_model="token", **settings)
    for _ in range(20):
        try:
            await party.add()
        except error as refusal:
            facts = refusal.facts  # type: ignore[attr-defined]  # all of them are ours
            break
    # Then they have a token, and in its window one more passes
    assert facts["token"] == {"valid_from": NOW + WINDOW_MS, "valid_until": NOW + 2 * WINDOW_MS}
    party.clock.pass_s(1200)
    await party.add()
    assert await token_of(party) is None
    await refused(party, error=error)


async def test_a_mute_and_the_end_of_the_party_give_none(full: Party) -> None:
    await full.parts.guests.mute(X, Mute(GuestId("ana"), None, "too loud"))
    await refused(full, error=Muted)
    assert await token_of(full) is None


async def test_a_host_needs_none(full: Party) -> None:
    await full.add(by=HOST)
    assert await token_of(full, "the-host") is None


# -- what it passes --------------------------------------------------------------------------------------------


async def test_in_its_window_the_next_add_passes_and_uses_it_up(full: Party) -> None:
    await refused(full)
    full.clock.pass_s(1200)
    assert (await full.add()).position == 2
    assert await token_of(full) is None
    await refused(full)


async def test_before_its_window_and_after_it_nothing_passes(full: Party) -> None:
    await refused(full)
    full.clock.pass_s(1199.999)
    await refused(full)
    full.clock.pass_s(1200.001)
    await refused(full)


async def test_an_add_for_which_there_is_room_uses_it_up_too(full: Party) -> None:
    await refused(full)
    await full.set(max_items=9)
    full.clock.pass_s(1200)
    await full.add()
    assert await token_of(full) is None


async def test_before_its_window_an_add_for_which_there_is_room_leaves_it(full: Party) -> None:
    await refused(full)
    await full.set(max_items=9)
    await full.add()
    assert await token_of(full) == Window(NOW + WINDOW_MS, NOW + 2 * WINDOW_MS)


async def test_it_passes_no_window_of_tracks_and_is_not_used_up_by_that(full: Party) -> None:
    await full.set(duplicate_track_window=60)
    await refused(full)
    full.clock.pass_s(1200)
    await refused(full, error=DuplicateTrack)
    assert await token_of(full)


async def test_it_passes_no_bound_of_what_anybody_can_make(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a guest's queue that is full for everybody
    monkeypatch.setitem(KIND_LIMITS, "transient", 1)
    name = (await party.parts.queues.create("transient", None, {"limit_model": "token"}, guest("bo"))).queue.name
    await party.parts.adding.add(name, party.tracks[0], "Bo", guest("bo"))
    for _ in range(2):
        with pytest.raises(QueueFull) as refusal:
            await party.parts.adding.add(name, party.tracks[0], "Ana", guest())
        party.clock.pass_s(1200)
    assert "token" not in refusal.value.facts


async def test_two_adds_at_once_in_one_window_pass_once(full: Party) -> None:
    await refused(full)
    full.clock.pass_s(1200)
    answers = await asyncio.gather(*(full.add() for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(answer, QueueFull) for answer in answers) == 4


# -- many at once ----------------------------------------------------------------------------------------------


async def test_fifty_who_are_refused_at_once_get_windows_that_never_overlap(full: Party) -> None:
    await full.set(token_horizon=24)
    windows = [each["token"] for each in await asyncio.gather(*(refused(full, f"guest-{n}") for n in range(50)))]
    windows.sort(key=lambda each: each["valid_from"])
    assert windows[0]["valid_from"] == NOW + WINDOW_MS
    for before, after in pairwise(windows):
        assert before["valid_until"] == after["valid_from"]


async def test_deleting_the_queue_and_the_end_of_the_party_clear_them(full: Party) -> None:
    await refused(full)
    await full.parts.guests.end(X)
    assert await token_of(full) is None
    await full.set(accepting=True)
    await refused(full, "bo")
    await full.parts.queues.delete(X)
    assert await token_of(full, "bo") is None


STEPS = st.lists(
    st.tuples(st.sampled_from("abcd"), MINUTE_MS | st.integers(-600_000, 0), st.sampled_from(["add", "add", "remove"])),
    max_size=15,
)


@bounds(max_examples=40, deadline=None)
@given(steps=STEPS, window=st.integers(1, 60), end_ms=st.none() | MINUTE_MS.map(lambda ms: NOW + 4 * ms))
def test_windows_never_overlap_nor_pass_the_end_and_nobody_has_two(
    redis_url: str, steps: list[tuple[str, int, str]], window: int, end_ms: int | None
) -> None:
    """Guests add to a queue of one place at random times, by a clock that also goes back."""
    rules = QueueSettings(**TOKENS, token_window=window, token_horizon=2)
    given_out, held = run(redis_url, rules, steps, end_ms)
    windows = sorted(given_out, key=lambda each: each.valid_from)
    assert all(before.valid_until <= after.valid_from for before, after in pairwise(windows))
    assert all(each.valid_until - each.valid_from == window * 60_000 for each in windows)
    assert end_ms is None or all(each.valid_until <= end_ms for each in windows)
    assert set(held.values()) <= set(given_out)


def run(
    redis_url: str, rules: QueueSettings, steps: list[tuple[str, int, str]], end_ms: int | None
) -> tuple[dict[Window, str], dict[str, Window]]:
    """Every window that was given out, with its guest, and what each guest has at the end."""
    loop, redis = asyncio.new_event_loop(), connect(redis_url)

    def do(verb: Coroutine[Any, Any, T]) -> T:
        return loop.run_until_complete(verb)

    store, now_ms = RedisQueues(redis, 1000), NOW
    limits = replace(limits_of(None, rules, ()), tokens=(rules.token_window * 60_000, 2 * 3_600_000, end_ms))
    given_out: dict[Window, str] = {}
    held: dict[str, Window] = {}
    try:
        do(redis.call("FLUSHALL"))
        do(store.create(X, "named", rules, NOW))
        settings_rev = do(store.queue(X)).settings_rev
        for who, step_ms, what in steps:
            now_ms += step_ms
            waiting = do(store.view(X)).to_come
            if what == "remove":
                for item in waiting[:1]:
                    do(store.remove(X, item, now_ms, do(store.queue(X)).rev))
                continue
            token = held.get(who)
            turn = token is not None and token.open(now_ms)
            answer = do(store.add(X, an_item(owner=who), limits, settings_rev, None, now_ms))
            assert isinstance(answer, Added) == (not waiting or turn)
            if isinstance(answer, Added) and turn:
                del held[who]
            if isinstance(answer, Refused) and isinstance(answer.token, Window):
                live = token is not None and now_ms < token.valid_until
                assert live == (answer.token == token)
                assert live or 0 < answer.token.valid_from - now_ms <= 2 * 3_600_000
                held[who] = answer.token
                assert given_out.setdefault(answer.token, who) == who
            assert do(store.holdings(X, GuestId(who))).token == held.get(who)
    finally:
        do(redis.close())
        loop.close()
    return given_out, held

"""The plan of a drill, over many seeds."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from api_queue.clients.drill.plan import Strike, plan

SEEDS = st.integers(0, 1_000_000)
LEASES_S = st.sampled_from([2.0, 4.0, 15.0])
LENGTHS_S = st.floats(-10, 900)
unhurried = settings(deadline=None)
ENDS = {"kill": "start", "freeze": "thaw", "pause": "play"}


def verbs(strikes: tuple[Strike, ...], *wanted: str) -> list[str]:
    return [strike.verb for strike in strikes if strike.verb in wanted]


@unhurried
@given(SEEDS, LENGTHS_S, LEASES_S)
def test_it_is_in_order_and_over_in_time(seed: int, length_s: float, lease_s: float) -> None:
    times = [strike.at_s for strike in plan(seed, length_s, lease_s)]
    assert times == sorted(times)
    assert all(0 <= at_s <= length_s - lease_s for at_s in times)


@unhurried
@given(SEEDS, LENGTHS_S, LEASES_S)
def test_at_most_one_is_down_and_all_rise(seed: int, length_s: float, lease_s: float) -> None:
    downs = verbs(plan(seed, length_s, lease_s), "kill", "start", "freeze", "thaw")
    assert downs[1::2] == [ENDS[down] for down in downs[::2]]


@unhurried
@given(SEEDS, LENGTHS_S, LEASES_S)
def test_each_pause_is_followed_by_play(seed: int, length_s: float, lease_s: float) -> None:
    pauses = verbs(plan(seed, length_s, lease_s), "pause", "play")
    assert pauses == ["pause", "play"] * (len(pauses) // 2)


@unhurried
@given(SEEDS)
def test_nobody_is_struck_while_nothing_plays(seed: int) -> None:
    is_paused = False
    for strike in plan(seed, 600, 15):
        is_paused = {"pause": True, "play": False}.get(strike.verb, is_paused)
        assert not (is_paused and strike.verb in {"kill", "freeze"})


@unhurried
@given(SEEDS)
def test_ten_minutes_have_each_blow_more_than_once(seed: int) -> None:
    counts = Counter(strike.verb for strike in plan(seed, 600, 15))
    assert min(counts[verb] for verb in ("choose", "pause", "seek", "next", "kill", "freeze", "server", "broker")) >= 2
    assert counts["kill"] >= 5


@unhurried
@given(SEEDS)
def test_a_frozen_speaker_thaws_within_forty_seconds(seed: int) -> None:
    since_s = 0.0
    for strike in plan(seed, 600, 15):
        if strike.verb == "freeze":
            since_s = strike.at_s
        assert strike.verb != "thaw" or 0 < strike.at_s - since_s <= 40


def test_a_seed_makes_one_plan() -> None:
    assert plan(7, 600, 15) == plan(7, 600, 15) != plan(8, 600, 15)

"""The numbers that say how fair a night was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.clients.simulate.crowd import Guest, Kind
from api_queue.clients.simulate.fairness import Spread, fairness, jain, overtaken, quantile, spread
from api_queue.clients.simulate.record import Request

HOUR_MS = 3_600_000
VALUES = st.lists(st.integers(0, 1000), min_size=1)


def guest(name: str, kind: Kind = "normal", arrives_ms: int = 0) -> Guest:
    return Guest(name, kind, arrives_ms, HOUR_MS, 60_000)


def sang(who: Guest, *starts_ms: int) -> list[Request]:
    return [Request(who, 0, start_ms) for start_ms in starts_ms]


ANA, BEN = guest("Ana"), guest("Ben")
DUET = guest("Cem & Dua", "duet")


# -- spreads ---------------------------------------------------------------------------------------------------


@given(VALUES, st.floats(0, 1))
def test_a_quantile_is_one_of_the_values_and_that_share_is_not_above_it(values: list[int], share: float) -> None:
    found = quantile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values)


@given(VALUES)
def test_a_spread_is_in_order_and_ends_with_the_largest(values: list[int]) -> None:
    found = spread(values)
    assert min(values) <= found.median <= found.p90 <= found.max == max(values)


def test_the_spread_of_nothing_is_zeros() -> None:
    assert spread([]) == Spread(0, 0, 0)


@given(VALUES)
def test_jains_index_lies_between_one_of_all_and_one(values: list[int]) -> None:
    assert 1 / len(values) - 1e-9 <= jain(values) <= 1 + 1e-9


def test_jains_index_is_one_for_the_same_and_a_share_for_one_who_has_all() -> None:
    assert jain([3, 3, 3]) == jain([]) == jain([0, 0]) == 1
    assert jain([5, 0, 0, 0]) == 0.25


# -- turns -----------------------------------------------------------------------------------------------------


def test_who_never_sang_counts_in_the_difference() -> None:
    assert fairness([ANA, BEN], sang(ANA, 1, 2, 3), HOUR_MS).difference == 3


def test_who_has_less_of_what_was_added_under_their_eyes_is_behind() -> None:
    ben = guest("Ben", arrives_ms=100)
    requests = [Request(ANA, 50, 200), *(Request(ANA, 150, start_ms) for start_ms in (300, 400, 500))]
    found = fairness([ANA, ben], [*requests, Request(ben, 120, 600)], HOUR_MS)
    assert (found.difference, found.behind) == (3, 2)


def test_what_was_added_before_somebody_came_is_not_in_their_way() -> None:
    ben = guest("Ben", arrives_ms=100)
    requests = [*(Request(ANA, 50, start_ms) for start_ms in (200, 300, 400)), Request(ben, 120, 600)]
    assert fairness([ANA, ben], requests, HOUR_MS).behind < 1


def test_what_was_promised_at_once_is_not_in_their_way_either() -> None:
    requests = [*(Request(ANA, 50, start_ms, soon=True) for start_ms in (200, 300, 400)), Request(BEN, 40, 100)]
    assert fairness([ANA, BEN], requests, HOUR_MS).behind < 1


def test_what_was_skipped_or_never_came_is_no_turn() -> None:
    requests = [Request(ANA, 0, 10, sung=False), Request(ANA, 0), *sang(BEN, 20)]
    found = fairness([ANA, BEN], requests, HOUR_MS)
    assert (found.turns, found.songs) == ({"Ana": 0, "Ben": 1}, 1)


def test_a_duet_is_half_a_turn_for_each() -> None:
    assert fairness([DUET], sang(DUET, 1, 2, 3), HOUR_MS).turns == {"Cem & Dua": 1.5}


def test_a_table_shares_its_turns() -> None:
    table = [guest("Eva", "table"), guest("Flo", "table")]
    found = fairness([*table, ANA], [*sang(table[0], 1), *sang(table[1], 2), *sang(ANA, 3)], HOUR_MS)
    assert found.turns == {"table": 2, "Ana": 1}


@pytest.mark.parametrize("kind", ["latecomer", "leaver", "deleter", "new both"])
def test_who_was_not_there_as_long_is_not_compared(kind: Kind) -> None:
    other = guest("Gil", kind)
    found = fairness([ANA, other], [*sang(ANA, 1), *sang(other, 2, 3, 4)], HOUR_MS)
    assert (found.turns, found.songs) == ({"Ana": 1}, 4)


def test_the_longest_time_without_a_turn_begins_when_one_comes_and_ends_with_the_night() -> None:
    late = guest("Ana", arrives_ms=1_000)
    assert fairness([late], sang(late, 50_000, 60_000), 70_000).gap_ms == 49_000
    assert fairness([late], sang(late, 2_000, 3_000), 70_000).gap_ms == 67_000
    assert fairness([late], [], 70_000).gap_ms == 69_000


@given(st.lists(st.integers(1, HOUR_MS - 1), max_size=20))
def test_more_turns_never_make_it_longer(starts_ms: list[int]) -> None:
    gaps_ms = [fairness([ANA], sang(ANA, *starts_ms[:count]), HOUR_MS).gap_ms for count in range(len(starts_ms) + 1)]
    assert gaps_ms == sorted(gaps_ms, reverse=True)


def test_who_sings_between_an_add_and_its_turn_has_overtaken_it() -> None:
    ben = Request(BEN, 15, 100)
    assert overtaken([ben, *sang(ANA, 10, 20, 30, 200)]) == 2


def test_what_still_waits_at_the_end_was_overtaken_too() -> None:
    assert overtaken([Request(BEN, 15), *sang(ANA, 10, 20, 30, 200)]) == 3


def test_nobody_overtakes_their_own_party() -> None:
    assert overtaken([Request(ANA, 5, 100), *sang(ANA, 10, 20)]) == 0

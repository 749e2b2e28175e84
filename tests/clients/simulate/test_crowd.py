"""Who comes, over many seeds and sizes."""

from collections import Counter
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from api_queue.clients.simulate.crowd import STEADY, Kind, crowd

SEEDS = st.integers(0, 1_000_000)
COUNTS = st.integers(1, 500)
LENGTHS_MS = st.integers(1_000, 24 * 3_600_000)


@given(SEEDS, COUNTS, LENGTHS_MS)
def test_as_many_come_as_are_asked_for_each_with_a_name_of_their_own(seed: int, count: int, length_ms: int) -> None:
    names = {guest.name for guest in crowd(seed, count, length_ms)}
    assert len(names) == count


@given(SEEDS, COUNTS, LENGTHS_MS)
def test_everybody_comes_before_they_leave_and_leaves_by_the_end(seed: int, count: int, length_ms: int) -> None:
    for guest in crowd(seed, count, length_ms):
        assert 0 <= guest.arrives_ms < guest.leaves_ms <= length_ms


@given(SEEDS, COUNTS, LENGTHS_MS)
def test_those_whose_turns_are_compared_are_there_from_the_first_quarter_to_the_end(
    seed: int, count: int, length_ms: int
) -> None:
    for guest in crowd(seed, count, length_ms):
        if guest.kind in STEADY:
            assert guest.arrives_ms <= length_ms // 4
            assert guest.leaves_ms == length_ms


@given(SEEDS, st.integers(12, 500))
def test_a_party_of_a_dozen_has_one_of_each_kind(seed: int, count: int) -> None:
    assert {guest.kind for guest in crowd(seed, count, 3_600_000)} == set(get_args(Kind))


def test_forty_have_a_table_of_eight_and_are_mostly_ordinary() -> None:
    kinds = Counter(guest.kind for guest in crowd(1, 40, 3_600_000))
    assert kinds["table"] == 8
    assert kinds.most_common(1)[0][0] == "normal"


def test_a_seed_makes_one_crowd() -> None:
    assert crowd(7, 40, 3_600_000) == crowd(7, 40, 3_600_000) != crowd(8, 40, 3_600_000)

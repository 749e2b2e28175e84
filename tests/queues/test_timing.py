"""Expected times: the vectors of docs/timing.md, and that sums and walks agree."""

from hypothesis import given
from hypothesis import strategies as st

from api_queue.queues.session import Session
from api_queue.queues.settings import QueueSettings
from api_queue.queues.timing import expected_after, expected_last, expected_starts, free_at, free_if_played
from api_queue.types import Milliseconds
from tests.queues.builders import NOW, an_item

MINUTE = Milliseconds(60_000)


def playing(position_ms: int = 0, duration_ms: int = MINUTE) -> Session:
    return Session(
        state="playing", duration_ms=Milliseconds(duration_ms), position_ms=position_ms, position_at_ms=NOW - 10_000
    )


def test_a_stopped_queue_promises_nothing() -> None:
    assert free_at(Session(), NOW) is None
    assert list(expected_starts([an_item(), an_item()], None, 15_000)) == [None, None]


def test_each_item_follows_the_one_before_after_the_pause() -> None:
    free = free_at(playing(), NOW)
    assert free == NOW + 50_000
    assert list(expected_starts([an_item(seconds=30), an_item()], free, 15_000)) == [NOW + 65_000, NOW + 110_000]


def test_the_pause_before_a_track_counts() -> None:
    assert free_at(playing(position_ms=-25_000), NOW) == NOW + 75_000


def test_a_track_that_is_overdue_is_free_now() -> None:
    assert free_at(playing(position_ms=59_000), NOW) == NOW


def test_paused_counts_as_going_on_now() -> None:
    paused = Session(state="paused", duration_ms=MINUTE, position_ms=20_000, position_at_ms=NOW - 99_000)
    assert free_at(paused, NOW) == NOW + 40_000


def test_play_one_promises_nothing_behind_it() -> None:
    session = Session(state="playing", duration_ms=MINUTE, position_at_ms=NOW, stop_after=True)
    assert free_at(session, NOW) is None


def test_a_start_set_by_hand_is_not_undercut() -> None:
    items = [an_item(play_at=NOW + 500_000), an_item()]
    assert list(expected_starts(items, NOW, 0)) == [NOW + 500_000, NOW + 560_000]


def test_limits_take_a_stopped_queue_to_start_in_a_second() -> None:
    free = free_if_played(Session(), QueueSettings(track_space=15), NOW)
    assert next(expected_starts([an_item()], free, 15_000)) == NOW + 1000


@given(st.lists(st.integers(1, 1000), max_size=20), st.integers(0, 60_000))
def test_the_sums_beside_the_list_say_what_a_walk_says(lengths_s: list[int], space_ms: int) -> None:
    items = [an_item(seconds=s) for s in lengths_s]
    walked = [*expected_starts([*items, an_item()], NOW, space_ms)][-1]
    total = sum(item.track_duration_ms for item in items)
    assert expected_after(len(items), total, NOW, space_ms) == walked
    assert expected_last(items, NOW, space_ms) == walked

"""What an add is held against: the bounds that the script takes, and what needs no look at the queue."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.errors import AddingClosed, NotStarted
from api_queue.queues import limits
from api_queue.queues.models import Item, Queue, QueueView
from api_queue.queues.session import Session
from api_queue.queues.settings import QueueSettings
from api_queue.queues.timing import expected_last, free_if_played
from api_queue.types import Milliseconds
from tests.queues.builders import NOW, a_queue, an_item

PLAYING = Session(state="playing", duration_ms=Milliseconds(60_000), position_at_ms=NOW)


def at(timestamp_ms: int) -> datetime:
    return datetime.fromtimestamp(timestamp_ms / 1000, UTC)


# -- what the script is to check -------------------------------------------------------------------------------


def test_without_settings_there_are_no_bounds() -> None:
    bounds = limits.limits_of(None, QueueSettings(), ())
    assert (bounds.max_items, bounds.max_per_guest, bounds.track_window_ms, bounds.performer_window_ms) == (None,) * 4


def test_windows_are_minutes_for_hosts_and_milliseconds_for_the_script() -> None:
    settings = QueueSettings(max_items=9, max_per_guest=2, duplicate_track_window=3, duplicate_performer_window=1)
    bounds = limits.limits_of(None, settings, (("g:ana", 5, 12_000),))
    assert (bounds.max_items, bounds.max_per_guest) == (9, 2)
    assert (bounds.track_window_ms, bounds.performer_window_ms) == (180_000, 60_000)
    assert bounds.buckets == (("g:ana", 5, 12_000),)


def test_points_are_thousandths_and_tokens_milliseconds_for_the_script() -> None:
    end = at(NOW + 10**7)
    bounds = limits.limits_of(
        10, QueueSettings(limit_model="token", token_window=5, token_horizon=1.5, event_end=end, join="code"), ()
    )
    assert (bounds.most, bounds.tokens, bounds.points) == (10, (300_000, 5_400_000, NOW + 10**7), None)
    assert bounds.join_code
    bounds = limits.limits_of(
        None, QueueSettings(limit_model="points", points_max=7, points_per_hour=0.5, max_minutes_per_guest=2), ()
    )
    assert (bounds.points, bounds.tokens, bounds.max_per_guest_ms) == ((7000, 0.5), None, 120_000)


# -- by the settings alone -------------------------------------------------------------------------------------


def test_an_open_queue_refuses_nobody() -> None:
    assert limits.closed(QueueSettings(), NOW) is None


def test_a_closed_queue_says_that_the_music_goes_on() -> None:
    refusal = limits.closed(QueueSettings(accepting=False), NOW)
    assert isinstance(refusal, AddingClosed)
    assert refusal.detail == "The host has closed adding; what is on the queue will still be played."


def test_before_the_event_it_says_when_to_come_again() -> None:
    refusal = limits.closed(QueueSettings(event_start=at(NOW + 90_500)), NOW)
    assert isinstance(refusal, NotStarted)
    assert refusal.detail == "Adding opens when the event starts, at 2023-11-14T22:14:50.500Z."
    assert refusal.facts["retry_after"] == 91


def test_the_event_begins_at_its_start_and_not_after() -> None:
    assert limits.closed(QueueSettings(event_start=at(NOW)), NOW) is None


def test_the_start_of_the_event_is_told_before_that_adding_is_closed() -> None:
    refusal = limits.closed(QueueSettings(event_start=at(NOW + 1), accepting=False), NOW)
    assert isinstance(refusal, NotStarted)


# -- who performs, and for how long ----------------------------------------------------------------------------


def unnamed(performer: str, *names: str) -> str:
    refusal = limits.unnamed(QueueSettings(performer_names=names or None), performer)
    return refusal.detail if refusal else ""


def test_without_a_list_everybody_performs() -> None:
    assert not unnamed("Anybody")


@pytest.mark.parametrize("performer", ["Ana", "ANA", "Ana & Zoë", "zoë & ana", "Ana & Bo & Zoë"])
def test_who_is_listed_performs_alone_and_together(performer: str) -> None:
    assert not unnamed(performer, "Ana", "Bo", "Zoë")


def test_a_duo_can_be_listed_as_one() -> None:
    assert not unnamed("Simon & Garfunkel", "Simon & Garfunkel")


def test_who_is_not_is_told_the_nearest_name() -> None:
    assert unnamed("Anna", "Ana", "Bo") == "Anna is not on the list of who performs here. Did you mean Ana?"
    assert unnamed("Ana & Boo", "Ana", "Bo") == "Boo is not on the list of who performs here. Did you mean Bo?"
    assert unnamed("Xaver", "Ana", "Bo") == "Xaver is not on the list of who performs here."


def test_a_track_that_costs_more_than_anybody_can_have_is_too_long() -> None:
    rules = QueueSettings(limit_model="points", points_max=3)
    assert limits.too_long(rules, Milliseconds(180_000)) is None
    refusal = limits.too_long(rules, Milliseconds(180_001))
    assert refusal
    assert refusal.detail == "This track costs 4 points, and nobody can have more than 3; take a shorter one."
    assert limits.too_long(QueueSettings(points_max=3), Milliseconds(180_001)) is None


# -- against the end of the event ------------------------------------------------------------------------------


def longest_ms(queue: Queue, waiting: tuple[Item, ...] = ()) -> int:
    """What the script reckons with: the longest track that ends with the event, behind all that wait."""
    room = limits.room_behind(QueueView(queue, waiting, 0, "1-0"), NOW) if queue.fixed else limits.room(queue, NOW)
    assert room
    assert room.session_rev == queue.session_rev
    return room.ms - queue.waiting_ms - (queue.waiting + 1) * room.space_ms


def test_without_an_end_there_is_no_bound() -> None:
    assert limits.room(a_queue(PLAYING), NOW) is None


def test_a_track_may_end_with_the_event() -> None:
    # Given a track that plays for 60 s, 15 s of pause, and an event that ends after 100 s
    assert longest_ms(a_queue(PLAYING, QueueSettings(event_end=at(NOW + 100_000)))) == 25_000


def test_a_queue_that_stands_still_is_taken_to_start_in_a_second() -> None:
    assert longest_ms(a_queue(Session(), QueueSettings(event_end=at(NOW + 61_000)))) == 60_000


def test_what_waits_before_it_is_counted_with_its_pauses() -> None:
    # Given two of 60 s that wait behind one of 60 s: 180 s of music and three pauses of 15 s
    queue = a_queue(PLAYING, QueueSettings(event_end=at(NOW + 180_000 + 45_000 + 30_000)), (an_item(), an_item()))
    assert longest_ms(queue) == 30_000


def test_a_start_set_by_hand_is_waited_for() -> None:
    waiting = (an_item(play_at=NOW + 500_000),)
    assert longest_ms(a_queue(PLAYING, QueueSettings(event_end=at(NOW + 600_000)), waiting), waiting) == 25_000


@given(st.lists(st.tuples(st.integers(1, 600), st.none() | st.integers(0, 4000)), max_size=8), st.integers(0, 600))
def test_it_is_the_rule_of_every_other_time(lengths: list[tuple[int, int | None]], space: int) -> None:
    waiting = tuple(an_item(seconds=s, play_at=None if at_s is None else NOW + at_s * 1000) for s, at_s in lengths)
    queue = a_queue(PLAYING, QueueSettings(event_end=at(NOW + 10**7), track_space=space), waiting)
    start_ms = expected_last(waiting, free_if_played(PLAYING, queue.settings, NOW), space * 1000)
    assert longest_ms(queue, waiting) == NOW + 10**7 - start_ms

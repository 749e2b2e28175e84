"""Every refusal of an add: its sentence for the guest, and its facts for the page."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.errors import (
    AddingClosed,
    ApiQueueError,
    DuplicatePerformer,
    DuplicateTrack,
    EndsTooLate,
    GuestFull,
    NotStarted,
    QueueFull,
    RateLimited,
    SessionEnded,
)
from api_queue.queues import limits
from api_queue.queues.models import Item, Mute, Queue, QueueView, Refused
from api_queue.queues.session import Session
from api_queue.queues.settings import QueueSettings
from api_queue.types import GuestId, Milliseconds
from tests.queues.builders import NOW, a_queue, an_item

PLAYING = Session(state="playing", duration_ms=Milliseconds(60_000), position_at_ms=NOW)
ITEM = an_item("Ana", owner="ana")


def at(timestamp_ms: int) -> datetime:
    return datetime.fromtimestamp(timestamp_ms / 1000, UTC)


def view(*waiting: Item, session: Session = PLAYING, **settings: Any) -> QueueView:
    return QueueView(a_queue(session, QueueSettings(**settings), waiting), waiting, 0, "1-0")


def refused(why: Any, fact: str, looked: QueueView) -> ApiQueueError:
    return limits.refusal(Refused(why, fact), ITEM, looked, NOW)


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


# -- against the end of the event ------------------------------------------------------------------------------


def fits(queue: Queue, duration_ms: int, waiting: tuple[Item, ...] = ()) -> bool:
    try:
        limits.check_fits(queue, waiting, Milliseconds(duration_ms), NOW)
    except EndsTooLate:
        return False
    return True


def test_without_an_end_everything_fits() -> None:
    assert fits(a_queue(PLAYING), 10**9)


def test_a_track_may_end_with_the_event_and_not_a_moment_later() -> None:
    # Given a track that plays for 60 s, 15 s of pause, and an event that ends after 100 s
    queue = a_queue(PLAYING, QueueSettings(event_end=at(NOW + 100_000)))
    # Then 25 s are left
    assert fits(queue, 25_000)
    assert not fits(queue, 25_001)


def test_a_queue_that_stands_still_is_taken_to_start_in_a_second() -> None:
    queue = a_queue(Session(), QueueSettings(event_end=at(NOW + 61_000)))
    assert fits(queue, 60_000)
    assert not fits(queue, 60_001)


def test_what_waits_before_it_is_counted_with_its_pauses() -> None:
    # Given two of 60 s that wait behind one of 60 s: 180 s of music and three pauses of 15 s
    waiting = (an_item(), an_item())
    queue = a_queue(PLAYING, QueueSettings(event_end=at(NOW + 180_000 + 45_000 + 30_000)), waiting)
    assert fits(queue, 30_000)
    assert not fits(queue, 30_001)


def test_a_start_set_by_hand_is_waited_for() -> None:
    waiting = (an_item(play_at=NOW + 500_000),)
    queue = a_queue(PLAYING, QueueSettings(event_end=at(NOW + 600_000)), waiting)
    assert fits(queue, 25_000, waiting)
    assert not fits(queue, 25_001, waiting)


def test_the_refusal_tells_the_longest_that_fits() -> None:
    queue = a_queue(PLAYING, QueueSettings(event_end=at(NOW + 60_000 + 15_000 + 185_999)))
    with pytest.raises(EndsTooLate) as refusal:
        limits.check_fits(queue, (), Milliseconds(200_000), NOW)
    assert refusal.value.facts["longest_ms"] == 185_999
    assert refusal.value.detail.endswith("the longest that still fits is 3:05.")


def test_after_the_event_nothing_fits_and_the_longest_is_nothing() -> None:
    queue = a_queue(PLAYING, QueueSettings(event_end=at(NOW - 1)))
    with pytest.raises(EndsTooLate) as refusal:
        limits.check_fits(queue, (), Milliseconds(1), NOW)
    assert refusal.value.facts["longest_ms"] == 0


# -- by the script ---------------------------------------------------------------------------------------------


def test_an_empty_bucket_is_told_in_whole_seconds_upwards() -> None:
    refusal = refused("rate", "1001", view())
    assert isinstance(refusal, RateLimited)
    assert refusal.facts == {"retry_after": 2}


def test_to_wait_less_than_a_second_is_to_wait_a_second() -> None:
    assert refused("rate", "1", view()).facts == {"retry_after": 1}


def test_a_full_queue_names_its_bound_and_the_next_free_place() -> None:
    # Given one that waits, to start in 60 + 15 s
    refusal = refused("full", "1", view(an_item(), max_items=1))
    assert isinstance(refusal, QueueFull)
    assert refusal.detail.startswith("The queue is full (1 waiting items). A place comes free at about ")
    assert limits.clock_text(NOW + 75_000) in refusal.detail
    assert refusal.facts["retry_after"] == 75


def test_a_queue_that_stands_still_frees_a_place_when_it_goes_on() -> None:
    refusal = refused("full", "1", view(an_item(), session=Session(), max_items=1))
    assert refusal.detail.endswith("A place comes free when the music goes on.")
    assert "retry_after" not in refusal.facts


def test_a_guest_waits_for_their_own_item() -> None:
    # Given another guest's item before their own
    refusal = refused("guest", "1", view(an_item(owner="bo"), an_item(owner="ana"), max_per_guest=1))
    assert isinstance(refusal, GuestFull)
    assert refusal.detail.startswith("You have 1 waiting items, and each guest may have 1.")
    assert refusal.facts["retry_after"] == 60 + 15 + 60 + 15


def test_a_guest_whose_items_went_meanwhile_is_told_no_time() -> None:
    assert "retry_after" not in refused("guest", "1", view(an_item(owner="bo"), max_per_guest=1)).facts


def test_a_track_that_waits_may_come_again_when_it_was_played() -> None:
    refusal = refused("track", "", view(duplicate_track_window=5))
    assert isinstance(refusal, DuplicateTrack)
    assert refusal.detail == "This track is on the queue already. Choose another, or wait until it has been played."
    assert "retry_after" not in refusal.facts


def test_a_track_that_was_played_tells_when_and_when_again() -> None:
    # Given five minutes, of which two are over
    refusal = refused("track", str(NOW - 120_000), view(duplicate_track_window=5))
    was, again = limits.clock_text(NOW - 120_000), limits.clock_text(NOW + 180_000)
    assert refusal.detail == f"This track was on at {was}. It may come again at {again}."
    assert (refusal.facts["retry_after"], refusal.facts["track_id"]) == (180, "t1")


def test_a_performer_is_named_and_has_a_window_of_their_own() -> None:
    # Given a window of five minutes for tracks and one of three for performers
    looked = view(duplicate_track_window=5, duplicate_performer_window=3)
    refusal = refused("performer", str(NOW - 120_000), looked)
    assert isinstance(refusal, DuplicatePerformer)
    assert refusal.detail.startswith("Ana was on at ")
    assert refusal.facts["retry_after"] == 60


def test_whose_party_is_over_is_told_which_one() -> None:
    refusal = refused("ended", "", view())
    assert isinstance(refusal, SessionEnded)
    assert "'x'" in refusal.detail


# -- mutes, times and lengths ----------------------------------------------------------------------------------


def test_a_mute_tells_the_reason_and_until_when() -> None:
    told = limits.muted(Mute(GuestId("ana"), NOW + 60_000, "too loud"), NOW)
    assert told.detail == f"The host has muted you until {limits.clock_text(NOW + 60_000)}: too loud"
    assert told.facts["retry_after"] == 60


def test_a_mute_for_good_tells_the_reason_alone() -> None:
    assert limits.muted(Mute(GuestId("ana"), None, "too loud"), NOW).detail == "The host has muted you: too loud"


@pytest.mark.parametrize(
    ("length_ms", "text"), [(0, "0:00"), (999, "0:00"), (59_999, "0:59"), (60_000, "1:00"), (3_725_000, "62:05")]
)
def test_a_length_is_minutes_and_seconds(length_ms: int, text: str) -> None:
    assert limits.length_text(length_ms) == text


@given(st.integers(0, 10**7))
def test_who_waits_as_long_as_told_has_waited_long_enough(wait_ms: int) -> None:
    told = refused("rate", str(wait_ms), view()).facts["retry_after"]
    assert isinstance(told, int)
    assert told * 1000 >= wait_ms
    assert told == 1 or (told - 1) * 1000 < wait_ms

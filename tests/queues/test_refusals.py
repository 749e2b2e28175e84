"""Every refusal of an add: its sentence for the guest, and its facts for the page."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api_queue.errors import (
    ApiQueueError,
    DuplicatePerformer,
    DuplicateTrack,
    EndsTooLate,
    GuestFull,
    GuestMinutesFull,
    JoinCodeNeeded,
    NotEnoughPoints,
    QueueFull,
    RateLimited,
    SessionEnded,
)
from api_queue.queues import refusals
from api_queue.queues.models import Item, Mute, QueueView, Refused
from api_queue.queues.refusals import clock_text
from api_queue.queues.session import Session
from api_queue.queues.settings import QueueSettings
from api_queue.queues.tokens import NoToken, Window
from api_queue.queues.turn_taking import Pause
from api_queue.types import GuestId, Milliseconds
from tests.queues.builders import NOW, a_queue, an_item

PLAYING = Session(state="playing", duration_ms=Milliseconds(60_000), position_at_ms=NOW)
ITEM = an_item("Ana", owner="ana")
#: From half an hour from now on.
TOKEN = Window(NOW + 1_800_000, NOW + 3_000_000)


def at(timestamp_ms: int) -> datetime:
    return datetime.fromtimestamp(timestamp_ms / 1000, UTC)


def view(*waiting: Item, session: Session = PLAYING, **settings: Any) -> QueueView:
    return QueueView(a_queue(session, QueueSettings(**settings), waiting), waiting, 0, "1-0")


def refused(why: Any, fact: str, looked: QueueView, token: Window | NoToken | None = None) -> ApiQueueError:
    return refusals.refusal(Refused(why, fact, token), ITEM, looked, NOW)


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
    assert refusals.clock_text(NOW + 75_000) in refusal.detail
    assert refusal.facts["retry_after"] == 75


def test_a_queue_that_stands_still_frees_a_place_when_it_goes_on() -> None:
    refusal = refused("full", "1", view(an_item(), session=Session(), max_items=1))
    assert refusal.detail.endswith("A place comes free when the music goes on.")
    assert "retry_after" not in refusal.facts


def test_a_guest_waits_for_their_own_item() -> None:
    # Given another guest's item before their own
    refusal = refused("guest", "1", view(an_item(owner="bo"), an_item(owner="ana"), max_per_guest=1))
    assert isinstance(refusal, GuestFull)
    assert refusal.detail.startswith("You have 1 on the queue, and each guest may have 1.")
    assert refusal.facts["retry_after"] == 60 + 15 + 60 + 15


def test_a_place_is_free_when_so_many_have_started_that_one_more_fits() -> None:
    # Given four that wait where hosts have added beyond the two that may
    refusal = refused("full", "2", view(*(an_item(seconds=30) for _ in range(4)), max_items=2))
    # Then the third of them to start makes room: after this one, and two more with their pauses
    assert refusal.facts["retry_after"] == 60 + 15 + 2 * 45


def test_a_guest_who_has_more_than_may_be_waits_for_more_than_one() -> None:
    looked = view(*(an_item(owner="ana", seconds=30) for _ in range(3)), max_per_guest=2)
    assert refused("guest", "3", looked).facts["retry_after"] == 60 + 15 + 45


def test_what_stands_back_makes_no_room_until_it_starts() -> None:
    away = view(an_item("Zed"), an_item("Ana"), max_items=2)
    paused = replace(away, queue=replace(away.queue, paused={"zed": Pause("Zed", NOW)}))
    assert refused("full", "2", paused).facts["retry_after"] == 60 + 15


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
    was, again = refusals.clock_text(NOW - 120_000), refusals.clock_text(NOW + 180_000)
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


def test_a_guest_with_minutes_enough_waits_until_so_many_are_over() -> None:
    # Given three of their minutes of which they may have three, and one more that is wanted
    waiting = (an_item(owner="ana", seconds=30), an_item(owner="bo"), an_item(owner="ana", seconds=150))
    refusal = refused("minutes", "180000", view(*waiting, max_minutes_per_guest=3))
    # Then thirty seconds less are not enough
    assert isinstance(refusal, GuestMinutesFull)
    assert refusal.detail.startswith("With this, 4.0 minutes of yours wait; each guest may have 3. A place")
    assert refusal.facts["retry_after"] == 60 + 15 + 30 + 15 + 60 + 15


def test_what_is_longer_than_anybodys_minutes_never_comes_free() -> None:
    refusal = refusals.refusal(
        Refused("minutes", "0"), an_item(owner="ana", seconds=90), view(max_minutes_per_guest=1), NOW
    )
    assert refusal.detail.endswith("each guest may have 1. Take a shorter track.")
    assert "retry_after" not in refusal.facts


def test_what_would_end_too_late_is_told_how_long_it_may_be() -> None:
    refusal = refused("late", "185999", view(event_end=at(NOW + 10**7)))
    assert isinstance(refusal, EndsTooLate)
    assert refusal.detail.endswith("the longest that still fits is 3:05.")
    assert (refusal.facts["longest_ms"], "retry_after" in refusal.facts) == (185_999, False)


def test_who_has_not_joined_is_told_where_the_code_is() -> None:
    refusal = refused("join", "", view())
    assert isinstance(refusal, JoinCodeNeeded)
    assert "big screen" in refusal.detail


# -- tokens ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("why", ["full", "guest", "minutes", "late"])
def test_a_refusal_with_a_token_says_when_its_turn_is(why: Any) -> None:
    looked = view(max_items=1, max_per_guest=1, max_minutes_per_guest=1, event_end=at(NOW + 10**7))
    refusal = refused(why, "1", looked, TOKEN)
    turn = f"Your turn to add is from {clock_text(TOKEN.valid_from)} to {clock_text(TOKEN.valid_until)}."
    assert refusal.detail.endswith(turn)
    assert refusal.facts["token"] == {"valid_from": TOKEN.valid_from, "valid_until": TOKEN.valid_until}
    assert (refusal.facts["clock_ms"], refusal.facts["retry_after"]) == (NOW, 1800)


def test_a_place_that_comes_free_before_the_turn_is_the_time_to_come_again() -> None:
    assert refused("full", "1", view(an_item(), max_items=1), TOKEN).facts["retry_after"] == 75


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        ("end", "All turns to add before the end of the event are given out."),
        ("horizon", "All turns to add within 1.5 hours are given out; ask again later."),
    ],
)
def test_where_no_token_can_be_had_it_says_why(why: NoToken, reason: str) -> None:
    refusal = refused("full", "1", view(max_items=1, token_horizon=1.5), why)
    assert refusal.detail.endswith(reason)
    assert (refusal.facts["token"], refusal.facts["clock_ms"]) == (None, NOW)


def test_without_tokens_there_is_no_word_of_them() -> None:
    assert not {"token", "clock_ms"} & refused("full", "1", view(max_items=1)).facts.keys()


# -- points ----------------------------------------------------------------------------------------------------


def test_who_has_too_few_points_is_told_when_there_are_enough() -> None:
    # Given half a point, of which ten an hour come back, and a minute that costs one
    refusal = refused("points", "500", view(limit_model="points", points_per_hour=10))
    assert isinstance(refusal, NotEnoughPoints)
    again = clock_text(NOW + 180_000)
    assert refusal.detail == f"This track costs 1 points, and you have 0.5. It will be enough at {again}."
    assert (refusal.facts["retry_after"], refusal.facts["points_max"]) == (181, 30)


def test_where_points_never_come_back_no_time_is_named() -> None:
    refusal = refused("points", "0", view(limit_model="points", points_per_hour=0))
    assert refusal.detail.endswith("Points do not come back here.")
    assert "retry_after" not in refusal.facts


# -- mutes, times and lengths ----------------------------------------------------------------------------------


def test_a_mute_tells_the_reason_and_until_when() -> None:
    told = refusals.muted(Mute(GuestId("ana"), NOW + 60_000, "too loud"), NOW)
    assert told.detail == f"The host has muted you until {refusals.clock_text(NOW + 60_000)}: too loud"
    assert told.facts["retry_after"] == 60


def test_a_mute_for_good_tells_the_reason_alone() -> None:
    assert refusals.muted(Mute(GuestId("ana"), None, "too loud"), NOW).detail == "The host has muted you: too loud"


@pytest.mark.parametrize(
    ("length_ms", "text"), [(0, "0:00"), (999, "0:00"), (59_999, "0:59"), (60_000, "1:00"), (3_725_000, "62:05")]
)
def test_a_length_is_minutes_and_seconds(length_ms: int, text: str) -> None:
    assert refusals.length_text(length_ms) == text


@given(st.integers(0, 10**7))
def test_who_waits_as_long_as_told_has_waited_long_enough(wait_ms: int) -> None:
    told = refused("rate", str(wait_ms), view()).facts["retry_after"]
    assert isinstance(told, int)
    assert told * 1000 >= wait_ms
    assert told == 1 or (told - 1) * 1000 < wait_ms

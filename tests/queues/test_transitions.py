"""The transport as pure functions, at every edge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api_queue.errors import BadSeek, NothingPlaying
from api_queue.queues import transitions
from api_queue.queues.models import Item
from api_queue.queues.session import Session
from api_queue.queues.transitions import Stage, Step
from tests.queues.builders import NOW, an_item

NEXT = an_item("Next", seconds=100)


def on_stage(
    session: Session | None = None,
    *,
    previous: Item | None = None,
    following: Item | None = NEXT,
    space_ms: int = 15_000,
) -> Stage:
    """With a session that has an item, that item is the current one."""
    session = session or Session()
    current = None
    if session.item_id:
        current = replace(an_item("Now"), id=session.item_id, status="playing", timestamp_play=NOW - 10_000)
    return Stage(session, previous, current, following, space_ms)


def playing(position_ms: int = 10_000) -> Session:
    item = an_item("Now")
    return Session(
        state="playing",
        item_id=item.id,
        track_id=item.track_id,
        duration_ms=item.track_duration_ms,
        position_ms=position_ms,
        position_at_ms=NOW,
    )


def test_play_starts_the_first_waiting_item_a_second_ahead() -> None:
    step = transitions.play(on_stage(), NOW)
    assert (step.session.state, step.session.item_id, step.session.position_ms) == ("playing", NEXT.id, -1000)
    assert step.changed == ((NEXT, NEXT.started(NOW + 1000)),)


def test_play_with_nothing_waiting_changes_nothing() -> None:
    stage = on_stage(following=None)
    assert transitions.play(stage, NOW) == Step(stage.session)


def test_play_while_playing_changes_nothing() -> None:
    stage = on_stage(playing())
    assert transitions.play(stage, NOW) == Step(stage.session)


def test_play_cuts_the_pause_before_a_track_short() -> None:
    step = transitions.play(on_stage(playing(-14_000)), NOW)
    assert step.session.position_ms == -1000
    assert step.changed[0][1].timestamp_play == NOW + 1000


def test_play_does_not_start_before_a_time_set_by_hand() -> None:
    later = replace(NEXT, timestamp_play=NOW + 60_000)
    step = transitions.play(on_stage(following=later), NOW)
    assert step.session.position_ms == -60_000


def test_pause_holds_the_projected_position_and_play_goes_on_from_it() -> None:
    paused = transitions.pause(on_stage(playing()), NOW + 5000).session
    assert (paused.state, paused.position_ms) == ("paused", 15_000)
    again = transitions.play(on_stage(paused), NOW + 60_000).session
    assert (again.state, again.projected_ms(NOW + 61_000)) == ("playing", 16_000)


def test_stop_puts_the_current_item_back() -> None:
    step = transitions.stop(on_stage(playing()), NOW)
    assert (step.session.state, step.session.item_id, step.session.position_ms) == ("stopped", None, 0)
    ((_, after),) = step.changed
    assert (after.status, after.timestamp_play) == ("queued", None)


@pytest.mark.parametrize("status", ["played", "skipped", "failed"])
def test_going_on_marks_the_one_and_starts_the_other_after_the_pause(status: str) -> None:
    step = transitions.go_on(on_stage(playing()), NOW, status)  # type: ignore[arg-type]  # the parameter's words
    assert [after.status for _, after in step.changed] == [status, "playing"]
    assert step.session.position_ms == -15_000


def test_a_pause_of_nothing_still_gives_every_screen_a_second() -> None:
    assert transitions.go_on(on_stage(playing(), space_ms=0), NOW, "played").session.position_ms == -1000


def test_the_last_item_ends_the_music() -> None:
    step = transitions.go_on(on_stage(playing(), following=None), NOW, "played")
    assert (step.session.state, len(step.changed)) == ("stopped", 1)


def test_play_one_stops_after_it() -> None:
    one = transitions.play(on_stage(), NOW, stop_after=True).session
    step = transitions.go_on(on_stage(one), NOW, "played")
    assert (step.session.state, step.session.stop_after) == ("stopped", False)


def test_prev_past_five_seconds_begins_the_track_again() -> None:
    step = transitions.prev(on_stage(playing(5001), previous=an_item("Before")), NOW)
    assert (step.session.position_ms, step.changed) == (0, ())


def test_prev_within_five_seconds_goes_back() -> None:
    before = an_item("Before", status="played", play_at=NOW - 99_000)
    step = transitions.prev(on_stage(playing(5000), previous=before), NOW)
    assert step.session.item_id == before.id
    assert [after.status for _, after in step.changed] == ["queued", "playing"]


def test_prev_at_the_first_item_and_next_with_none_change_nothing() -> None:
    first = on_stage(playing(1000))
    assert transitions.prev(first, NOW) == Step(first.session)
    idle = on_stage()
    assert transitions.go_on(idle, NOW, "played") == Step(idle.session)
    assert transitions.prev(idle, NOW) == Step(idle.session)


@pytest.mark.parametrize("position_ms", [-1, 60_001])
def test_a_seek_outside_the_track_is_refused(position_ms: int) -> None:
    with pytest.raises(BadSeek):
        transitions.seek(on_stage(playing()), NOW, position_ms)


def test_a_seek_with_nothing_playing_is_refused() -> None:
    with pytest.raises(NothingPlaying):
        transitions.seek(on_stage(), NOW, 0)


@given(st.integers(-60_000, 60_000), st.integers(0, 200_000), st.integers(-30_000, 60_000))
def test_a_step_of_seeking_stays_within_the_track(by_ms: int, later_ms: int, position_ms: int) -> None:
    step = transitions.seek_by(on_stage(playing(position_ms)), NOW + later_ms, by_ms)
    assert 0 <= step.session.projected_ms(NOW + later_ms) <= 60_000


@given(st.integers(-15_000, 60_000), st.integers(0, 10_000_000))
def test_the_projection_never_passes_the_end(position_ms: int, later_ms: int) -> None:
    assert playing(position_ms).projected_ms(NOW + later_ms) == min(position_ms + later_ms, 60_000)

"""The clock was set while music plays: everybody hears what they hear, and it ends when it would have ended."""

from dataclasses import replace as replace_stage

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api_queue.queues import seat
from api_queue.queues.session import Yielding
from api_queue.queues.transitions import clock_set, end, ended, over_ms
from api_queue.types import DeviceId
from tests.queues.builders import NOW, a_queue
from tests.queues.test_transitions import on_stage, playing

HOUR_MS = 3_600_000
LEASE_MS = 15_000
STEPS = st.sampled_from([HOUR_MS, -HOUR_MS, 365 * 24 * HOUR_MS, -30_000, 30_000])


@given(STEPS, st.integers(-20_000, 59_000), st.integers(0, 1_000))
def test_the_music_is_where_it_was(step_ms: int, position_ms: int, later_ms: int) -> None:
    before = playing(position_ms)
    now_ms = NOW + later_ms + step_ms
    after = clock_set(on_stage(before), now_ms, step_ms=step_ms, lease_ms=LEASE_MS).session
    assert after.projected_ms(now_ms) == before.projected_ms(NOW + later_ms)
    assert after.projected_ms(now_ms + 500) == before.projected_ms(NOW + later_ms + 500)


@given(STEPS)
def test_it_is_over_when_it_would_have_been(step_ms: int) -> None:
    before, now_ms = playing(), NOW + step_ms
    step = clock_set(on_stage(before), now_ms, step_ms=step_ms, lease_ms=LEASE_MS)
    over = over_ms(before, NOW)
    assert over is not None
    assert over_ms(step.session, now_ms) == over + step_ms
    # And the end that its speaker tells of is believed
    [(_, item)] = step.changed
    stage = replace_stage(on_stage(step.session), current=item)
    assert ended(stage, now_ms + 60_000, "played", now_ms + 50_000).session.item_id != before.item_id
    assert end(stage, now_ms).session == step.session


@given(STEPS)
def test_its_speaker_has_one_lease_from_then_on(step_ms: int) -> None:
    before = replace(
        playing(),
        speaker=DeviceId("kitchen"),
        lease_until_ms=NOW + 9_000,
        yielding=(Yielding(DeviceId("garden"), NOW + 4_000),),
    )
    now_ms = NOW + step_ms
    after = clock_set(on_stage(before), now_ms, step_ms=step_ms, lease_ms=LEASE_MS).session
    assert after.lease_until_ms == now_ms + LEASE_MS
    assert after.generation == before.generation
    assert after.yielding == (Yielding(DeviceId("garden"), now_ms + 4_000),)


@given(STEPS)
def test_what_was_begun_by_the_new_clock_stays(step_ms: int) -> None:
    now_ms = NOW + step_ms
    begun = replace(playing(0), position_at_ms=now_ms - 100)
    assert clock_set(on_stage(begun), now_ms, step_ms=step_ms, lease_ms=LEASE_MS).session == begun


def test_what_does_not_play_is_not_touched() -> None:
    paused = replace(playing(), state="paused")
    assert clock_set(on_stage(paused), NOW + HOUR_MS, step_ms=HOUR_MS, lease_ms=LEASE_MS).session == paused


def test_a_start_with_a_clock_that_is_behind_pauses_what_played_and_does_not_count_up_for_hours() -> None:
    """As on a Raspberry Pi, which has no clock while it is off."""
    queue = replace(a_queue(), session=playing(10_000), changed_at_ms=NOW)
    after = seat.after_restart(queue, NOW - HOUR_MS, LEASE_MS)
    assert (after.state, after.paused_because, after.position_ms) == ("paused", "restart", 10_000)

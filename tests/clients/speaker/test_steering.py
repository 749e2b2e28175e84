"""What is done with mpv: a model of it, led by the rules, is always where it should be."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from api_queue.clients.speaker.plan import Plan
from api_queue.clients.speaker.steering import DRIFT_MS, JUMP_MS, Cue, Needle, Silence, Speed, Start, Wait, step
from api_queue.types import ItemId, TrackId

PLAN = Plan(ItemId("A"), TrackId("a"), True, 0, 0, tempo=1, key_shift=0, volume=100)


class Model:
    """mpv, that takes `ready_in_ms` for each cue and then stands still."""

    def __init__(self, position_ms: float, ready_in_ms: float) -> None:
        self.needle = Needle(position_ms, True, 1, ready_in_ms)

    def run(self, plan: Plan, now_ms: float, until_ms: float, *, allowed: bool = True) -> None:
        while now_ms < until_ms:
            needle, before_ms = self.needle, now_ms
            match step(plan, needle, now_ms, allowed=allowed):
                case Cue(position_ms):
                    self.needle = replace(needle, position_ms=position_ms)
                    now_ms += needle.ready_in_ms
                case Start():
                    self.needle = replace(needle, paused=False)
                case Silence():
                    self.needle = replace(needle, paused=True)
                case Speed(factor):
                    self.needle = replace(needle, speed=factor)
                    now_ms += 250
                case Wait(seconds):
                    now_ms += max(1, seconds * 1000)
            if not self.needle.paused:
                played_ms = (now_ms - before_ms) * self.needle.speed
                self.needle = replace(self.needle, position_ms=self.needle.position_ms + played_ms)
        self.now_ms = now_ms


@given(st.floats(0, 200_000), st.floats(1, 2_500), st.integers(-20_000, 100_000), st.sampled_from([0.5, 1.0, 1.25]))
def test_from_everywhere_it_comes_to_where_the_music_is(
    position_ms: float, ready_in_ms: float, now_ms: int, tempo: float
) -> None:
    plan, model = replace(PLAN, tempo=tempo), Model(position_ms, ready_in_ms)

    model.run(plan, now_ms, max(now_ms, 0) + 30_000)

    assert not model.needle.paused
    assert abs(model.needle.position_ms - plan.media_ms(model.now_ms)) <= DRIFT_MS + 5


@given(st.floats(0, 200_000), st.integers(-20_000, -1))
def test_before_the_beginning_nothing_sounds(position_ms: float, now_ms: int) -> None:
    model = Model(position_ms, 50)

    model.run(PLAN, now_ms, now_ms / 2)

    assert model.needle.paused or model.now_ms >= 0


@given(st.floats(0, 200_000), st.booleans(), st.integers(-20_000, 100_000), st.booleans())
def test_who_may_not_sound_is_paused_before_anything_else(
    position_ms: float, paused: bool, now_ms: int, runs: bool
) -> None:
    found = step(replace(PLAN, runs=runs), Needle(position_ms, paused, 1, 50), now_ms, allowed=False)

    assert found == Silence() if not paused else isinstance(found, Wait | Cue)


@given(st.floats(DRIFT_MS + 1, JUMP_MS - 1))
def test_a_small_drift_changes_the_speed_and_a_large_one_is_jumped_over(drift_ms: float) -> None:
    at = Needle(60_000 + drift_ms, False, 1, 50)

    assert step(PLAN, at, 60_000, allowed=True) == Speed(0.98)
    assert step(PLAN, replace(at, position_ms=60_000 - drift_ms), 60_000, allowed=True) == Speed(1.02)
    assert step(PLAN, replace(at, position_ms=60_000 + JUMP_MS + drift_ms), 60_000, allowed=True) == Silence()


@given(st.floats(-DRIFT_MS, DRIFT_MS))
def test_what_nobody_hears_is_left_alone(drift_ms: float) -> None:
    assert step(PLAN, Needle(60_000 + drift_ms, False, 1, 50), 60_000, allowed=True) == Speed(1)

"""The judge on parties that are made up, good ones and bad ones."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api_queue.clients.drill.judge import Drill
from api_queue.clients.drill.plan import Verb
from api_queue.clients.drill.seen import Done, Seen
from api_queue.clients.drill.sounds import Sample, position_ms, stretches
from api_queue.clients.drill.verdict import Verdict, lines, verdict
from api_queue.types import DeviceId, ItemId, Milliseconds

EVERY_MS, TAKES_MS, LEASE_MS = 50, 4, 15_000
#: A made-up minute is a thousand samples of each device, and the machine may be busy.
unhurried = settings(deadline=None, max_examples=50)
#: When and where a device sounds: from, until, and the position at its begin.
Sound = tuple[float, float, float]


def samples(*sounds: Sound, length_ms: int = 60_000, first_ms: int = 0) -> list[Sample]:
    """What an ear keeps that looks every 50 ms from `first_ms` on; the player answers in the middle of each look."""
    return [
        Sample(
            at_ms - TAKES_MS / 2,
            at_ms + TAKES_MS / 2,
            next(
                (position + at_ms - from_ms for from_ms, until_ms, position in sounds if from_ms <= at_ms < until_ms),
                None,
            ),
        )
        for at_ms in range(first_ms, length_ms, EVERY_MS)
    ]


def done(at_ms: float, verb: Verb, device: str | None = None, lasts_ms: float = 5) -> Done:
    return Done(at_ms, at_ms + lasts_ms, verb, device)


def seen(at_ms: int, speaker: str, position_ms: int, beat_ms: int, item: str = "one") -> Seen:
    return Seen(
        play_state="playing",
        item_id=ItemId(item),
        position_ms=position_ms,
        position_at_ms=at_ms,
        duration_ms=Milliseconds(600_000),
        active_device_id=DeviceId(speaker),
        speaker_name=speaker,
        generation=1,
        lease_until_ms=beat_ms + LEASE_MS,
    )


def judged(kitchen: list[Sample], hall: list[Sample], strikes: tuple[Done, ...] = (), *looks: Seen) -> Verdict:
    heard = {"Kitchen": kitchen, "Hall": hall}
    return verdict(Drill(heard, strikes, looks, began_ms=0, ended_ms=60_000, lease_ms=LEASE_MS))


# -- overlaps --------------------------------------------------------------------------------------------------


def test_two_at_once_are_an_overlap_with_its_length() -> None:
    found = judged(samples((0, 30_000, 0)), samples((29_000, 60_000, 29_000)))
    assert "two devices sounded at once" in found.misses
    assert [(set(o.devices), round(o.length_ms, -2)) for o in found.overlaps] == [({"Kitchen", "Hall"}, 900)]


@unhurried
@given(st.integers(1_000, 50_000), st.integers(50, 5_000), st.integers(0, 49))
def test_no_overlap_of_two_samples_or_more_is_missed(from_ms: int, length_ms: int, skew_ms: int) -> None:
    both = judged(samples((0, from_ms + 2 * EVERY_MS + length_ms, 0)), samples((from_ms, 60_000, 0), first_ms=skew_ms))
    assert len(both.overlaps) == 1
    assert abs(both.overlaps[0].length_ms - length_ms - 2 * EVERY_MS) <= 2 * EVERY_MS + TAKES_MS


@unhurried
@given(st.integers(1_000, 50_000), st.integers(0, 49))
def test_a_hand_over_between_two_looks_is_none(at_ms: int, skew_ms: int) -> None:
    found = judged(samples((0, at_ms, 0)), samples((at_ms, 60_000, 0), first_ms=skew_ms))
    assert found.overlaps == ()


def test_a_single_sound_amid_another_is_an_overlap() -> None:
    assert judged(samples((0, 60_000, 0)), samples((20_000, 20_010, 0), first_ms=25)).overlaps == ()
    assert len(judged(samples((0, 60_000, 0)), samples((20_000, 20_030, 0), first_ms=25)).overlaps) == 1


def test_a_gap_in_looking_joins_nothing() -> None:
    heard = [sample for sample in samples((0, 60_000, 0)) if not 10_000 < sample.asked_ms < 12_000]
    assert len(list(stretches("Kitchen", heard))) == 2


# -- silences --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("back_ms", "is_missed"), [(36_800, False), (37_400, True), (60_000, True)])
def test_a_silence_is_a_lease_and_two_seconds_at_most(back_ms: int, is_missed: bool) -> None:
    strikes = (done(20_000, "kill", "Kitchen"),)
    found = judged(samples((0, 20_000, 0)), samples((back_ms, 60_000, 0)), strikes)
    assert ("a silence was too long" in found.misses) is is_missed
    assert found.silences[0].after == "kill"


def test_a_pause_is_no_silence_and_play_begins_one() -> None:
    strikes = (done(10_000, "pause"), done(40_000, "play"))
    found = judged(samples((0, 10_000, 0), (45_000, 60_000, 0)), samples(), strikes)
    assert [round(silence.length_ms, -2) for silence in found.silences] == [5_000]


def test_a_server_that_was_away_has_one_more_lease() -> None:
    strikes = (done(10_000, "server", lasts_ms=4_000),)
    found = judged(samples((0, 11_000, 0), (44_000, 60_000, 0)), samples(), strikes)
    assert found.silences[0].bar_ms == LEASE_MS + 2_000 + 4_000 + LEASE_MS
    assert found.misses == ()


def test_whoever_hears_nothing_has_proven_nothing() -> None:
    assert "nothing was heard" in judged(samples(), samples()).misses


# -- going on --------------------------------------------------------------------------------------------------


def chosen(off_ms: float) -> Verdict:
    """The hall was chosen at 20 s, and goes on `off_ms` beside the session."""
    looks = [seen(at_ms, "Kitchen" if at_ms < 20_000 else "Hall", at_ms, 18_000) for at_ms in range(0, 60_000, 200)]
    strikes = (done(20_000, "choose", "Hall"),)
    return judged(samples((0, 20_050, 0)), samples((20_400, 60_000, 20_400 + off_ms)), strikes, *looks)


@unhurried
@given(st.integers(-2_000, 2_000))
def test_who_was_chosen_goes_on_at_the_projected_position(off_ms: int) -> None:
    found = chosen(off_ms)
    assert [(c.device, c.chosen, round(c.error_ms)) for c in found.continuations] == [("Hall", True, off_ms)]
    assert ("a device went on in the wrong place" in found.misses) is (abs(off_ms) > 300)


def dead(off_ms: float, *more: Done) -> Verdict:
    """The kitchen, last heard of at 18 s, died at 20 s; the hall goes on `off_ms` beside that."""
    looks = [seen(at_ms, "Kitchen", at_ms, 18_000) for at_ms in range(0, 33_000, 200)]
    looks += [seen(at_ms, "Hall", at_ms - 16_000, at_ms) for at_ms in range(33_000, 60_000, 200)]
    strikes = (done(20_000, "kill", "Kitchen"), *more)
    return judged(samples((0, 20_000, 0)), samples((34_000, 60_000, 18_000 + off_ms)), strikes, *looks)


@unhurried
@given(st.integers(-2_000, 2_000))
def test_who_follows_a_dead_one_goes_on_at_its_last_report(off_ms: int) -> None:
    found = dead(off_ms)
    assert [(c.before, c.chosen) for c in found.continuations] == [("Kitchen", False)]
    assert found.continuations[0].error_ms == pytest.approx(off_ms)
    assert ("a device went on in the wrong place" in found.misses) is (abs(found.continuations[0].error_ms) > 300)


def test_what_the_host_moved_meanwhile_is_not_measured() -> None:
    found = dead(9_000, done(25_000, "seek"))
    assert (found.continuations, found.unmeasured) == ((), 1)


def test_a_position_is_read_between_two_samples() -> None:
    assert position_ms(samples((0, 1_000, 5_000)), 127) == pytest.approx(5_127)
    assert position_ms(samples((0, 1_000, 5_000)), 1_020) is None


# -- the verdict -----------------------------------------------------------------------------------------------


def test_a_stale_report_that_was_taken_is_a_miss() -> None:
    strikes = (replace(done(1_000, "stale"), outcome="refused"), done(2_000, "stale"))
    found = judged(samples((0, 60_000, 0)), samples(), strikes)
    assert (found.stale_refused, found.stale_taken, found.misses) == (1, 1, ("a stale report was taken",))


def test_a_good_party_passes_and_says_so() -> None:
    found = dead(100)
    assert found.misses == ()
    assert list(lines(found, str))[-1] == "verdict: passed"


def test_each_miss_is_named_with_its_time() -> None:
    said = list(lines(dead(900), lambda at_ms: f"{at_ms / 1000:.1f} s"))
    assert said[-1] == "verdict: a device went on in the wrong place"
    assert "    at 34.0 s: Kitchen to Hall, +900 ms" in said

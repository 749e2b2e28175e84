"""Who the one speaker is: each rule by itself."""

from typing import Any

import pytest
from msgspec.structs import replace

from api_queue.queues import seat
from api_queue.queues.models import Queue
from api_queue.queues.seat import HEIR_LEAD_MS
from api_queue.queues.session import Candidate, LastReport, Session, Yielding
from api_queue.queues.transitions import GRACE_MS, over_ms
from api_queue.types import DeviceId, ItemId, Milliseconds
from tests.queues.builders import NOW, a_queue

LEASE_MS = 15_000
KITCHEN, GARDEN, CELLAR = (
    Candidate(DeviceId(name[0].lower()), name, connected=True) for name in ("Kitchen", "Garden", "Cellar")
)
ITEM = ItemId("A000000000")
#: The kitchen plays since 20 s, and was heard of 5 s ago.
PLAYING = Session(
    state="playing",
    item_id=ITEM,
    duration_ms=Milliseconds(60_000),
    position_ms=0,
    position_at_ms=NOW - 20_000,
    speaker=KITCHEN.device_id,
    speaker_name=KITCHEN.name,
    generation=3,
    lease_until_ms=NOW + 10_000,
    lease_since_ms=NOW - 20_000,
)
HEARD = LastReport(3, NOW - 5_000, ITEM, 15_000)
RUN_OUT = replace(PLAYING, lease_until_ms=NOW)


def chosen(session: Session, device: Candidate, now_ms: int = NOW) -> Session:
    return seat.chosen(session, device, now_ms, LEASE_MS)


def attended(session: Session, *candidates: Candidate, report: LastReport | None = HEARD, now_ms: int = NOW) -> Session:
    return seat.attended(a_queue(session, report=report), candidates, now_ms, LEASE_MS)


def lost(**fields: Any) -> Session:
    return replace(attended(RUN_OUT, KITCHEN), **fields)


# -- choosing --------------------------------------------------------------------------------------------------


def test_the_new_speaker_waits_for_the_end_of_the_lease_of_the_one_before() -> None:
    after = chosen(PLAYING, GARDEN)
    assert (after.speaker, after.speaker_name, after.generation) == ("g", "Garden", 4)
    assert (after.lease_until_ms, after.quiet_until_ms) == (NOW + LEASE_MS, NOW + 10_000)
    assert after.projected_ms(NOW) == PLAYING.projected_ms(NOW)


def test_nobody_waits_for_a_lease_that_has_run_out() -> None:
    assert chosen(RUN_OUT, GARDEN).quiet_until_ms is None
    assert chosen(Session(), GARDEN).quiet_until_ms is None


def test_the_third_waits_for_both_before_it() -> None:
    # Given that the garden waits for the kitchen, which is frozen
    second = chosen(PLAYING, GARDEN)
    # When the cellar is chosen, then it waits for the garden too, which may not have heard of it
    third = chosen(second, CELLAR, NOW + 1000)
    assert third.yielding == (Yielding(KITCHEN.device_id, NOW + 10_000), Yielding(GARDEN.device_id, NOW + LEASE_MS))
    assert third.quiet_until_ms == NOW + LEASE_MS


def test_a_device_does_not_wait_for_itself() -> None:
    back = chosen(chosen(PLAYING, GARDEN), KITCHEN)
    assert [y.device_id for y in back.yielding] == ["g"]


def test_what_is_over_is_not_waited_for_again() -> None:
    later = chosen(chosen(PLAYING, GARDEN), CELLAR, NOW + 12_000)
    assert [y.device_id for y in later.yielding] == ["g"]


# -- falling silent --------------------------------------------------------------------------------------------


def silent(session: Session, device: Candidate, report: LastReport | None = None) -> Session:
    return seat.silent(a_queue(session, report=report), device.device_id, NOW)


def test_each_that_says_it_is_silent_is_waited_for_no_longer() -> None:
    third = chosen(chosen(PLAYING, GARDEN), CELLAR)
    one_less = silent(third, GARDEN)
    assert one_less.quiet_until_ms == NOW + 10_000
    assert silent(one_less, KITCHEN).quiet_until_ms is None


def test_who_is_waited_for_by_nobody_changes_nothing() -> None:
    assert silent(PLAYING, GARDEN) == PLAYING


def test_a_speaker_that_has_not_heard_yet_that_it_was_chosen_stays_so() -> None:
    # Its last report, if any, is of an earlier turn
    assert silent(PLAYING, KITCHEN) == PLAYING
    assert silent(PLAYING, KITCHEN, replace(HEARD, generation=2)) == PLAYING


def test_a_speaker_that_had_begun_lets_go() -> None:
    after = silent(PLAYING, KITCHEN, HEARD)
    assert (after.active, after.has_speaker(NOW)) == (None, False)


# -- a lease that ran out --------------------------------------------------------------------------------------


def test_the_next_one_that_is_there_takes_over_at_the_last_reported_position() -> None:
    away = replace(GARDEN, connected=False)
    after = attended(RUN_OUT, KITCHEN, away, CELLAR)
    assert (after.state, after.speaker, after.generation) == ("playing", "c", 4)
    # All hear of it before it sounds, and then no music is missing
    assert after.quiet_until_ms == NOW + HEIR_LEAD_MS
    assert after.projected_ms(NOW + HEIR_LEAD_MS) == 15_000


def test_a_lost_speaker_that_is_started_again_makes_nobody_begin_too_early() -> None:
    after = attended(RUN_OUT, KITCHEN, CELLAR)
    assert silent(after, KITCHEN).quiet_until_ms == NOW + HEIR_LEAD_MS


def test_without_another_the_session_is_paused_at_the_last_reported_position() -> None:
    after = attended(RUN_OUT, KITCHEN)
    assert (after.state, after.paused_because, after.projected_ms(NOW + 9)) == ("paused", "speaker_lost", 15_000)
    assert (after.active, after.speaker, after.generation) == (None, "k", 3)


def test_nobody_follows_a_speaker_that_may_play_on_by_itself() -> None:
    after = attended(RUN_OUT, KITCHEN, GARDEN, report=replace(HEARD, sole=True))
    assert after.paused_because == "speaker_lost"
    of_before = replace(HEARD, sole=True, generation=2)
    assert attended(RUN_OUT, KITCHEN, GARDEN, report=of_before).speaker == "g"


@pytest.mark.parametrize("session", [PLAYING, replace(RUN_OUT, state="paused"), Session()])
def test_what_does_not_play_or_has_its_speaker_is_left_alone(session: Session) -> None:
    assert attended(session, GARDEN) == session


def test_what_plays_without_a_speaker_gets_the_first_that_is_there() -> None:
    alone = replace(PLAYING, speaker=None, lease_until_ms=0)
    after = attended(alone, replace(KITCHEN, connected=False), GARDEN, CELLAR)
    assert (after.speaker, after.projected_ms(NOW), after.quiet_until_ms) == ("g", 20_000, None)
    assert attended(alone) == alone


# -- where it was ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("report", "heard_ms"),
    [
        (HEARD, 15_000),
        (replace(HEARD, position_ms=10**12), 60_000),
        (replace(HEARD, position_ms=-(10**12)), 0),
        (replace(HEARD, position_ms=None), 0),
        (replace(HEARD, item_id=ItemId("B000000000")), 0),
        (replace(HEARD, at_ms=NOW - 20_001), 0),
        (None, 0),
    ],
    ids=["as said", "too far", "before it", "no word", "another item", "before a seek", "never"],
)
def test_the_last_position_that_was_heard(report: LastReport | None, heard_ms: int) -> None:
    assert seat.heard_ms(PLAYING, report, NOW) == heard_ms


def test_the_pause_before_a_track_goes_on() -> None:
    before = replace(PLAYING, position_ms=-30_000)
    assert seat.heard_ms(before, None, NOW) == -10_000


# -- coming back -----------------------------------------------------------------------------------------------


def regained(session: Session, report: LastReport | None = None, now_ms: int = NOW + 1000) -> Session:
    return seat.regained(a_queue(session, report=report), now_ms, LEASE_MS)


def test_the_lost_speaker_goes_on_where_it_says_it_is() -> None:
    after = regained(lost(), LastReport(3, NOW + 1000, ITEM, 17_000))
    assert (after.state, after.paused_because, after.generation) == ("playing", None, 3)
    assert (after.projected_ms(NOW + 1000), after.lease_until_ms) == (17_000, NOW + 1000 + LEASE_MS)


def test_or_where_the_session_waits_when_it_says_nothing() -> None:
    assert regained(lost(), LastReport(3, NOW + 1000)).projected_ms(NOW + 1000) == 15_000


def test_what_the_host_paused_meanwhile_stays_paused() -> None:
    after = regained(lost(paused_because=None), LastReport(3, NOW + 1000, ITEM, 17_000))
    assert (after.state, after.active, after.position_ms) == ("paused", "k", 15_000)


def test_choosing_another_lets_the_music_go_on_that_waited_for_one() -> None:
    after = chosen(lost(), GARDEN)
    assert (after.state, after.paused_because, after.speaker) == ("playing", None, "g")
    assert after.projected_ms(NOW + HEIR_LEAD_MS) == 15_000


def test_without_a_speaker_what_the_one_before_holds_is_dead() -> None:
    after = seat.vacated(PLAYING, NOW)
    assert (after.active, after.generation, after.quiet_until_ms) == (None, 4, NOW + 10_000)


# -- after a restart -------------------------------------------------------------------------------------------


def restarted(session: Session, away_ms: int = 60_000) -> Session:
    queue: Queue = a_queue(session, changed_at_ms=NOW - away_ms)
    return seat.after_restart(queue, NOW, LEASE_MS)


def test_a_speaker_is_waited_for_one_lease() -> None:
    after = restarted(RUN_OUT)
    assert (after.state, after.generation, after.lease_until_ms) == ("playing", 3, NOW + LEASE_MS)
    assert after.lease_since_ms == NOW
    assert restarted(PLAYING).lease_since_ms == PLAYING.lease_since_ms


def test_one_whose_track_ended_meanwhile_has_time_to_say_when() -> None:
    ended = replace(PLAYING, position_at_ms=NOW - 10 * PLAYING.duration_ms)
    assert over_ms(restarted(ended), NOW) == NOW + GRACE_MS


def test_without_a_speaker_it_is_paused_where_it_would_be() -> None:
    after = restarted(replace(PLAYING, speaker=None, lease_until_ms=0))
    assert (after.state, after.paused_because, after.position_ms) == ("paused", "restart", 20_000)


@pytest.mark.parametrize("session", [Session(), replace(PLAYING, state="paused"), lost()])
def test_what_did_not_play_stays_as_it_is(session: Session) -> None:
    assert restarted(session) == session


@pytest.mark.parametrize("session", [PLAYING, replace(PLAYING, state="paused"), lost()])
def test_what_nothing_has_changed_for_a_day_is_paused_at_its_beginning(session: Session) -> None:
    after = restarted(session, seat.STALE_MS)
    assert (after.state, after.position_ms, after.item_id) == ("paused", 0, ITEM)
    # And what its speaker held stays dead
    assert (after.speaker, after.generation) == (None, 4)


def test_an_empty_session_stays_empty_however_old() -> None:
    assert restarted(Session(), 10 * seat.STALE_MS) == Session()

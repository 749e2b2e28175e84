"""Who may sound, and until when."""

from hypothesis import given
from hypothesis import strategies as st

from api_queue.clients.speaker.lease import NONE, Lease, granted, lost, may_sound, seat
from api_queue.clients.speaker.wire import Beat, Session
from api_queue.types import DeviceId

ME, OTHER = DeviceId("me"), DeviceId("other")
times = st.integers(0, 10**7)


def a_beat(**changes: object) -> Beat:
    return Beat(**({"active": True, "clock_ms": 0, "generation": 3, "lease_ms": 15_000} | changes))  # type: ignore[arg-type]


def a_session(generation: int = 3, active: DeviceId | None = ME, quiet_until_ms: int | None = None) -> Session:
    return Session(generation=generation, active_device_id=active, quiet_until_ms=quiet_until_ms)


@given(times, times)
def test_a_lease_counts_from_the_sending_of_its_heartbeat(sent_ms: int, now_ms: int) -> None:
    lease = granted(a_beat(), 3, sent_ms)

    assert may_sound(lease, a_session(), ME, now_ms, 0) == (now_ms < sent_ms + 15_000)


def test_who_named_no_generation_has_only_said_that_it_is_there() -> None:
    assert granted(a_beat(), None, 0) is NONE
    assert granted(a_beat(active=False), 3, 0) is NONE


@given(times)
def test_the_only_allowed_device_plays_on_when_its_lease_is_over(now_ms: int) -> None:
    assert may_sound(granted(a_beat(sole=True), 3, 0), a_session(), ME, now_ms, 0)


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([None, ME, OTHER]), st.booleans())
def test_a_newer_speaker_ends_every_lease(mine: int, theirs: int, active: DeviceId | None, sole: bool) -> None:
    lease, session = Lease(mine, 10**9, sole), a_session(theirs, active)

    if theirs > mine or (theirs == mine and active == OTHER):
        assert lost(lease, session, ME)
        assert not may_sound(lease, session, ME, 0, 0)
    else:
        assert not lost(lease, session, ME)


@given(times)
def test_while_the_speaker_before_may_be_heard_the_new_one_is_silent(server_now_ms: int) -> None:
    allowed = may_sound(granted(a_beat(), 3, 0), a_session(quiet_until_ms=5_000), ME, 0, server_now_ms)

    assert allowed == (server_now_ms >= 5_000)


def test_a_spare_has_no_seat_and_no_sound() -> None:
    assert seat(a_session(active=OTHER), ME) is None
    assert not may_sound(NONE, a_session(0), ME, 0, 0)

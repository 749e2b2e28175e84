"""The server's time, from exchanges that took longer or shorter."""

from hypothesis import given
from hypothesis import strategies as st

from api_queue.clients.speaker.backoff import FIRST_S, LONGEST_S, Backoff
from api_queue.clients.speaker.clock import ServerClock

OFFSET_MS = 123_456


@given(st.lists(st.tuples(st.integers(0, 4_000), st.integers(0, 4_000)), min_size=1, max_size=12))
def test_it_errs_by_half_of_the_shortest_exchange_at_most(ways_ms: list[tuple[int, int]]) -> None:
    clock = ServerClock()
    for at_ms, (there_ms, back_ms) in enumerate(ways_ms):
        clock.heard(at_ms + there_ms + OFFSET_MS, at_ms, at_ms + there_ms + back_ms)

    assert abs(clock.offset_ms - OFFSET_MS) <= min(there + back for there, back in ways_ms) / 2


@given(st.integers(-3_600_000, 3_600_000).filter(lambda step_ms: abs(step_ms) > 200))
def test_a_server_whose_clock_was_set_is_believed_at_once(step_ms: int) -> None:
    """Given exchanges of 20 ms, and after them one that took longer, by which the server is elsewhere."""
    clock = ServerClock()
    for at_ms in range(0, 60_000, 5_000):
        clock.heard(at_ms + 10 + OFFSET_MS, at_ms, at_ms + 20)

    clock.heard(60_050 + OFFSET_MS + step_ms, 60_000, 60_100)

    assert clock.offset_ms == OFFSET_MS + step_ms


def test_the_waits_grow_to_their_bound_and_begin_anew() -> None:
    backoff = Backoff()
    waits = [backoff.next_s() for _ in range(30)]

    assert all(FIRST_S <= wait <= LONGEST_S for wait in waits)
    assert waits[0] == FIRST_S
    assert min(waits[10:]) >= LONGEST_S / 2
    backoff.reset()
    assert backoff.next_s() == FIRST_S

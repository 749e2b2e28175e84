"""How far the relay is behind."""

from api_queue.events import Event
from api_queue.stream.lag import Lag
from api_queue.types import EventId, QueueName
from tests.queues.builders import FakeClock

PARTY, BAR = QueueName("party"), QueueName("bar")


def events(queue: QueueName, *at_ms: int) -> list[Event]:
    return [Event(EventId(f"{ms}-0"), queue, "items_change", 1, "{}") for ms in at_ms]


def lag_of() -> tuple[Lag, FakeClock, int]:
    clock = FakeClock()
    return Lag(clock), clock, clock.now_ms()


def test_nothing_waits_at_first() -> None:
    assert lag_of()[0].waiting_s == 0


def test_the_oldest_change_of_all_counts() -> None:
    lag, _, now_ms = lag_of()
    lag.begin(PARTY, events(PARTY, now_ms - 4000, now_ms))
    lag.begin(BAR, events(BAR, now_ms - 1000))
    assert lag.waiting_s == 4
    lag.end(PARTY)
    assert lag.waiting_s == 1


def test_what_comes_again_is_as_old_as_before() -> None:
    lag, clock, now_ms = lag_of()
    lag.begin(PARTY, events(PARTY, now_ms))
    clock.pass_s(3)
    lag.begin(PARTY, events(PARTY, now_ms, clock.now_ms()))
    assert lag.waiting_s == 3


def test_what_is_no_longer_kept_and_what_another_tells_does_not_wait() -> None:
    lag, _, now_ms = lag_of()
    for queue in (PARTY, BAR):
        lag.begin(queue, events(queue, now_ms - 1000))
    lag.skip(PARTY)
    assert lag.waiting_s == 1
    lag.give_up()
    assert lag.waiting_s == 0


def test_a_clock_that_is_behind_that_of_redis_makes_nothing_younger_than_now() -> None:
    lag, _, now_ms = lag_of()
    lag.begin(PARTY, events(PARTY, now_ms + 5000))
    assert lag.waiting_s == 0


def test_how_long_each_took_is_counted() -> None:
    lag, clock, now_ms = lag_of()
    lag.begin(PARTY, events(PARTY, now_ms))
    clock.pass_s(2)
    lag.end(PARTY)
    (histogram,) = [figure for figure in lag.figures() if figure.name == "relay_seconds"]
    assert (histogram.value, sum(histogram.buckets)) == (2, 1)

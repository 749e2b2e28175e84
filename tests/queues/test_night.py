"""Which of what was played is one night."""

from hypothesis import given
from hypothesis import strategies as st

from api_queue.queues.models import Item
from api_queue.queues.night import HEARD, PAUSE_MS, heard, last_night, since
from api_queue.types import ItemStatus
from tests.queues.builders import NOW, an_item, names

HOUR_MS = 3_600_000
STATUSES: tuple[ItemStatus, ...] = ("lobby", "queued", "playing", "played", "skipped", "failed")


def played(name: str, after_ms: int | None = 0, status: ItemStatus = "played", seconds: int = 60) -> Item:
    return an_item(name, status=status, play_at=None if after_ms is None else NOW + after_ms, seconds=seconds)


def test_a_silence_of_six_hours_parts_two_nights() -> None:
    last_song_ends = 60_000
    friday = [played("Ana"), played("Ben", last_song_ends + PAUSE_MS - 1)]
    assert names(last_night(friday)) == ["Ana", "Ben"]
    saturday = [played("Ana"), played("Ben", last_song_ends + PAUSE_MS)]
    assert names(last_night(saturday)) == ["Ben"]


def test_of_several_nights_it_is_the_last() -> None:
    days = [played(name, day * 24 * HOUR_MS) for day, name in enumerate("ABC")]
    assert names(last_night([*days, played("D", 49 * HOUR_MS)])) == ["C", "D"]


def test_a_set_of_eight_hours_is_no_silence() -> None:
    assert names(last_night([played("DJ", 0, seconds=8 * 3600), played("Ana", 9 * HOUR_MS)])) == ["DJ", "Ana"]


def test_no_night_is_no_night() -> None:
    assert list(last_night([])) == []


def test_what_never_sounded_is_not_of_the_night() -> None:
    items = [played(status, n, status) for n, status in enumerate(STATUSES)]
    assert names(heard([*items, played("never", None, "skipped")])) == ["playing", "played", "skipped"]


def test_since_a_time_is_from_the_first_that_began_then() -> None:
    items = [played("A", 0), played("B", 10), played("broken", None, "failed"), played("C", 20)]
    assert names(since(items, NOW + 10)) == ["B", "broken", "C"]
    assert names(since(items, NOW + 11)) == ["C"]
    assert since(items, NOW + 21) == []


@given(st.lists(st.tuples(st.integers(0, 10**9), st.sampled_from(STATUSES), st.integers(1, 10_000))))
def test_a_night_is_the_end_of_what_sounded_in_its_order(log: list[tuple[int, ItemStatus, int]]) -> None:
    items = [played(f"{n}", at, status, seconds) for n, (at, status, seconds) in enumerate(log)]
    sounded = heard(items)
    night = list(last_night(sounded))
    assert night == sounded[len(sounded) - len(night) :]
    assert bool(night) == any(item.status in HEARD for item in items)
    starts = [item.timestamp_play or 0 for item in night]
    assert starts == sorted(starts)
    ends = [start + item.track_duration_ms for start, item in zip(starts, night, strict=True)]
    assert all(start - end < PAUSE_MS for end, start in zip(ends, starts[1:], strict=False))

from api_queue.events import Event
from api_queue.stream.ring import Ring
from api_queue.types import EventId, QueueName


def ring_of(count: int, size: int = 3) -> Ring:
    ring = Ring(size)
    for rev in range(1, count + 1):
        ring.append(Event(EventId(f"{rev}-0"), QueueName("party"), "like", rev, "{}"))
    return ring


def revs_after(ring: Ring, position: str) -> list[int] | None:
    entries = ring.after(EventId(position))
    return None if entries is None else [entry.event.rev for entry in entries]


def test_what_came_after_a_known_position() -> None:
    ring = ring_of(3)
    assert revs_after(ring, "1-0") == [2, 3]
    assert revs_after(ring, "3-0") == []


def test_the_position_just_before_the_oldest_kept_is_still_known() -> None:
    ring = ring_of(5)
    assert revs_after(ring, "2-0") == [3, 4, 5]
    assert revs_after(ring, "1-0") is None


def test_an_unknown_position_is_not_guessed() -> None:
    assert revs_after(ring_of(3), "2-1") is None
    assert ring_of(3).after(None) is None
    assert Ring(3).after(None) is None


def test_an_empty_ring_begins_where_it_is_told_and_a_filled_one_does_not() -> None:
    empty = Ring(3)
    empty.begin_at(EventId("7-0"))
    assert revs_after(empty, "7-0") == []
    filled = ring_of(1)
    filled.begin_at(EventId("7-0"))
    assert revs_after(filled, "7-0") is None


def test_a_cleared_ring_knows_nothing() -> None:
    ring = ring_of(3)
    ring.clear()
    assert (ring.position, ring.newest, ring.rev) == (None, None, 0)
    assert revs_after(ring, "3-0") is None

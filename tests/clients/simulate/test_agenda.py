"""Everybody looks when it is their time, and in no other order."""

from hypothesis import given
from hypothesis import strategies as st

from api_queue.clients.simulate.agenda import Agenda

LENGTH_MS = 1_000


@given(st.lists(st.tuples(st.integers(0, LENGTH_MS), st.integers(0, 300)), max_size=20))
async def test_looks_come_in_the_order_of_time_and_end_before_the_night_does(people: list[tuple[int, int]]) -> None:
    told: list[int] = []
    looked: list[int] = []
    agenda = Agenda(told.append)

    def person(every_ms: int) -> object:
        async def look(now_ms: int) -> int:
            looked.append(now_ms)
            return now_ms + every_ms

        return look

    for first_ms, every_ms in people:
        agenda.add(first_ms, person(every_ms))  # type: ignore[arg-type]
    await agenda.run(LENGTH_MS)
    assert told == looked == sorted(looked)
    assert all(now_ms < LENGTH_MS for now_ms in looked)
    assert set(looked) >= {first_ms for first_ms, _ in people if first_ms < LENGTH_MS}


async def test_who_has_left_looks_no_more() -> None:
    looked: list[int] = []

    async def once(now_ms: int) -> None:
        looked.append(now_ms)

    agenda = Agenda(lambda _now_ms: None)
    agenda.add(5, once)
    await agenda.run(LENGTH_MS)
    assert looked == [5]

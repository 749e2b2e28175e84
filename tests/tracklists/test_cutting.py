"""What becomes of the rows of a list when it is cut. `tests/tracks/test_parts.py` has what parts of a recording are."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.tracklists.cutting import cuts_of
from api_queue.tracklists.models import Entry
from api_queue.types import Milliseconds


def row(title: str, start_ms: int | None, end_ms: int | None = None, **more: Any) -> Entry:
    start, end = (None if ms is None else Milliseconds(ms) for ms in (start_ms, end_ms))
    return Entry(artist="Ann", title=title, start_ms=start, end_ms=end, **more)


def spans(*rows: Entry) -> list[tuple[int, int | None] | None]:
    return [(cut.start_ms, cut.end_ms) if cut else None for cut in cuts_of(rows)]


def test_a_row_ends_where_the_next_one_begins_and_the_last_with_the_recording() -> None:
    assert spans(row("A", 0), row("B", 5), row("C", 9)) == [(0, 5), (5, 9), (9, None)]


def test_it_ends_where_it_says_but_never_in_the_next_one() -> None:
    assert spans(row("A", 0, 4), row("B", 5, 12), row("C", 9, 11)) == [(0, 4), (5, 9), (9, 11)]


def test_what_is_played_together_with_a_row_is_part_of_it() -> None:
    rows = row("A", 0), row("B", 0, kind="with"), row("C", 0, kind="component"), row("D", 5)
    assert spans(*rows) == [(0, 5), (5, None)]


@pytest.mark.parametrize("odd", [row("B", None), row("B", 5), row("B", 3, 3), row("B", 7)])
def test_a_row_without_time_or_length_is_none(odd: Entry) -> None:
    found = spans(row("A", 0), odd, row("C", 5))
    assert found[1] is None
    assert found[2] == (5, None)


def test_its_facts_are_what_it_is_found_by() -> None:
    [cut] = cuts_of([row("Rain", 0, remix="Late Mix", label="Fern", genre="House")])
    assert cut
    assert (cut.number, cut.title, cut.artists, cut.genres) == (1, "Rain (Late Mix)", ("Ann",), ("House",))
    assert cut.tags == ("label:Fern",)


@given(st.lists(st.tuples(st.none() | st.integers(0, 99), st.none() | st.integers(0, 99)), max_size=12))
def test_one_for_each_row_and_rising_ones_never_overlap(times: list[tuple[int | None, int | None]]) -> None:
    times = sorted((each for each in times if each[0] is not None), key=lambda each: each[0] or 0)
    found = spans(*(row(f"{number}", *each) for number, each in enumerate(times)))

    assert len(found) == len(times)
    whole = [span for span in found if span]
    assert all(end is None or start < end for start, end in whole)
    assert all(end is not None and end <= after[0] for (_, end), after in pairwise(whole))

"""Rules of times."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api_queue.tracklists import timing
from api_queue.tracklists.audio_validation import apply
from api_queue.tracklists.models import Entry
from api_queue.types import Milliseconds

AUDIO = Milliseconds(1_800_000)
#: In seconds; None: nobody set it.
Times = tuple[int | None, int | None]


def rows(*times: Times) -> list[Entry]:
    return [
        Entry(artist="Ana", title="Sun", start_ms=ms(start), end_ms=ms(end), is_manual_entry=True)
        for start, end in times
    ]


def ms(seconds: int | None) -> Milliseconds | None:
    return None if seconds is None else Milliseconds(seconds * 1000)


def codes(entries: list[Entry], audio_ms: Milliseconds | None = AUDIO) -> list[tuple[int, str]]:
    return [(issue.position, issue.code) for issue in timing.issues(entries, audio_ms)]


@pytest.mark.parametrize(
    ("times", "found"),
    [
        ([(0, 900), (900, 1800)], []),
        ([(0, None), (600, None), (1200, None)], []),
        ([(0, 29), (600, 1200), (1200, None)], [(1, "too_short")]),
        ([(0, 30), (600, 1800)], []),
        ([(0, None), (1201, None)], [(1, "too_long")]),
        ([(0, 601), (600, 1200), (1200, None)], [(1, "overlap")]),
        ([(None, None), (600, None)], [(1, "no_start")]),
        ([(600, 600), (900, 1800)], [(1, "end_before_start")]),
        ([(600, None), (300, 900), (1000, 1800)], [(2, "times_fall")]),
        ([(600, None), (600, 1200)], [(2, "times_fall")]),
        ([(600, 1200), (1800, None)], [(2, "starts_beyond_audio")]),
        ([(900, 1803)], [(1, "ends_beyond_audio")]),
        ([(900, 1802)], []),
        ([(-1, 300)], [(1, "negative")]),
    ],
)
def test_each_rule_finds_its_rows(times: list[Times], found: list[tuple[int, str]]) -> None:
    assert codes(rows(*times)) == found


def test_of_a_recording_of_unknown_length_the_end_is_not_judged() -> None:
    assert codes(rows((0, 600), (600, 9_000)), None) == [(2, "too_long")]


def test_only_main_rows_count() -> None:
    entries = [*rows((0, 600)), Entry(artist="", title="", kind="with"), *rows((600, 1200))]
    assert codes(entries) == []


def test_each_track_ends_where_the_next_begins() -> None:
    ended = timing.with_ends(rows((0, None), (300, 310), (None, None), (900, None)), AUDIO)
    assert [entry.end_ms for entry in ended] == [300_000, 900_000, None, 1_800_000]


def test_the_end_of_the_last_is_left_where_nobody_knows_it() -> None:
    assert timing.with_ends(rows((0, 10)), None)[0].end_ms == 10_000


STARTS = st.lists(st.integers(0, 1799), min_size=1, max_size=8, unique=True).map(sorted)


@settings(max_examples=50)
@given(STARTS, st.data())
def test_with_ends_of_ours_nothing_overlaps(starts: list[int], data: st.DataObject) -> None:
    entries = rows(*((start, data.draw(st.none() | st.integers(0, 4000))) for start in starts))
    found = {code for _, code in codes(list(timing.with_ends(entries, AUDIO)))}
    assert found <= {"too_short", "too_long"}


@settings(max_examples=50)
@given(STARTS, st.data())
def test_what_is_suggested_mends_the_ends(starts: list[int], data: st.DataObject) -> None:
    entries = rows(*((start, data.draw(st.none() | st.integers(0, 4000))) for start in starts))
    mended = apply(entries, timing.suggestions(entries, AUDIO))
    assert {code for _, code in codes(list(mended))} <= {"too_short", "too_long"}


def test_an_hour_that_was_left_out_is_suggested() -> None:
    entries = rows((0, None), (3570, None), (135, None), (600, None), (3500, None), (10, None))
    suggested = timing.suggestions(entries, None)
    assert [(fix.position, fix.time_ms) for fix in suggested] == [
        *((3, 3_735_000), (4, 4_200_000), (5, 7_100_000), (6, 7_210_000)),
    ]
    assert codes(list(apply(entries, suggested)), None) == [
        *((1, "too_long"), (4, "too_long")),
    ]


@pytest.mark.parametrize(
    ("times", "suggested"),
    [
        ([(0, None), (None, None), (None, None), (900, None)], [(2, 300_000), (3, 600_000)]),
        ([(None, None), (None, None), (600, None)], [(1, 0), (2, 300_000)]),
        ([(900, None), (None, None)], [(2, 1_350_000)]),
    ],
)
def test_a_time_that_nobody_set_is_estimated_between_its_neighbours(
    times: list[Times], suggested: list[tuple[int, int]]
) -> None:
    found = timing.suggestions(rows(*times), AUDIO)
    assert [(fix.position, fix.time_ms) for fix in found if fix.action == "set_start"] == suggested


def test_nothing_is_known_of_rows_after_the_last_time() -> None:
    assert timing.suggestions(rows((900, None), (None, None)), None) == []

"""Times of a set: what is one, what is none, and that each is read again as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.formats.set_times import LONGEST_MS, long_time, read_time, short_time

TIMES = st.integers(0, LONGEST_MS - 1)


@pytest.mark.parametrize(
    ("text", "time_ms"),
    [
        ("0:00", 0),
        ("00:00", 0),
        ("3:30", 210_000),
        ("59:59.5", 3_599_500),
        ("75:30", 4_530_000),
        ("120:00", 7_200_000),
        ("1:02:03", 3_723_000),
        ("01:02:03.004", 3_723_004),
        ("90", 90_000),
        ("90.25", 90_250),
        ("0", 0),
    ],
)
def test_a_time_is_read(text: str, time_ms: int) -> None:
    assert read_time(text) == time_ms


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "1:2", "1:60", "1:60:00", "1:2:03", ":30", "1:", "-1:00", "+90", "-1", "1e3", "nan", "inf", "5m"),
        *("1:00.", "1:00.1234", "1:00:00:00", "0:00 ", "٣:٣٠", "1000000", "PT3M30S", "1:00,5", "0x10", "99:59:60"),
    ],
)
def test_anything_else_is_none(text: str) -> None:
    assert read_time(text) is None


@given(TIMES)
def test_what_is_written_is_read_again(time_ms: int) -> None:
    assert read_time(long_time(time_ms)) == time_ms


@given(TIMES)
def test_the_short_form_says_whole_seconds(time_ms: int) -> None:
    assert read_time(short_time(time_ms)) == time_ms // 1000 * 1000


@pytest.mark.parametrize(
    ("time_ms", "short", "long"),
    [(0, "00:00", "00:00:00"), (3_599_999, "59:59", "00:59:59.999"), (3_600_000, "01:00:00", "01:00:00")],
)
def test_hours_are_written_when_there_are_some(time_ms: int, short: str, long: str) -> None:
    assert (short_time(time_ms), long_time(time_ms)) == (short, long)

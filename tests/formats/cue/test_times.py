"""Frames, milliseconds and how they are written."""

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api_queue.formats.cue.times import format_msf, frames_of, ms_of, parse_msf

FRAMES = st.integers(0, 75 * 60 * 100_000)
TIMES_MS = st.integers(0, 48 * 3_600_000)


@given(FRAMES)
def test_frames_come_back_from_milliseconds_as_often_as_one_likes(frames: int) -> None:
    through = frames
    for _ in range(10):
        through = frames_of(ms_of(through))
    assert through == frames


@given(TIMES_MS)
def test_a_time_moves_once_to_its_nearest_frame_and_then_stays(ms: int) -> None:
    first = ms_of(frames_of(ms))
    assert abs(first - ms) <= 7
    assert ms_of(frames_of(first)) == first


@given(TIMES_MS)
def test_the_frame_is_the_nearest(ms: int) -> None:
    assert abs(Fraction(frames_of(ms), 75) - Fraction(ms, 1000)) <= Fraction(1, 150)


@given(FRAMES)
def test_what_is_written_is_read(frames: int) -> None:
    assert parse_msf(format_msf(frames)) == frames


@given(TIMES_MS)
@example(59_999)
@example(3_599_999)
def test_rounding_carries_into_seconds_and_minutes(ms: int) -> None:
    minutes, seconds, frames = map(int, format_msf(frames_of(ms)).split(":"))
    assert (seconds < 60, frames < 75) == (True, True)
    assert (minutes * 60 + seconds) * 75 + frames == frames_of(ms)


@pytest.mark.parametrize(
    ("ms", "text"),
    [(0, "00:00:00"), (59_999, "01:00:00"), (993, "00:00:74"), (994, "00:01:00"), (11_580_000, "193:00:00")],
)
def test_minutes_are_never_wrapped_to_hours(ms: int, text: str) -> None:
    assert format_msf(frames_of(ms)) == text


@pytest.mark.parametrize("text", ["0:0:0", "00:00:00", "000:0:00"])
def test_sloppy_digits_are_read(text: str) -> None:
    assert parse_msf(text) == 0


@pytest.mark.parametrize("text", ["", "00:00", "00:60:00", "00:00:75", "-1:00:00", "00:00:00.5", "٠٠:٠٠:٠٠", " 0:0:0"])
def test_another_form_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="mm:ss:ff"):
        parse_msf(text)

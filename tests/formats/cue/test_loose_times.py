"""Times of sheets that do not keep to mm:ss:ff."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.formats.cue.loose_times import read_loosely
from api_queue.formats.cue.times import format_msf


@pytest.mark.parametrize(
    ("text", "meant", "fault"),
    [
        ("03:30", "03:30:00", "time_malformed"),
        ("3:30.5", "03:30:38", "time_malformed"),
        ("3:30,5", "03:30:38", "time_malformed"),
        ("01:02:03.04", "62:03:03", "time_malformed"),
        ("01:02:03:04", "62:03:04", "time_malformed"),
        ("99", "00:01:24", "time_malformed"),
        ("00:005:00", "00:05:00", "time_malformed"),
        ("3:75", "04:15:00", "seconds_over_59"),
        ("3:75.5", "04:15:38", "seconds_over_59"),
        ("00:61:00", "01:01:00", "seconds_over_59"),
        ("00:59:75", "01:00:00", "frames_over_74"),
        ("00:10:80", "00:10:60", "frames_over_74"),
        ("00:10:500", "00:10:38", "frames_over_74"),
        ("00:61:99", "01:01:74", "frames_over_74"),
    ],
)
def test_what_was_meant(text: str, meant: str, fault: str) -> None:
    found = read_loosely(text)
    assert found is not None
    assert (format_msf(found.frames), found.fault) == (meant, fault)


@pytest.mark.parametrize(
    "text", ["", ":", "noon", "-1:00:00", "1:2:3:4:5", "00:00:", "٣:٣:٣", "1" * 10, "0:0:0x", "6480001"]
)
def test_what_is_no_time(text: str) -> None:
    assert read_loosely(text) is None


@given(st.from_regex(r"[0-9:.,]{0,40}", fullmatch=True))
def test_no_time_is_negative(text: str) -> None:
    found = read_loosely(text)
    assert found is None or found.frames >= 0

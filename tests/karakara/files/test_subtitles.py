"""Lyrics in LRC as subtitles."""

import re
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.formats import lrc
from api_queue.formats.lrc import Line
from api_queue.karakara.subtitles import LONGEST_MS, Subtitle, subtitles, to_json, to_vtt
from api_queue.types import Milliseconds

MINUTE = Milliseconds(60_000)
TIMING = re.compile(r"(\d\d):(\d\d):(\d\d)\.(\d{3}) --> (\d\d):(\d\d):(\d\d)\.(\d{3})")

LYRICS = st.lists(
    st.builds(
        "[{}]{}".format,
        st.builds("{:02}:{:02}.{:02}".format, st.integers(0, 200), st.integers(0, 59), st.integers(0, 99)),
        st.text(max_size=20),
    ),
    max_size=30,
).map("\n".join)
DURATIONS = st.integers(1, 4 * 60 * 60 * 1000).map(Milliseconds)


def shown(text: str) -> list[Subtitle]:
    return subtitles(lrc.parse(text), MINUTE)


def test_a_line_goes_when_the_next_one_comes() -> None:
    assert shown("[00:01.00]one\n[00:03.50]two\n[00:04.00]") == [(1000, 3500, "one"), (3500, 4000, "two")]


def test_the_last_one_goes_with_the_track() -> None:
    assert shown("[00:58.00]the end") == [(58_000, 60_000, "the end")]


def test_none_stands_through_an_instrumental_part() -> None:
    assert shown("[00:01.00]one\n[00:50.00]two")[0] == (1000, 1000 + LONGEST_MS, "one")


def test_two_that_are_sung_together_go_together() -> None:
    assert shown("[00:01.00]she\n[00:01.00]he\n[00:02.00]") == [(1000, 2000, "she"), (1000, 2000, "he")]


def test_what_would_be_sung_after_the_end_is_left_out() -> None:
    assert shown("[01:00.00]never\n[02:00.00]nor this") == []


def test_words_without_times_are_none() -> None:
    assert to_json(subtitles((), MINUTE)) == b"[]"
    assert to_vtt(subtitles((), MINUTE)) == b"WEBVTT\n"


def test_their_json_is_in_seconds() -> None:
    assert msgspec.json.decode(to_json([Subtitle(1500, 62_250, "愛 & <3")])) == [
        {"start": 1.5, "end": 62.25, "text": "愛 & <3", "top": False}
    ]


def test_their_vtt_has_no_markup() -> None:
    assert to_vtt([Subtitle(1, 2, "a --> b"), Subtitle(3_600_000, 3_661_001, "<i>&amp;")]).decode() == (
        "WEBVTT\n\n00:00:00.001 --> 00:00:00.002\na --&gt; b\n\n01:00:00.000 --> 01:01:01.001\n&lt;i&gt;&amp;amp;\n"
    )


@given(LYRICS, DURATIONS)
def test_whatever_is_sung_is_in_order_and_within_the_track(text: str, duration_ms: Milliseconds) -> None:
    found = subtitles(lrc.parse(text), duration_ms)
    assert all(0 <= each.start_ms < each.end_ms <= duration_ms for each in found)
    assert all(each.end_ms <= later.start_ms or each[:2] == later[:2] for each, later in pairwise(found))
    words = {line.text.strip() for line in lrc.parse(text)}
    assert all(each.text in words - {""} for each in found)


@given(LYRICS, DURATIONS)
def test_both_forms_say_the_same(text: str, duration_ms: Milliseconds) -> None:
    found = subtitles(lrc.parse(text), duration_ms)
    in_json = msgspec.json.decode(to_json(found))
    head, *cues = to_vtt(found).decode().removesuffix("\n").split("\n\n")
    assert head.strip() == "WEBVTT"
    assert [(_ms(each["start"]), _ms(each["end"])) for each in in_json] == [_times(cue) for cue in cues]


@pytest.mark.parametrize("text", ["a\u2028b", "a\x0bb", "\ufeff", "\u0000"])
def test_a_strange_character_breaks_no_cue(text: str) -> None:
    cues = to_vtt(subtitles([Line(0, text)], MINUTE)).decode().split("\n\n")
    assert len(cues) == 2


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _times(cue: str) -> tuple[int, int]:
    timing, *_ = cue.partition("\n")
    found = TIMING.fullmatch(timing)
    assert found
    hours, minutes, seconds, ms, *end = map(int, found.groups())
    return _total(hours, minutes, seconds, ms), _total(*end)


def _total(hours: int, minutes: int, seconds: int, ms: int) -> int:
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms

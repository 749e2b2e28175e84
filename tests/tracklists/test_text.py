"""Pasted lists, as people write them. Nothing that stands there may get lost."""

import re
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from api_queue.formats.set_times import long_time, short_time
from api_queue.tracklists import text as text_module
from api_queue.tracklists.models import Entry, Facts
from api_queue.tracklists.site_export import site_export
from api_queue.tracklists.text import parse_text
from api_queue.tracklists.text_layout import laid_out, tidied
from api_queue.types import Milliseconds

Names = tuple[int | None, str, str]


def names(text: str) -> list[Names]:
    return [(entry.start_ms, entry.artist, entry.title) for entry in parse_text(text).facts.entries]


def codes(text: str) -> list[tuple[int, str]]:
    return [(finding.line, finding.code) for finding in parse_text(text).findings]


def only(text: str) -> Entry:
    """The one row of a list."""
    (entry,) = parse_text(text).facts.entries
    return entry


# -- one row ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        "03:30 Ana - Sun",
        "3:30 Ana - Sun",
        "[03:30] Ana - Sun",
        "(0:03:30) Ana - Sun",
        "03:30 - Ana - Sun",
        "03:30 | Ana - Sun",
        "03:30: Ana - Sun",
        "1. 03:30 Ana - Sun",
        "01) [03:30] Ana - Sun",
        "#1 03:30 Ana - Sun",
        "# 1. 03:30 Ana - Sun",
        "[01] 03:30 Ana - Sun",
        "03:30 01. Ana - Sun",
        "03:30 - 05:10 Ana - Sun",
        "Ana - Sun 03:30",
        "Ana - Sun [3:30]",
        "1. Ana - Sun (03:30)",
        "Ana - Sun - 03:30",
        "* 03:30 Ana - Sun",
        "\u2022 03:30 Ana \u2013 Sun",
        "03:30 Ana \u2014 Sun",
        "03:30 Ana\u2013Sun",
        "03:30\tAna\tSun",
        "03:30 Ana | Sun",
        "03:30 Ana- Sun",
        "03:30 Ana -Sun",
        "03:30 Sun by Ana",
        '03:30 Ana - "Sun"',
        "  03:30 \u200b Ana  -  Sun  ",
        "1:\t03:30\tAna\tSun",
    ],
)
def test_a_row_is_read_however_it_is_written(row: str) -> None:
    assert names(row) == [(210_000, "Ana", "Sun")]
    assert codes(row) == []


def test_a_row_has_its_version_and_its_label() -> None:
    entry = only("1:00:00 Ana & Ben ft. Eva - Sun (Kim Remix) [STMPD/TH3RD BRAIN]")
    expected = Entry(
        artist="Ana & Ben ft. Eva",
        title="Sun",
        remix="Kim Remix",
        label="STMPD/TH3RD BRAIN",
        start_ms=Milliseconds(3_600_000),
    )
    assert entry == expected


def test_a_bracket_that_is_no_version_stays_in_the_title() -> None:
    assert only("0:00 Ana - Sun (In The Sky)").title == "Sun (In The Sky)"


@pytest.mark.parametrize(
    "row", ["0:00 Ana - Sun [LABEL]", "0:00 Ana | Sun | LABEL", "0:00\tAna\tSun\tLABEL", "0:00 Ana - Sun | LABEL"]
)
def test_a_label_stands_in_brackets_or_a_column(row: str) -> None:
    assert (only(row).title, only(row).label) == ("Sun", "LABEL")


def test_a_row_may_say_when_it_ends() -> None:
    assert only("00:00 - 03:30 Ana - Sun").end_ms == 210_000
    assert only("03:30 - 00:00 Ana - Sun").end_ms is None


@pytest.mark.parametrize(
    ("row", "artist", "title"),
    [
        ("ID - ID", "ID", "ID"),
        ("Ana - ID", "Ana", "ID"),
        ("ID", "ID", "ID"),
        ("??? - ???", "???", "???"),
        ("Ana - ID (Bad Girls)", "Ana", "ID (Bad Girls)"),
    ],
)
def test_what_nobody_has_identified_is_an_id(row: str, artist: str, title: str) -> None:
    entry = only(f"0:00 {row}")
    assert (entry.artist, entry.title, entry.is_id) == (artist, title, True)


@pytest.mark.parametrize("row", ["David Guetta - Titanium", "Ida - Hidden", "Ana - Identity", "Ana - Sun (ID Remix)"])
def test_a_name_with_those_letters_in_it_is_none(row: str) -> None:
    assert not only(f"0:00 {row}").is_id


def test_w_rows_have_the_time_of_the_row_above() -> None:
    entries = parse_text("0:00 A - B\n4:00 C - D\nw/ E - F\nW/G - H\n8:00 I - J").facts.entries
    assert [(entry.kind, entry.start_ms) for entry in entries] == [
        *(("main", 0), ("main", 240_000), ("with", 240_000), ("with", 240_000), ("main", 480_000)),
    ]


def test_a_first_row_is_played_with_nothing() -> None:
    assert only("w/ A - B").kind == "main"


# -- the whole text --------------------------------------------------------------------------------------------


def test_the_separator_is_that_of_the_whole_text() -> None:
    text = "0:00 A | B - Original Mix\n3:00 C | D - Dub\n6:00 E | F"
    assert names(text) == [(0, "A", "B - Original Mix"), (180_000, "C", "D - Dub"), (360_000, "E", "F")]


def test_one_dash_is_as_good_as_another() -> None:
    assert names("0:00 A - B\n1:00 C \u2013 D\n2:00 E - F") == [(0, "A", "B"), (60_000, "C", "D"), (120_000, "E", "F")]
    assert codes("0:00 A - B\n1:00 C \u2013 D\n2:00 E - F") == []


def test_a_row_with_another_separator_is_read_and_told() -> None:
    text = "0:00 A - B\n1:00 C | D\n2:00 E - F"
    assert names(text)[1] == (60_000, "C", "D")
    assert codes(text) == [(2, "other_separator")]


def test_a_row_without_one_is_a_title_and_told() -> None:
    assert names("0:00 Intro\n1:00 A - B") == [(0, "", "Intro"), (60_000, "A", "B")]
    assert codes("0:00 Intro\n1:00 A - B") == [(1, "no_separator")]


def test_bare_numbers_count_only_where_they_count_the_rows() -> None:
    assert [each[1] for each in names("01 50 Cent - A\n02 2 Unlimited - B\n03 Ana - C")] == [
        "50 Cent",
        "2 Unlimited",
        "Ana",
    ]
    assert [each[1] for each in names("50 Cent - A\n2 Unlimited - B")] == ["50 Cent", "2 Unlimited"]


def test_times_stand_on_one_side() -> None:
    """What looks like one on the other side belongs to a name."""
    assert names("[00:00] A - B 4:33\n[05:00] C - D") == [(0, "A", "B 4:33"), (300_000, "C", "D")]


def test_rows_without_a_time_stay_in_their_place() -> None:
    text = "0:00 A - B\nC - D\n8:00 E - F\nG - H"
    assert names(text) == [(0, "A", "B"), (None, "C", "D"), (480_000, "E", "F"), (None, "G", "H")]
    assert codes(text) == [(2, "no_time"), (4, "no_time")]


@pytest.mark.parametrize("unknown", ["[??:??]", "--:--", "[?]", "[]", "??:??:??"])
def test_a_time_that_nobody_set_is_none(unknown: str) -> None:
    assert names(f"0:00 A - B\n{unknown} C - D")[1] == (None, "C", "D")


def test_a_list_without_times_is_told_once() -> None:
    assert names("A - B\nC - D") == [(None, "A", "B"), (None, "C", "D")]
    assert codes("A - B\nC - D") == [(0, "no_times")]


def test_times_that_fall_are_told_and_stay() -> None:
    text = "0:00 A - B\n59:30 C - D\n02:15 E - F"
    assert names(text)[2] == (135_000, "E", "F")
    assert codes(text) == [(3, "times_fall")]


def test_the_head_says_who_played_where_and_when() -> None:
    facts = parse_text("Carl Cox @ Tomorrowland 2024, Boom, Belgium 2024-07-20\n\n0:00 A - B").facts
    expected = ("Carl Cox", "Tomorrowland 2024", "Boom, Belgium", "2024-07-20")
    assert (facts.dj_name, facts.event_name, facts.venue, facts.date) == expected
    assert len(facts.entries) == 1


def test_a_date_that_is_none_stays_in_the_title() -> None:
    facts = parse_text("Ana @ Home 2024-02-30\n0:00 A - B").facts
    assert (facts.date, facts.event_name) == (None, "Home 2024-02-30")


DESCRIPTION = """\
My best set so far!! Subscribe - it helps
https://example.com/ana - shop

Tracklist:
00:00 Intro
01:30 Ana - Sun
1:02:15 Ben - Moon (Club Mix)

Follow me - on everything
#house #techno"""


def test_a_description_of_a_video_has_rows_and_the_rest_is_told() -> None:
    assert names(DESCRIPTION) == [(0, "", "Intro"), (90_000, "Ana", "Sun"), (3_735_000, "Ben", "Moon")]
    told = [
        (1, "not_a_row"),
        (2, "not_a_row"),
        (4, "not_a_row"),
        (5, "no_separator"),
        (9, "not_a_row"),
        (10, "not_a_row"),
    ]
    assert codes(DESCRIPTION) == told


def test_a_finding_quotes_its_line() -> None:
    (finding,) = [each for each in parse_text(DESCRIPTION).findings if each.line == 4]
    assert finding.message == "This is no row, and was left out: Tracklist:"


def test_a_time_alone_is_no_row() -> None:
    assert codes("0:00 A - B\n3:00") == [(2, "not_a_row")]


def test_of_a_text_that_is_too_long_the_rest_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_module, "MOST_LINES", 10)
    text = "0:00 A - B\n" * 11
    assert len(parse_text(text).facts.entries) == 10
    assert codes(text) == [(11, "too_long")]


# -- laws ------------------------------------------------------------------------------------------------------

MARKS = ("00:00", "[03:30]", "1:02:03", "??:??", "1.", "02)", "#3", "7", "w/", "*", " - ", "\u2013", "|", "\t", " by ")
WORDS = (
    "Ana",
    "Sun",
    "ID",
    "(Kim Remix)",
    "[LABEL]",
    "@",
    " @ ",
    "2024-07-20",
    "://",
    '"',
    "\u200b",
    " ",
    "\n",
    "\r\n",
)
LETTERS = re.compile(r"[^\W\d_]{2,}")
PIECES = st.sampled_from(MARKS + WORDS)
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=60).map("".join) | st.text()
WORD = st.text("abcdefghij\u00e9\u4e16", min_size=1, max_size=8).filter(lambda word: word not in {"id", "by"})
NAME = st.lists(WORD, min_size=1, max_size=3).map(" ".join)
SEPARATORS = [" - ", " \u2013 ", " \u2014 ", " | ", "\t"]
Style = Callable[[int, str, str], str]
STYLES: list[Style] = [
    lambda _, time, row: f"{time} {row}",
    lambda _, time, row: f"[{time}] {row}",
    lambda number, time, row: f"{number}. [{time}] {row}",
    lambda number, time, row: f"{number:02}) {row} ({time})",
    lambda number, time, row: f"#{number} {row} {time}",
    lambda number, time, row: f"{time} {number}. {row}",
    lambda number, time, row: f"{number:02} {time} {row}",
]
STARTS = st.lists(st.integers(0, 20_000), min_size=2, max_size=12, unique=True).map(sorted)


@given(TEXTS)
def test_each_line_is_a_row_or_the_head_or_told_once_each_row_is_one_line(text: str) -> None:
    parsed = parse_text(text)
    said = laid_out([*enumerate(text.splitlines(), 1)])
    head = replace(parsed.facts, entries=()) != Facts()
    told = [finding for finding in parsed.findings if finding.code == "not_a_row"]
    assert len(parsed.facts.entries) + head + len(told) == len(said)


@given(TEXTS)
def test_no_word_is_lost_on_the_way_to_one_line_a_row(text: str) -> None:
    lines = [*enumerate(text.splitlines(), 1)]
    before = [word for _, line in lines for word in LETTERS.findall(tidied(line))]
    after = [word for _, line in laid_out(lines) for word in LETTERS.findall(line)]
    assert Counter(after) == Counter(before) - Counter({"by": before.count("by") - after.count("by")})


@given(TEXTS)
def test_findings_are_in_order_and_name_lines_that_there_are(text: str) -> None:
    lines = [finding.line for finding in parse_text(text).findings]
    assert lines == sorted(lines)
    assert all(0 <= line <= len(text.splitlines()) for line in lines)


@settings(max_examples=50)
@given(
    STARTS, st.data(), st.sampled_from(STYLES), st.sampled_from(SEPARATORS), st.sampled_from([short_time, long_time])
)
def test_a_list_is_read_as_it_was_written(
    starts: Sequence[int], data: st.DataObject, style: Style, separator: str, time: Callable[[int], str]
) -> None:
    rows = [(start * 1000, data.draw(NAME), data.draw(NAME)) for start in starts]
    lines = [style(number, time(start), f"{a}{separator}{b}") for number, (start, a, b) in enumerate(rows, 1)]
    assert names("\n".join(lines)) == rows


@settings(max_examples=25)
@given(STARTS, st.data())
def test_what_the_site_exports_is_read_again(starts: Sequence[int], data: st.DataObject) -> None:
    entries = tuple(
        Entry(
            artist=data.draw(NAME),
            title=data.draw(NAME),
            remix=data.draw(st.none() | NAME.map("{} Remix".format)),
            label=data.draw(st.none() | NAME),
            start_ms=Milliseconds(start * 1000),
        )
        for start in starts
    )
    facts = Facts(entries=entries, title="Ana @ Home, Berlin 2025-05-17")
    assert parse_text(site_export(facts)).facts.entries == entries

from hypothesis import example, given
from hypothesis import strategies as st

from api_queue.formats.lrc import LINES_MAX, TEXT_MAX, Line, parse

#: What can stand after a stamp: no line break of any kind, nothing that reads as a stamp itself.
TEXTS = st.text(st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp"), blacklist_characters="[]<>\ufeff")).map(
    str.strip
)
TIMES = st.integers(0, 999 * 60_000 + 59_999)


def stamp(at_ms: int) -> str:
    return f"[{at_ms // 60_000:02}:{at_ms // 1000 % 60:02}.{at_ms % 1000:03}]"


@given(st.lists(st.tuples(TIMES, TEXTS)))
def test_what_is_written_is_read_in_the_order_of_time(lines: list[tuple[int, str]]) -> None:
    text = "\n".join(stamp(at_ms) + words for at_ms, words in lines)

    assert parse(text) == tuple(sorted((Line(*line) for line in lines), key=lambda line: line.at_ms))


@given(st.text())
@example("[00:00")
@example("[99999999999999999999:00]x")
@example("[offset:" + "9" * 5000 + "]")
def test_no_text_breaks_it_and_no_time_is_negative(text: str) -> None:
    assert all(line.at_ms >= 0 for line in parse(text))


def test_hundredths_tenths_and_no_fraction() -> None:
    assert parse("[00:01.25]a\n[00:02.5]b\n[1:03]c") == (Line(1250, "a"), Line(2500, "b"), Line(63_000, "c"))


def test_a_repeated_line_stands_once_for_each_stamp() -> None:
    assert parse("[00:10.00][00:30.00]chorus\n[00:20.00]verse") == (
        Line(10_000, "chorus"),
        Line(20_000, "verse"),
        Line(30_000, "chorus"),
    )


def test_a_positive_offset_shows_the_lines_sooner() -> None:
    assert parse("[offset:+500]\n[00:00.20]a\n[00:02.00]b") == (Line(0, "a"), Line(1500, "b"))


def test_word_stamps_are_left_out() -> None:
    assert parse("[00:01.00]<00:01.00> Never <00:01.50> again") == (Line(1000, "Never again"),)
    assert parse("[00:01.00]Never [00:01.50]again[00:02.00]") == (Line(1000, "Never again"),)


def test_a_text_of_stamps_alone_is_not_repeated_without_end() -> None:
    lines = parse("[00:01]" * 50_000 + "x" * 50_000)

    assert (len(lines), {len(line.text) for line in lines}) == (LINES_MAX, {TEXT_MAX})


def test_titles_and_plain_text_are_no_lines() -> None:
    assert parse("[ti:A song]\n[ar:Somebody]\njust words\n\n[00:01.00]one") == (Line(1000, "one"),)


def test_an_empty_line_ends_what_stands_on_the_screen() -> None:
    assert parse("[00:01.00]one\n[00:05.00]") == (Line(1000, "one"), Line(5000, ""))

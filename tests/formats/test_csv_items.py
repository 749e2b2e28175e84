"""One line for each item: what goes in comes out, here, in Python's own reader and in a spreadsheet."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api_queue.formats.csv_items import COLUMNS, decode_line, document, encode_line, spreadsheet_rows

#: Anything but what UTF-8 cannot say.
cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
rows = st.lists(cells, min_size=len(COLUMNS), max_size=len(COLUMNS))


def padded(*first: str) -> list[str]:
    return [*first, *[""] * (len(COLUMNS) - len(first))]


@given(rows)
@example(padded("a,b", '"', "two\nlines", "\r", "a\r\nb"))
@example(padded())
def test_a_line_reads_back_whatever_stands_in_its_cells(row: list[str]) -> None:
    assert decode_line(encode_line(row)) == row


@given(st.lists(rows, max_size=4))
def test_a_document_is_what_any_other_reader_reads(table: list[list[str]]) -> None:
    text = document(COLUMNS, map(encode_line, table))
    assert list(csv.reader(io.StringIO(text, newline=""), strict=True)) == [list(COLUMNS), *table]


def test_its_lines_end_as_rfc_4180_says_the_last_one_too() -> None:
    assert document(("a", "b"), ["1,2", "3,4"]) == "a,b\r\n1,2\r\n3,4\r\n"
    assert document(("a",), []) == "a\r\n"


def test_a_line_has_no_end_of_its_own() -> None:
    assert encode_line(("track", "Ana", 7, 0.5)) == "track,Ana,7,0.5"


def test_nothing_is_an_empty_cell_and_zero_is_not() -> None:
    assert encode_line(("a", None, 0, "")) == "a,,0,"


@pytest.mark.parametrize(
    ("cell", "written"), [("a,b", '"a,b"'), ('say "la"', '"say ""la"""'), ("two\nlines", '"two\nlines"')]
)
def test_what_would_break_the_line_is_quoted(cell: str, written: str) -> None:
    assert encode_line((cell, "x")) == f"{written},x"


@pytest.mark.parametrize("count", [0, 1, len(COLUMNS) - 1, len(COLUMNS) + 1])
def test_a_line_of_another_number_of_columns_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match=f"this line {count}"):
        decode_line(",".join(["x"] * count))


@pytest.mark.parametrize("line", ['"open', '"a"b,c'])
def test_a_broken_quote_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        decode_line(line)


def test_the_first_four_columns_are_the_seeds() -> None:
    assert COLUMNS[:4] == ("track_id", "performer_name", "session_owner", "timestamp_play")
    assert len(set(COLUMNS)) == 12


@pytest.mark.parametrize("sign", list("=+-@\t\r"))
def test_a_spreadsheet_never_runs_a_cell(sign: str) -> None:
    [line] = spreadsheet_rows([(f'{sign}HYPERLINK("x")', "plain")])
    [row] = csv.reader(io.StringIO(line, newline=""))
    assert row == [f'\'{sign}HYPERLINK("x")', "plain"]


def test_a_number_below_zero_stays_one() -> None:
    assert list(spreadsheet_rows([(-3, -0.5, None)])) == ["-3,-0.5,"]


@given(cells)
def test_a_shown_cell_begins_with_nothing_that_is_run(cell: str) -> None:
    [line] = spreadsheet_rows([(cell, "end")])
    [[shown, _]] = csv.reader(io.StringIO(line, newline=""))
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert shown.removeprefix("'") == cell.removeprefix("'")

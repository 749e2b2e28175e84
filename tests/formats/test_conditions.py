"""Conditional headers: tags compared weakly and strongly, three forms of dates, and their order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.formats.conditions import Validators, format_date, judge, parse_date, range_applies

NOW_S = 1_800_000_000
MODIFIED = "Sun, 06 Nov 1994 08:49:37 GMT"
BEFORE, AFTER = "Sun, 06 Nov 1994 08:49:36 GMT", "Sun, 06 Nov 1994 08:49:38 GMT"
CURRENT = Validators('"abc"', 784_111_777)


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({}, "send"),
        ({"if-none-match": '"abc"'}, "not_modified"),
        ({"if-none-match": 'W/"abc"'}, "not_modified"),
        ({"if-none-match": '"x", W/"abc" ,"y"'}, "not_modified"),
        ({"if-none-match": "*"}, "not_modified"),
        ({"if-none-match": '"x"'}, "send"),
        ({"if-none-match": "abc"}, "send"),
        ({"if-none-match": '"abc" and more'}, "send"),
        ({"if-modified-since": MODIFIED}, "not_modified"),
        ({"if-modified-since": AFTER}, "not_modified"),
        ({"if-modified-since": BEFORE}, "send"),
        ({"if-modified-since": "yesterday"}, "send"),
        ({"if-none-match": '"x"', "if-modified-since": AFTER}, "send"),  # a tag outweighs a date
        ({"if-match": '"abc"'}, "send"),
        ({"if-match": "*"}, "send"),
        ({"if-match": 'W/"abc"'}, "precondition_failed"),  # compared strongly
        ({"if-match": '"x"'}, "precondition_failed"),
        ({"if-match": '"x"', "if-none-match": '"abc"'}, "precondition_failed"),
        ({"if-unmodified-since": MODIFIED}, "send"),
        ({"if-unmodified-since": BEFORE}, "precondition_failed"),
        ({"if-unmodified-since": "once"}, "send"),
        ({"if-match": '"abc"', "if-unmodified-since": BEFORE}, "send"),
    ],
)
def test_verdicts(fields: dict[str, str], verdict: str) -> None:
    assert judge(fields, CURRENT, NOW_S) == verdict


@pytest.mark.parametrize(
    ("if_range", "applies"),
    [
        ('"abc"', True),
        (MODIFIED, True),
        ("Sun Nov  6 08:49:37 1994", True),
        ('"x"', False),
        ('W/"abc"', False),
        (BEFORE, False),
        (AFTER, False),
        ("abc", False),
        ('"abc", "abc"', False),
    ],
)
def test_if_range_wants_the_very_same_file(if_range: str, applies: bool) -> None:
    assert range_applies(if_range, CURRENT, NOW_S) is applies


@pytest.mark.parametrize(
    "text",
    ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"],
)
def test_the_three_forms_of_a_date(text: str) -> None:
    assert parse_date(text, NOW_S) == CURRENT.modified_s


def test_two_digits_of_a_year_lie_at_most_fifty_years_ahead() -> None:
    in_2027 = NOW_S
    assert parse_date("Friday, 01-Jan-77 00:00:00 GMT", in_2027) == parse_date("Fri, 01 Jan 2077 00:00:00 GMT", in_2027)
    assert parse_date("Friday, 01-Jan-78 00:00:00 GMT", in_2027) == parse_date("Fri, 01 Jan 1978 00:00:00 GMT", in_2027)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        "sun, 06 nov 1994 08:49:37 gmt",
        "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, 06 Nov 1994 25:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "784111777",
        "1994-11-06T08:49:37Z",
    ],
)
def test_no_date(text: str) -> None:
    assert parse_date(text, NOW_S) is None


@given(st.integers(0, 4_000_000_000))
def test_what_is_sent_is_understood(seconds: int) -> None:
    assert parse_date(format_date(seconds), NOW_S) == seconds


@given(st.text())
def test_no_header_breaks_it(text: str) -> None:
    names = ("if-match", "if-unmodified-since", "if-none-match", "if-modified-since")
    assert all(judge({name: text}, CURRENT, NOW_S) for name in names)
    assert range_applies(text, CURRENT, NOW_S) in (True, False)

"""A plan keeps its word whatever is asked: the length that it promises is the length of what it sends."""

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api_queue.formats.byte_ranges import Span
from api_queue.formats.conditions import Validators, format_date
from api_queue.web.file_plans import File, Plan, make_plan

NOW_S = 1_800_000_000
MODIFIED_S = 1_700_000_000
SONG = File(1000, Validators('"song"', MODIFIED_S), "audio/flac")
RANGES = st.lists(st.tuples(st.integers(0, 1200), st.integers(0, 1200)), max_size=5).map(
    lambda pairs: "bytes=" + ",".join(f"{first}-{last}" for first, last in pairs)
)


def plan(method: str = "GET", **fields: str) -> Plan:
    return make_plan(method, {name.replace("_", "-"): value for name, value in fields.items()}, SONG, NOW_S)


def sent(plan: Plan) -> bytes:
    """With each byte of the file as `.`."""
    return b"".join(part if isinstance(part, bytes) else b"." * (part.stop - part.start) for part in plan.body)


def spans(plan: Plan) -> list[Span]:
    return [part for part in plan.body if isinstance(part, Span)]


# -- laws ------------------------------------------------------------------------------------------------------


@given(st.sampled_from(["GET", "HEAD"]), RANGES | st.text(max_size=20))
@example("GET", "bytes=0-0,-1")
@example("GET", "bytes=999-,1000-")
def test_the_length_is_what_is_sent(method: str, ranged: str) -> None:
    made = plan(method, range=ranged)
    assert made.status in {200, 206, 416}
    if made.body:
        assert made.headers["Content-Length"] == str(len(sent(made)))
    for span in spans(made):
        assert 0 <= span.start < span.stop <= SONG.size


@given(RANGES)
def test_a_part_says_which(ranged: str) -> None:
    made = plan(range=ranged)
    said = [made.headers.get("Content-Range", ""), *sent(made).decode("latin-1").splitlines()]
    found = re.findall(r"bytes (\d+)-(\d+)/1000", "\n".join(said))
    if made.status == 206:
        assert [(int(first), int(last) + 1) for first, last in found] == spans(made)


@given(RANGES, st.sampled_from(["if_match", "if_none_match", "if_range"]), st.text(max_size=12))
def test_no_condition_makes_two_answers_of_one(ranged: str, condition: str, value: str) -> None:
    fields: dict[str, Any] = {"range": ranged, condition: value}
    assert plan(**fields).status in {200, 206, 304, 412, 416}


# -- one by one ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [{}, {"range": "bytes=0-1"}, {"range": "bytes=0-1,9-9"}, {"range": "bytes=1000-"}, {"if_none_match": '"song"'}],
)
def test_every_answer_says_which_file_it_is_about(fields: dict[str, str]) -> None:
    assert (
        plan(**fields).headers.items()
        >= {
            "Accept-Ranges": "bytes",
            "Cache-Control": "no-store",
            "Date": format_date(NOW_S),
            "ETag": '"song"',
            "Last-Modified": format_date(MODIFIED_S),
        }.items()
    )


def test_the_whole_file_is_one_span() -> None:
    assert plan() == Plan(
        200, plan().headers | {"Content-Type": "audio/flac", "Content-Length": "1000"}, (Span(0, 1000),)
    )


def test_an_empty_file_has_no_body_and_no_range() -> None:
    empty = File(0, SONG.validators, "audio/flac")
    whole, part = (make_plan("GET", fields, empty, NOW_S) for fields in ({}, {"range": "bytes=0-"}))
    assert (whole.status, whole.headers["Content-Length"], whole.body) == (200, "0", ())
    assert (part.status, part.headers["Content-Range"]) == (416, "bytes */0")


def test_several_parts_lie_between_boundaries_that_nobody_can_guess() -> None:
    first, second = plan(range="bytes=0-9,500-509"), plan(range="bytes=0-9,500-509")
    boundary = first.headers["Content-Type"].removeprefix("multipart/byteranges; boundary=")
    assert sent(first).count(boundary.encode()) == 3
    assert sent(first).endswith(f"--{boundary}--\r\n".encode())
    assert boundary not in second.headers["Content-Type"]


def test_a_refused_range_says_how_long_the_file_is() -> None:
    refused = plan(range="bytes=1000-")
    assert (refused.status, refused.headers["Content-Range"], refused.body) == (416, "bytes */1000", ())


@pytest.mark.parametrize(
    ("if_range", "status"),
    [
        ('"song"', 206),
        ('"other"', 200),
        ('W/"song"', 200),
        (format_date(MODIFIED_S), 206),
        (format_date(MODIFIED_S + 1), 200),
        ("nonsense", 200),
    ],
)
def test_a_part_of_another_version_is_never_sent(if_range: str, status: int) -> None:
    assert plan(range="bytes=5-", if_range=if_range).status == status


def test_if_range_without_a_range_means_nothing() -> None:
    assert plan(if_range='"other"').status == 200


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"if_none_match": '"song"', "range": "bytes=0-1"}, 304),
        ({"if_match": '"other"', "range": "bytes=0-1"}, 412),
        ({"if_match": '"other"', "if_none_match": '"song"'}, 412),
        ({"if_modified_since": format_date(MODIFIED_S), "range": "bytes=5000-"}, 304),
    ],
)
def test_conditions_come_before_ranges(fields: dict[str, str], status: int) -> None:
    made = plan(**fields)
    assert (made.status, made.body) == (status, ())
    assert "Content-Range" not in made.headers

"""The Range grammar, line by line of RFC 9110 section 14, and as laws over any header and any size."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api_queue.formats.byte_ranges import (
    MAX_RANGES,
    Span,
    content_range,
    merge,
    part_head,
    parts_end,
    select,
    unsatisfied_range,
)

SIZE = 500


@pytest.mark.parametrize(
    ("header", "spans"),
    [
        ("bytes=0-0", [(0, 1)]),
        ("bytes=0-499", [(0, 500)]),
        ("bytes=10-", [(10, 500)]),
        ("bytes=-200", [(300, 500)]),
        ("bytes=0-1000", [(0, 500)]),  # an end past the end is cut
        ("bytes=-900", [(0, 500)]),  # a suffix longer than the file is the whole file
        (f"bytes=0-{'9' * 5000}", [(0, 500)]),
        ("bytes=00000000000000000000000010-11", [(10, 12)]),
        ("BYTES=1-2", [(1, 3)]),
        ("bytes= 0-0 ,\t5-6", [(0, 1), (5, 7)]),
        ("bytes=,0-0,,5-6,", [(0, 1), (5, 7)]),
        ("bytes=5-6,0-1", [(5, 7), (0, 2)]),  # in the order asked
        ("bytes=0-9,5-20,100-", [(0, 21), (100, 500)]),
        ("bytes=100-200,0-9,150-300", [(100, 301), (0, 10)]),
        ("bytes=0-4,5-9", [(0, 5), (5, 10)]),  # neighbours do not overlap
        ("bytes=600-700,0-0", [(0, 1)]),  # what cannot be satisfied drops out
        ("bytes=-0,1-1", [(1, 2)]),
    ],
)
def test_satisfiable(header: str, spans: list[tuple[int, int]]) -> None:
    assert select(header, SIZE) == tuple(Span(*span) for span in spans)


@pytest.mark.parametrize("header", ["bytes=500-", "bytes=500-600", "bytes=-0", "bytes=600-,-0", f"bytes={'9' * 5000}-"])
def test_nothing_of_it_lies_in_the_file(header: str) -> None:
    assert select(header, SIZE) == ()


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes=",
        "bytes=,",
        "bytes=-",
        "bytes=a-b",
        "bytes=1",
        "bytes=5-2",
        "bytes=0-1,5-2",  # one bad range spoils the set
        "bytes=0-1 5-6",
        "bytes=0 - 1",
        "bytes=+1-2",
        "bytes=1_0-20",
        "bytes=٠-٤",
        "byteſ=0-1",
        "bytes =0-1",
        " bytes=0-1",
        "bytes=0-1\n",
        "bytes=0-1, bytes=2-3",
        "items=0-1",
    ],
)
def test_malformed_or_of_another_unit_is_ignored(header: str) -> None:
    assert select(header, SIZE) is None


def test_sixteen_ranges_are_served_and_seventeen_are_not() -> None:
    ranges = [f"{start}-{start}" for start in range(0, 40, 2)]
    assert len(select("bytes=" + ",".join(ranges[:MAX_RANGES]), SIZE) or ()) == MAX_RANGES == 16
    assert select("bytes=" + ",".join(ranges[: MAX_RANGES + 1]), SIZE) is None


def test_an_empty_file() -> None:
    assert select("bytes=0-", 0) == ()
    assert select("bytes=-0", 0) == ()
    assert select("bytes=-5", 0) is None


def test_how_an_answer_names_its_bytes() -> None:
    assert content_range(Span(0, 10), SIZE) == "bytes 0-9/500"
    assert unsatisfied_range(SIZE) == "bytes */500"
    assert part_head("b", "audio/flac", Span(1, 3), 4) == (
        b"\r\n--b\r\nContent-Type: audio/flac\r\nContent-Range: bytes 1-2/4\r\n\r\n"
    )
    assert parts_end("b") == b"\r\n--b--\r\n"


@given(st.text(), st.integers(0, 1 << 40))
@example("bytes=", 0)
def test_no_header_breaks_it(header: str, size: int) -> None:
    for text in (header, f"bytes={header}"):
        spans = select(text, size)
        assert spans is None or all(0 <= span.start < span.stop <= size for span in spans)


_ends = st.one_of(st.none(), st.integers(0, 60))
_asked = st.lists(st.tuples(_ends, _ends).filter(lambda ends: ends != (None, None)), min_size=1, max_size=16)


def _bytes_of(first: int | None, last: int | None, size: int) -> set[int]:
    if first is None:
        return set(range(size)[max(size - (last or 0), 0) :])
    return {place for place in range(size) if first <= place and (last is None or place <= last)}


@given(_asked, st.integers(1, 50))
def test_exactly_the_bytes_asked_for_and_each_of_them_once(
    asked: list[tuple[int | None, int | None]], size: int
) -> None:
    # Given any set of ranges / When one runs backwards / Then the set is ignored
    header = "bytes=" + ",".join(
        f"{'' if first is None else first}-{'' if last is None else last}" for first, last in asked
    )
    spans = select(header, size)
    if any(first is not None and last is not None and last < first for first, last in asked):
        assert spans is None
        return
    # And else / Then the spans hold the union of what was asked, without an overlap
    assert spans is not None
    sent = [place for span in spans for place in range(*span)]
    assert sorted(sent) == sorted(set().union(*(_bytes_of(*ends, size) for ends in asked)))


_spans = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)).map(lambda at: Span(at[0], at[0] + at[1])))


@given(_spans)
def test_merging_twice_changes_nothing_and_keeps_the_order_of_first_asking(spans: list[Span]) -> None:
    merged = merge(spans)
    assert merge(merged) == merged
    asked_first = [
        min(i for i, one in enumerate(spans) if one.start >= span.start and one.stop <= span.stop) for span in merged
    ]
    assert asked_first == sorted(asked_first)

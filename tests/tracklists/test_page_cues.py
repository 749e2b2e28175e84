from hypothesis import example, given, settings
from hypothesis import strategies as st

from api_queue.tracklists.page import read_page
from tests.tracklists.site.pages import Head, Row, tracklist

KINDS = st.sampled_from(["main", "main", "with", "component"])
SECONDS = st.none() | st.integers(0, 20_000)


def printed(seconds: int | None) -> str:
    if seconds is None:
        return ""
    minutes = f"{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{seconds // 3600}:{minutes}" if seconds >= 3600 else minutes


def starts(rows: list[Row], *, script: bool = True) -> list[int | None]:
    entries = read_page(tracklist(rows, script=script)).facts.entries
    return [None if entry.start_ms is None else entry.start_ms // 1000 for entry in entries]


@given(st.lists(st.tuples(KINDS, SECONDS, SECONDS), min_size=1, max_size=12))
@example([("main", None, None), ("main", None, 200)])
@example([("with", None, None), ("main", 200, None)])
@settings(max_examples=40, deadline=None)
def test_printed_text_counts_first_then_the_script_and_a_zero_without_text_is_unset(
    cells: list[tuple[str, int | None, int | None]],
) -> None:
    cells[0] = ("main", *cells[0][1:])
    rows = [Row("A - B", kind=kind, cue=printed(shown), seconds=hidden) for kind, shown, hidden in cells]

    expected: list[int | None] = []
    for kind, shown, hidden in cells:
        own = shown if shown is not None else hidden or None
        expected.append(own if kind == "main" else expected[-1])
    timed = any(shown is not None for kind, shown, _ in cells if kind != "component") or any(expected)
    if expected[0] is None and timed:
        before = next((at for at, (kind, *_) in enumerate(cells[1:], 1) if kind == "main"), len(cells))
        expected[:before] = [0] * before
    assert starts(rows) == expected


def test_a_page_without_any_time_has_none_although_its_script_says_zero() -> None:
    assert starts([Row("A - B"), Row("C - D")]) == [None, None]


def test_without_a_script_the_printed_times_are_all_there_is() -> None:
    assert starts([Row("A - B"), Row("C - D", cue="3:05"), Row("E - F", seconds=300)], script=False) == [0, 185, None]


def test_each_row_that_shares_a_time_in_the_script_has_it() -> None:
    rows = [Row("A - B"), Row("C - D", seconds=200), Row("E - F", kind="with"), Row("G - H", kind="with")]

    assert starts(rows) == [0, 200, 200, 200]


def test_times_that_fall_are_told_and_left_as_they_are() -> None:
    rows = [Row("A - B", cue="00:00"), Row("C - D", cue="10:00"), Row("E - F", cue="05:00"), Row("G - H", cue="05:00")]

    parsed = read_page(tracklist(rows))

    assert [entry.start_ms for entry in parsed.facts.entries] == [0, 600_000, 300_000, 300_000]
    assert [(finding.code, finding.line) for finding in parsed.findings] == [
        ("time_not_rising", 3),
        ("time_not_rising", 4),
    ]
    assert "one of both times is wrong" in parsed.findings[0].message


def test_of_several_players_each_has_a_clock_of_its_own() -> None:
    rows = [Row("A - B", cue="00:00", player=1), Row("C - D", cue="30:00"), Row("E - F", cue="01:00", player=2)]

    parsed = read_page(tracklist(rows, Head(players=("37:57", "42:01"))))

    assert [finding.line for finding in parsed.findings] == [3]
    assert "several players" in parsed.findings[0].message


def test_a_time_that_nobody_can_read_is_told_and_unset() -> None:
    parsed = read_page(tracklist([Row("A - B", cue="00:00"), Row("C - D", cue="soon")]))

    assert parsed.facts.entries[1].start_ms is None
    assert [(finding.code, finding.line) for finding in parsed.findings] == [("bad_time", 2)]

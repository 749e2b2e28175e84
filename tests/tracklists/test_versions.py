"""What has changed between two versions."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from api_queue.tracklists.models import Entry
from api_queue.tracklists.versions import compare

ROWS = st.lists(
    st.builds(
        lambda title, label: Entry(artist="Ana", title=title, label=label),
        st.sampled_from("abcd"),
        st.sampled_from([None, "L"]),
    ),
    max_size=8,
)


def rows(*titles: str) -> list[Entry]:
    return [Entry(artist="Ana", title=title) for title in titles]


def positions(found: Sequence[tuple[int, object]]) -> list[int]:
    return [row[0] for row in found]


def test_a_row_in_front_is_added_and_changes_no_other() -> None:
    found = compare(rows("a", "b"), rows("x", "a", "b"))
    assert (positions(found.added), found.removed, found.modified, found.total) == ([1], (), (), 1)


def test_a_row_that_is_gone_is_removed() -> None:
    found = compare(rows("a", "b", "c"), rows("a", "c"))
    assert (found.added, positions(found.removed), found.modified) == ((), [2], ())


def test_a_row_in_its_place_was_changed() -> None:
    found = compare(rows("a", "b", "c"), rows("a", "x", "c"))
    (changed,) = found.modified
    assert (changed.position, changed.old.entry.title, changed.new.entry.title, found.total) == (2, "b", "x", 1)


def test_what_else_is_known_of_a_row_counts() -> None:
    old, new = rows("a", "b"), [Entry(artist="Ana", title="x"), Entry(artist="Ana", title="b", bpm=128.0)]
    assert [each.position for each in compare(old, new).modified] == [1, 2]


@given(ROWS)
def test_a_version_does_not_differ_from_itself(old: list[Entry]) -> None:
    assert compare(old, old).total == 0


@given(ROWS, ROWS)
def test_the_difference_leads_from_one_to_the_other(old: list[Entry], new: list[Entry]) -> None:
    found = compare(old, new)
    gone = {row.position for row in found.removed}
    after = {each.old.position: each.new.entry for each in found.modified}
    built = [after.get(at, row) for at, row in enumerate(old, 1) if at not in gone]
    for row in found.added:
        built.insert(row.position - 1, row.entry)
    assert built == new


@given(ROWS, ROWS)
def test_the_way_back_is_the_same_the_other_way_round(old: list[Entry], new: list[Entry]) -> None:
    there, back = compare(old, new), compare(new, old)
    assert len(old) - len(there.removed) + len(there.added) == len(new)
    assert len(new) - len(back.removed) + len(back.added) == len(old)

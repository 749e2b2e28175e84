"""Rows of a list: any sequence of edits, against a plain Python list."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api_queue.errors import TooManyRows, UnknownRow
from api_queue.tracklists import drafts
from api_queue.tracklists.drafts import MOST_ROWS, Changes, is_significant
from api_queue.tracklists.models import Entry, Facts, Transition
from api_queue.types import Milliseconds

TITLES = st.text("abcdef", min_size=1, max_size=3)
#: What is done, and two numbers that say where.
STEPS = st.lists(st.tuples(st.sampled_from(["add", "remove", "move", "change"]), st.integers(0, 9), st.integers(0, 9)))


def a_list(*titles: str, between: Sequence[tuple[int, int]] = ()) -> Facts:
    """`between`: where there are transitions."""
    return Facts(
        entries=tuple(Entry(artist="Ana", title=title) for title in titles),
        transitions=tuple(Transition(from_track=a, to_track=b) for a, b in between),
    )


def titles(facts: Facts) -> list[str]:
    return [entry.title for entry in facts.entries]


def joined(facts: Facts) -> list[tuple[str, str]]:
    """The titles between which there are transitions."""
    listed = titles(facts)
    return [(listed[each.from_track - 1], listed[each.to_track - 1]) for each in facts.transitions]


def named(title: str) -> Callable[[Entry], Entry]:
    return lambda entry: replace(entry, title=title)


def done(facts: Facts, model: list[str], step: tuple[str, int, int], title: str) -> Facts:
    """The same to both; where there is no such row both stay."""
    what, first, second = step
    try:
        if what == "add":
            facts = drafts.add(facts, Entry(artist="Ana", title=title), first)
            model.insert(first - 1, title)
        elif what == "remove":
            facts = drafts.remove(facts, first)
            del model[first - 1]
        elif what == "move":
            facts = drafts.move(facts, first, second)
            model.insert(second - 1, model.pop(first - 1))
        else:
            facts = drafts.change(facts, first, named(title))
            model[first - 1] = title
    except UnknownRow:
        assert not 1 <= first <= len(model) + (what == "add") or not 1 <= second <= len(model)
    return facts


@given(STEPS)
def test_edits_do_what_they_do_to_a_list(steps: list[tuple[str, int, int]]) -> None:
    facts, model = Facts(), list[str]()
    for number, step in enumerate(steps):
        facts = done(facts, model, step, f"{number}")
        assert titles(facts) == model


@given(STEPS, st.integers(2, 6))
def test_transitions_go_with_their_rows(steps: list[tuple[str, int, int]], rows: int) -> None:
    """However rows move, a transition stays between the same two, or goes."""
    model = [f"row {row}" for row in range(rows)]
    facts = a_list(*model, between=[*pairwise(range(1, rows + 1))])
    before = set(joined(facts))
    for number, step in enumerate(step for step in steps if step[0] != "change"):
        facts = done(facts, model, step, f"{number}")
        assert set(joined(facts)) <= before
        assert all(each.from_track < each.to_track for each in facts.transitions)


def test_a_row_that_is_added_and_taken_away_leaves_all_as_it_was() -> None:
    facts = a_list("a", "b", "c", between=[(1, 2), (2, 3)])
    assert drafts.remove(drafts.add(facts, Entry(artist="", title="x"), 2), 2) == facts


def test_without_a_position_a_row_comes_last() -> None:
    assert titles(drafts.add(a_list("a"), Entry(artist="", title="b"))) == ["a", "b"]


@pytest.mark.parametrize("position", [0, -1, 3, 1000])
def test_there_is_no_such_row(position: int) -> None:
    with pytest.raises(UnknownRow, match="1 to 2"):
        drafts.change(a_list("a", "b"), position, named("x"))


def test_many_rows_are_changed_at_once_and_new_ones_come_last() -> None:
    changed = drafts.change_many(a_list("a", "b"), {4: named("d"), 1: named("x"), 3: named("c")})
    assert titles(changed) == ["x", "b", "c", "d"]


def test_many_rows_are_changed_or_none() -> None:
    with pytest.raises(UnknownRow):
        drafts.change_many(a_list("a", "b"), {1: named("x"), 9: named("y")})


def test_what_comes_first_is_played_with_nothing_above() -> None:
    facts = Facts(entries=(Entry(artist="", title="a"), Entry(artist="", title="b", kind="with")))
    assert [entry.kind for entry in drafts.remove(facts, 1).entries] == ["main"]


def test_a_list_has_an_end() -> None:
    full = a_list(*("x" for _ in range(MOST_ROWS)))
    with pytest.raises(TooManyRows):
        drafts.add(full, Entry(artist="", title="one more"))


def test_other_rows_take_away_transitions_that_lead_nowhere() -> None:
    facts = Changes(entries=a_list("a", "b").entries)(a_list("a", "b", "c", between=[(1, 2), (2, 3)]))
    assert joined(facts) == [("a", "b")]


# -- what is worth a version -----------------------------------------------------------------------------------

ROW = Entry(artist="Ana", title="Sun", start_ms=Milliseconds(60_000))


@pytest.mark.parametrize(
    ("after", "worth"),
    [
        ((ROW,), False),
        ((replace(ROW, label="LABEL", bpm=128.0, remix="Dub"),), False),
        ((replace(ROW, start_ms=Milliseconds(70_000)),), False),
        ((replace(ROW, start_ms=Milliseconds(50_000)),), False),
        ((replace(ROW, start_ms=Milliseconds(70_001)),), True),
        ((replace(ROW, start_ms=None),), True),
        ((replace(ROW, title="Moon"),), True),
        ((replace(ROW, artist="Ben"),), True),
        ((), True),
        ((ROW, ROW), True),
    ],
)
def test_a_version_is_made_for_what_is_heard(after: tuple[Entry, ...], worth: bool) -> None:
    assert is_significant(Facts(entries=(ROW,)), Facts(entries=after)) is worth


def test_another_order_is_worth_one() -> None:
    assert is_significant(a_list("a", "b"), a_list("b", "a"))
    assert not is_significant(a_list("a", "b"), replace(a_list("a", "b"), dj_name="Ben"))

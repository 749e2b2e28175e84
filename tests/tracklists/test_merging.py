"""Three sides of a list: what the page told, what it tells now, and what somebody made of it here."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api_queue.tracklists.merging import Decision, merge
from api_queue.tracklists.models import Entry, Facts, Metadata, Transition
from api_queue.tracklists.page_changes import Change, changes
from api_queue.types import Milliseconds, TrackId


def row(title: str, start_s: int | None = None, **more: Any) -> Entry:
    start_ms = None if start_s is None else Milliseconds(start_s * 1000)
    return Entry(artist="Ana", title=title, start_ms=start_ms, **more)


def a_list(*rows: Entry, **more: Any) -> Facts:
    return Facts(entries=rows, **more)


def taking_what_is_clean(change: Change) -> Decision:
    return "theirs" if change.is_clean else "wait"


def titles(facts: Facts) -> list[str]:
    return [entry.title for entry in facts.entries]


BEFORE = a_list(row("One", 0), row("ID", 60, is_id=True), row("Three", 120))


# -- what nobody has touched -----------------------------------------------------------------------------------


def test_a_track_that_the_page_has_identified_since_is_named() -> None:
    page = a_list(row("One", 0), row("Two", 60, label="L"), row("Three", 120))
    assert merge(BEFORE, page, BEFORE, taking_what_is_clean).facts == page


def test_what_we_know_of_a_row_besides_stays_with_it() -> None:
    ours = a_list(
        row("One", 0), row("ID", 60, is_id=True, notes="loud", catalog_track_id=TrackId("t")), row("Three", 120)
    )
    page = a_list(row("One", 0), row("Two", 60), row("Three", 120))
    second = merge(BEFORE, page, ours, taking_what_is_clean).facts.entries[1]
    assert (second.title, second.is_id, second.notes, second.catalog_track_id) == ("Two", False, "loud", "t")


def test_new_rows_come_behind_the_row_that_they_follow_on_the_page() -> None:
    # Given a list in which somebody has renamed a row
    ours = a_list(row("One", 0), row("Zwei", 60), row("Three", 120))
    page = a_list(row("Intro"), row("One", 0), row("A", 20), row("B", 40), row("ID", 60, is_id=True), row("Three", 120))
    merged = merge(BEFORE, page, ours, taking_what_is_clean)
    assert titles(merged.facts) == ["Intro", "One", "A", "B", "Zwei", "Three"]


def test_a_row_that_the_page_has_dropped_goes_also_when_it_was_cut_into_a_track() -> None:
    ours = a_list(row("One", 0), replace(BEFORE.entries[1], end_ms=Milliseconds(119_000)), row("Three", 120))
    page = a_list(row("One", 0), row("Three", 120))
    assert titles(merge(BEFORE, page, ours, taking_what_is_clean).facts) == ["One", "Three"]


def test_transitions_follow_their_rows() -> None:
    between = Transition(from_track=1, to_track=2, notes="by hand")
    ours = replace(BEFORE, transitions=(between,))
    page = a_list(row("Intro"), *BEFORE.entries)
    assert merge(BEFORE, page, ours, taking_what_is_clean).facts.transitions == (
        replace(between, from_track=2, to_track=3),
    )


def test_transitions_are_the_pages_where_nobody_has_entered_any() -> None:
    page = replace(a_list(*BEFORE.entries, row("Four")), transitions=(Transition(from_track=3, to_track=4),))
    assert merge(BEFORE, page, BEFORE, taking_what_is_clean).facts == page


def test_a_page_of_which_only_the_counters_move_changes_nothing() -> None:
    page = replace(BEFORE, metadata=Metadata(play_count=8), source_html_hash="b")
    assert merge(BEFORE, page, BEFORE, taking_what_is_clean).facts == BEFORE


# -- what somebody has edited ----------------------------------------------------------------------------------


def test_what_was_edited_here_waits_and_is_found_again() -> None:
    # Given a row that somebody has named, and the page has named otherwise
    ours = a_list(row("One", 0), row("Zwei", 60), row("Three", 120))
    page = a_list(row("One", 0), row("Two", 60), row("Three", 130))
    merged = merge(BEFORE, page, ours, taking_what_is_clean)
    # Then only what nobody has touched was taken
    assert merged.facts == a_list(row("One", 0), row("Zwei", 60), row("Three", 130))
    (waiting,) = merged.waiting
    assert (waiting.field, waiting.list_at, waiting.before, waiting.theirs, waiting.yours) == (
        *("title", 1),
        *("ID", "Two", "Zwei"),
    )
    # And the rest is there the next time, and under the same id
    again = changes(merged.before, page, merged.facts)
    assert [(each.field, each.change_id) for each in again] == [("title", waiting.change_id)]


@pytest.mark.parametrize(("side", "title"), [("theirs", "Two"), ("yours", "Zwei")])
def test_who_has_decided_is_not_asked_again(side: Decision, title: str) -> None:
    ours = a_list(row("One", 0), row("Zwei", 60), row("Three", 120))
    page = a_list(row("One", 0), row("Two", 60), row("Three", 120))
    merged = merge(BEFORE, page, ours, lambda _: side)
    assert titles(merged.facts) == ["One", title, "Three"]
    assert changes(merged.before, page, merged.facts) == []


def test_two_hands_that_did_the_same_agree() -> None:
    page = a_list(row("One", 0), row("Two", 60), row("Three", 120))
    assert changes(BEFORE, page, page) == []


def test_a_row_with_notes_is_not_dropped_without_asking() -> None:
    ours = a_list(row("One", 0), row("ID", 60, is_id=True, notes="find out!"), row("Three", 120))
    page = a_list(row("One", 0), row("Three", 120))
    merged = merge(BEFORE, page, ours, taking_what_is_clean)
    assert (merged.facts, [each.what for each in merged.waiting]) == (ours, ["removed"])
    assert [each.what for each in changes(merged.before, page, ours)] == ["removed"]


def test_a_row_that_was_removed_here_does_not_come_back() -> None:
    ours, page = a_list(row("One", 0), row("Three", 120)), a_list(row("One", 0), row("Two", 60), row("Three", 120))
    assert merge(BEFORE, page, ours, taking_what_is_clean).facts == ours


def test_a_row_that_was_added_here_is_not_added_twice() -> None:
    page = a_list(*BEFORE.entries, row("Four", 180))
    assert merge(BEFORE, page, page, taking_what_is_clean).facts == page


def test_facts_of_the_set_are_held_against_each_other_as_well() -> None:
    before = replace(BEFORE, dj_name="Nova", venue=None)
    page, ours = replace(before, dj_name="Nova Kin", venue="Pier"), replace(before, dj_name="NOVA")
    merged = merge(before, page, ours, taking_what_is_clean)
    assert (merged.facts.dj_name, merged.facts.venue) == ("NOVA", "Pier")
    assert [(each.what, each.field) for each in merged.waiting] == [("set", "dj_name")]


def test_what_waits_only_because_somebody_wants_to_be_asked_is_clean_the_next_time() -> None:
    page = a_list(row("Intro"), row("One", 5), row("Three", 120))
    merged = merge(BEFORE, page, BEFORE, lambda _: "wait")
    assert (merged.facts, merged.taken) == (BEFORE, [])
    assert merge(merged.before, page, merged.facts, taking_what_is_clean).facts == page


# -- laws ------------------------------------------------------------------------------------------------------

ROW = st.builds(row, st.sampled_from("abcdef"), st.none() | st.integers(0, 9), label=st.none() | st.just("L"))
VENUES = st.none() | st.just("Pier")
LISTS = st.builds(lambda rows, venue: a_list(*rows, venue=venue), st.lists(ROW, max_size=7), VENUES)


ALL = ("keep", "keep", "rename", "time", "drop", "add")


@st.composite
def edits(draw: st.DrawFn, names: str, kinds: Sequence[str] = ALL) -> Callable[[Facts], Facts]:
    """Rows that are renamed, moved in time, dropped, or come behind another; `names` are nobody else's."""
    fresh = iter(names)
    todo = draw(st.lists(st.sampled_from(kinds), min_size=6, max_size=6))

    def edited(facts: Facts) -> Facts:
        done = [_edited(entry, what, fresh) for entry, what in zip(facts.entries, todo, strict=False)]
        return replace(facts, entries=tuple(entry for some in done for entry in some))

    return edited


def _edited(entry: Entry, what: str, fresh: Iterator[str]) -> list[Entry]:
    if what == "rename":
        return [replace(entry, title=next(fresh))]
    if what == "time":
        return [replace(entry, start_ms=Milliseconds(ord(next(fresh)) * 1000))]
    return [] if what == "drop" else [entry, row(next(fresh))] if what == "add" else [entry]


BEFORES = st.builds(
    lambda names: a_list(*map(row, names)), st.lists(st.sampled_from("abcdef"), max_size=6, unique=True)
)


@given(LISTS, LISTS)
def test_a_list_that_nobody_has_edited_becomes_the_page(before: Facts, page: Facts) -> None:
    merged = merge(before, page, before, taking_what_is_clean)
    assert (merged.facts, merged.before, merged.waiting) == (page, page, [])


@given(LISTS, LISTS)
def test_a_page_that_has_not_changed_changes_nothing(before: Facts, ours: Facts) -> None:
    assert changes(before, before, ours) == []


@given(LISTS, LISTS, LISTS)
def test_a_name_that_is_ours_alone_is_never_lost(before: Facts, page: Facts, ours: Facts) -> None:
    by_hand = [title for title in titles(ours) if title not in {*titles(before), *titles(page)}]
    kept = titles(merge(before, page, ours, taking_what_is_clean).facts)
    assert [title for title in kept if title in by_hand] == by_hand


#: Where rows were dropped and others have new names, nobody can tell which of them is which.
NAMING, DROPPING = ("keep", "time", "rename", "add"), ("keep", "time", "drop")


@given(BEFORES, edits("ABCDEF"), edits("UVWXYZ", NAMING) | edits("UVWXYZ", DROPPING))
def test_what_waits_is_found_again_and_nothing_else(before: Facts, of_page: Any, by_hand: Any) -> None:
    page, ours = of_page(before), by_hand(before)
    merged = merge(before, page, ours, taking_what_is_clean)
    assert len(changes(merged.before, page, merged.facts)) == len(merged.waiting)


@given(BEFORES, edits("ABCDEF"), edits("UVWXYZ"), st.sampled_from(["theirs", "yours"]))
def test_after_a_decision_of_everything_nothing_waits(
    before: Facts, of_page: Any, by_hand: Any, side: Decision
) -> None:
    page, ours = of_page(before), by_hand(before)
    merged = merge(before, page, ours, lambda _: side)
    assert changes(merged.before, page, merged.facts) == []

import pytest

from api_queue.tracklists.search_page import SearchRow, read_search_page
from api_queue.tracklists.search_ranks import Wish, ranked
from tests.tracklists.site import searches

ROWS = read_search_page(searches.results()).rows


def ids(*wish: str | None, rows: tuple[SearchRow, ...] = ROWS) -> list[str]:
    return [row.page_id[-1] for row in ranked(rows, Wish(*wish))]  # type: ignore[arg-type]


def row(title: str, date: str | None = "2024-06-15") -> SearchRow:
    artist, _, event = title.partition(" @ ")
    return SearchRow(
        path="/tracklist/1a/", page_id="1aaaaaa1", title=title, dj_name=artist, event_name=event, date=date
    )


def test_thirty_rows_that_have_nothing_to_do_with_it_give_nothing() -> None:
    rows = read_search_page(searches.irrelevant()).rows

    assert len(rows) == 30
    assert ranked(rows, Wish("Ada Lovelace Harbour Days 2024")) == ()


def test_the_set_that_was_meant_comes_out_wherever_it_stood() -> None:
    assert ids("Ada Lovelace Harbour Days 2024") == ["2"]


def test_another_year_rules_a_row_out() -> None:
    assert ids("Ada Lovelace") == ["2", "3"]
    assert ids("Ada Lovelace 2023") == ["3"]
    assert ids("Ada Lovelace 2024-06-15") == ["2"]


def test_dates_bound_on_both_sides() -> None:
    assert ids("Harbour Days", "event", "2024-06-16") == ["1"]
    assert ids("Harbour Days", "event", None, "2023-12-31") == ["3"]


def test_the_year_of_an_event_that_was_sent_later_counts_too() -> None:
    later = row("Ada @ Radio 9 (Harbour Days, Porto 2024-06-15)", "2025-01-03")

    assert ranked([later], Wish("Ada Harbour Days 2024")) == (later,)


def test_a_row_without_a_date_may_be_of_any() -> None:
    assert ranked([row("Ada @ Harbour Days", None)], Wish("Ada 2024", start_date="2024-01-01"))


@pytest.mark.parametrize(
    "text", ["ada lovelace", "ADA LOVELACE", "Áda Lovelace", "Ada Lovelase", "dj Ada Lovelace live"]
)
def test_case_accents_and_one_wrong_letter_make_no_difference(text: str) -> None:
    assert ids(text) == ["2", "3"]


def test_one_of_two_words_is_another_thing() -> None:
    assert ranked([row("Oz @ Back In Time"), row("Ida @ Mind Warp Tour")], Wish("Time Warp", "event")) == ()


def test_most_words_will_do_where_one_of_them_names_what_was_asked_for() -> None:
    meant, other = row("Ada @ Big Hall, Porto"), row("Oz @ Harbour Days, Big Hall, Porto")

    assert ranked([other, meant], Wish("Ada Big Hall Porto Anniversary")) == (meant,)


def test_an_event_is_found_although_a_dj_was_asked_for() -> None:
    assert ids("Harbour Days 2024", "dj") == ["1", "2"]


def test_the_better_row_comes_first() -> None:
    most, every = row("Ada @ Harbour Days"), row("Ada @ Harbour Days, Main Stage")

    assert ranked([most, every], Wish("Ada Harbour Days Stage")) == (every, most)

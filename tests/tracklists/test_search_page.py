import pytest

from api_queue.errors import NotASearchPage, PageChanged
from api_queue.tracklists.search_page import SearchRow, read_search_page
from tests.tracklists.site import searches
from tests.tracklists.site.pages import tracklist
from tests.tracklists.site.searches import HITS, Hit


def only_row(hit: Hit) -> SearchRow:
    (row,) = read_search_page(searches.results([hit])).rows
    return row


def test_a_row_tells_all_that_it_shows() -> None:
    assert read_search_page(searches.results()).rows[1] == SearchRow(
        path=HITS[1].path,
        page_id="1aaaaaa2",
        title="Ada Lovelace @ Main Stage, Harbour Days, Porto, Portugal",
        dj_name="Ada Lovelace",
        event_name="Main Stage, Harbour Days, Porto, Portugal",
        date="2024-06-15",
        duration_minutes=97,
        track_count=27,
        identified_count=27,
        genres=("House", "Techno"),
        views=1500,
    )


def test_rows_stay_in_the_order_of_the_page() -> None:
    assert [row.page_id for row in read_search_page(searches.results()).rows] == [hit.page_id for hit in HITS]


def test_what_a_row_does_not_show_is_unknown() -> None:
    row = only_row(Hit("Ada", "2024-06-15", length="", identified="", views=""))

    assert (row.event_name, row.duration_minutes, row.track_count, row.views) == (None, None, None, None)


@pytest.mark.parametrize(("length", "minutes"), [("1h 37m", 97), ("45m", 45), ("2h", 120), ("long", None)])
def test_a_length_has_hours_or_minutes_or_both(length: str, minutes: int | None) -> None:
    assert only_row(Hit("Ada @ Days", "2024-06-15", length=length)).duration_minutes == minutes


def test_a_date_that_is_not_shown_stands_in_the_address() -> None:
    page = searches.results([Hit("Ada @ Days", "2024-06-15")]).replace('title="tracklist date"', "")

    assert read_search_page(page).rows[0].date == "2024-06-15"


def test_a_row_that_leads_elsewhere_is_left_out() -> None:
    page = searches.results(HITS[:2]).replace(f'href="{HITS[0].path}"', 'href="https://evil.example/tracklist/"')

    assert [row.page_id for row in read_search_page(page).rows] == [HITS[1].page_id]


def test_rows_that_all_lead_elsewhere_are_a_changed_page() -> None:
    with pytest.raises(PageChanged):
        read_search_page(searches.results().replace("/tracklist/", "/set/"))


def test_another_page_of_results_is_known_by_its_number() -> None:
    assert read_search_page(searches.results(page=3, following=True)).next_page == 4
    assert read_search_page(searches.results(page=3)).next_page is None


def test_a_form_without_rows_means_that_nothing_was_found() -> None:
    assert read_search_page(searches.nothing_found()).rows == ()


def test_a_page_without_the_form_is_a_failure() -> None:
    with pytest.raises(NotASearchPage):
        read_search_page("<html><body><h1>Hello</h1></body></html>")


def test_a_tracklist_is_no_search_although_it_has_the_form() -> None:
    with pytest.raises(NotASearchPage):
        read_search_page(tracklist(()))

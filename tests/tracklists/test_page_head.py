import pytest

from api_queue.tracklists.models import Facts
from api_queue.tracklists.page import read_page
from tests.tracklists.site.pages import Head, tracklist


def facts_of(page: str) -> Facts:
    return read_page(page).facts


def test_a_page_tells_who_played_where_and_when() -> None:
    facts = facts_of(tracklist())

    assert facts.title == "Ada Lovelace @ Main Stage, Harbour Days, Porto, Portugal 2025-06-14"
    assert (facts.dj_name, facts.event_name) == ("Ada Lovelace", "Harbour Days")
    assert (facts.venue, facts.date) == ("Main Stage, Porto, Portugal", "2025-06-14")
    assert facts.genres == ("House", "Tech House")
    assert facts.url == Head().url


def test_without_an_at_sign_the_authors_are_who_played() -> None:
    page = tracklist(head=Head(djs=("Ada", "Oz"))).replace(" @ Main Stage,", " -")

    assert facts_of(page).dj_name == "Ada, Oz"


def test_without_microdata_the_heading_tells() -> None:
    page = tracklist().replace('itemprop="name" content="Ada', 'data-was="Ada').replace("datePublished", "gone")

    facts = facts_of(page)

    assert (facts.dj_name, facts.event_name, facts.date) == ("Ada Lovelace", "Harbour Days", "2025-06-14")


@pytest.mark.parametrize("date", ["2025-02-30", "soon", "2025-06-14T00:00", "20250614"])
def test_a_day_that_there_is_not_is_no_date(date: str) -> None:
    assert facts_of(tracklist(head=Head(date=date))).date is None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.1001tracklists.com.evil.example/tracklist/2abc9xyz/a.html",
        "https://evil@1001tracklists.com/tracklist/2abc9xyz/a.html",
        "javascript:alert(1)",
        "https://www.1001tracklists.com/user/2abc9xyz",
    ],
)
def test_an_address_elsewhere_is_not_believed(url: str) -> None:
    assert facts_of(tracklist().replace(Head().url, url)).url is None


def test_genres_stand_beside_the_list_where_the_microdata_has_none() -> None:
    assert facts_of(tracklist().replace('itemprop="genre"', "data-gone")).genres == ("House", "Tech House")


def test_a_heading_without_links_is_an_advertisement() -> None:
    page = tracklist(extra="<h1>Buy now!</h1>").replace('itemprop="name" content="Ada', 'data-was="Ada')

    assert facts_of(page).dj_name == "Ada Lovelace"

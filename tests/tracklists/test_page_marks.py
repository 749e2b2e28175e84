from collections.abc import Callable

import pytest

from api_queue.errors import AskedTooOftenPage, BlockedPage, CaptchaPage, ChallengePage, IpBlockPage, NotATracklistPage
from api_queue.tracklists.page import read_page
from api_queue.tracklists.search_page import read_search_page
from tests.tracklists.site import refusals, searches

PAGES = [
    (refusals.challenge, ChallengePage),
    (refusals.ip_block, IpBlockPage),
    (refusals.captcha, CaptchaPage),
    (refusals.too_many_requests, AskedTooOftenPage),
]


@pytest.mark.parametrize(("page", "error"), PAGES)
def test_a_refusal_is_an_error_by_its_name(page: Callable[[], str], error: type[BlockedPage]) -> None:
    with pytest.raises(BlockedPage) as refused:
        read_page(page())

    assert type(refused.value) is error


@pytest.mark.parametrize(("page", "error"), PAGES)
def test_in_the_place_of_a_search_as_well(page: Callable[[], str], error: type[BlockedPage]) -> None:
    with pytest.raises(error):
        read_search_page(page())


@pytest.mark.parametrize("heading", ["h1", "p", "div", "b"])
def test_wherever_it_says_so(heading: str) -> None:
    page = refusals.too_many_requests().replace("h1>", f"{heading}>")

    with pytest.raises(AskedTooOftenPage):
        read_page(page)


def test_a_script_of_a_page_says_nothing() -> None:
    page = refusals.news().replace("<p>", "<script>say('You have sent too many requests')</script><p>")

    with pytest.raises(NotATracklistPage):
        read_page(page)


def test_a_search_for_such_words_that_finds_nothing_is_no_refusal() -> None:
    assert read_search_page(searches.results((), "Real Human, Too Many Requests")).rows == ()

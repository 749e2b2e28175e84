from collections.abc import Callable

import pytest

from api_queue.errors import AskedTooOftenPage, BlockedPage, CaptchaPage, ChallengePage, IpBlockPage
from api_queue.tracklists.page import read_page
from api_queue.tracklists.search_page import read_search_page
from tests.tracklists.site import refusals

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


def test_marks_in_the_text_of_a_page_refuse_nothing() -> None:
    """A news page may write of captchas; what counts are headings and forms."""
    page = refusals.news().replace("Read all about them", "We have sent too many requests, said a real human")

    with pytest.raises(Exception, match="no page of a tracklist"):
        read_page(page)

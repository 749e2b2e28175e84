"""What a client wants, by RFC 9110 section 12.5.1, and by what clients really send."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api_queue.web.pages import wants_html
from tests.web.requests import a_request

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"


def html(accept: str | None) -> bool:
    return wants_html(a_request("GET", headers={} if accept is None else {"accept": accept}))


@pytest.mark.parametrize("accept", [FIREFOX, CHROMIUM, "text/html", "text/html, application/json;q=0.9", "text/*"])
def test_browsers_want_the_page(accept: str) -> None:
    assert html(accept)


@pytest.mark.parametrize(
    "accept",
    [
        None,  # HTTP/1.0
        "*/*",  # curl, fetch
        "application/json, text/plain, */*",  # axios
        "text/event-stream",  # EventSource
        "application/json",
        "application/*",
        "text/html;q=0.8, application/json",
        "image/avif,image/webp,*/*;q=0.5",  # <img>
        "text/plain",
    ],
)
def test_programs_want_the_data(accept: str | None) -> None:
    assert not html(accept)


@pytest.mark.parametrize("accept", ["nonsense", "/", "*", "text/", "text/html;q=x", ",", ";", "text/html;q="])
def test_what_nobody_can_read_is_no_wish(accept: str) -> None:
    assert not html(accept)


@given(st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=60))
@example("text/html;q=nan")
@example("text/html;q=1e999")
@example('text/html;x="')
def test_any_wish_is_answered_with_one_or_the_other(accept: str) -> None:
    assert html(accept) in {True, False}


@given(st.floats(0.01, 1), st.floats(0.01, 1))
def test_the_greater_weight_wins(page: float, data: float) -> None:
    accept = f"text/html;q={page:.3f}, application/json;q={data:.3f}"
    if round(page, 3) != round(data, 3):
        assert html(accept) is (round(page, 3) > round(data, 3))

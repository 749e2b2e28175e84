"""Whether a page of another site sent it: the rule alone, header by header."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api_queue.errors import CrossSite
from api_queue.web.cross_site import CrossSiteCheck
from tests.web.requests import a_request

CHECK = CrossSiteCheck("https://party.example", ("https://lights.example",))


def refused(check: CrossSiteCheck = CHECK, **headers: str) -> str | None:
    """The site that is blamed, or None for a write that is let through."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        check.refuse(a_request(headers={"host": "192.0.2.7:8000", **sent}))
    except CrossSite as error:
        return str(error.facts["origin"])
    return None


def test_what_is_no_browser_names_no_site_and_passes() -> None:
    assert refused() is None
    assert refused(cookie="session_id=x") is None


@pytest.mark.parametrize(
    "origin", ["http://192.0.2.7:8000", "https://192.0.2.7:8000", "https://party.example", "http://party.example"]
)
def test_our_own_pages_pass_by_either_name(origin: str) -> None:
    assert refused(origin=origin, cookie="access_token=x") is None


@pytest.mark.parametrize(
    "origin",
    [
        "http://192.0.2.7",  # another port is another site
        "http://192.0.2.7:8001",
        "https://party.example.evil.example",
        "https://evil.example/party.example",
        "https://party.example@evil.example",
        "null",
        "http://[evil",
        "http://a\u2100b",
    ],
)
def test_every_other_origin_is_blamed_by_name(origin: str) -> None:
    assert refused(origin=origin, cookie="access_token=x") == origin


def test_a_site_without_a_name_is_refused_too() -> None:
    assert refused(origin="") == refused(sec_fetch_site="") == "unnamed"


@pytest.mark.parametrize("site", ["cross-site", "same-site", "Same-Origin", "nonsense"])
def test_without_an_origin_the_browsers_word_counts(site: str) -> None:
    assert refused(sec_fetch_site=site) == site


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_what_the_user_did_here_passes(site: str) -> None:
    assert refused(sec_fetch_site=site, cookie="access_token=x") is None


def test_a_login_or_a_key_in_a_header_was_not_found_in_the_browser() -> None:
    assert refused(origin="https://elsewhere.example", authorization="Bearer x") is None
    assert refused(origin="https://elsewhere.example", x_api_key="x") is None


def test_a_configured_site_passes_without_cookies_only() -> None:
    assert refused(origin="https://lights.example") is None
    assert refused(origin="https://lights.example", cookie="session_id=x") == "https://lights.example"


def test_a_configured_site_is_that_site_to_the_letter() -> None:
    assert refused(origin="http://lights.example") == "http://lights.example"
    assert refused(origin="https://lights.example:444") == "https://lights.example:444"


def test_without_a_public_address_an_empty_origin_is_not_ours() -> None:
    assert refused(CrossSiteCheck("", ()), host="", origin="null") == "null"


@given(st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=40))
@example("//")
@example("http://party.example:port")
def test_no_origin_at_all_breaks_the_check(origin: str) -> None:
    assert refused(origin=origin, cookie="x=y") in {None, origin or "unnamed"}

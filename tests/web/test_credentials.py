"""What a request presents, and what the cookies that we send are allowed to do."""

from http.cookies import SimpleCookie

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sanic import HTTPResponse

from api_queue.errors import BadCredential
from api_queue.web.credentials import (
    add_credential_cookies,
    add_session_cookie,
    drop_credential_cookies,
    drop_session_cookie,
    presented,
)
from api_queue.web.identity import Presented
from tests.web.requests import a_request

ADDRESS = "192.0.2.1"


def shown(**headers: str) -> Presented:
    return presented(a_request(headers=headers), ADDRESS)


def cookies(response: HTTPResponse) -> SimpleCookie:
    jar = SimpleCookie()
    for header in response.headers.getall("set-cookie"):
        jar.load(str(header))
    return jar


# -- what comes ------------------------------------------------------------------------------------------------


def test_who_presents_nothing_is_only_an_address() -> None:
    assert shown() == Presented(None, None, ADDRESS)


@pytest.mark.parametrize(
    ("cookie", "session", "bearer"),
    [
        ("session_id=phone", "phone", None),
        ("access_token=jwt", None, "jwt"),
        ("session_id=phone; access_token=jwt", "phone", "jwt"),
        ("theme=dark;session_id=phone;x", "phone", None),
        ("session_id=a=b", "a=b", None),
        ("session_id=; access_token=", None, None),
        ("my_session_id=phone", None, None),
        ("", None, None),
        (";;;=", None, None),
    ],
)
def test_cookies_are_found_among_others(cookie: str, session: str | None, bearer: str | None) -> None:
    assert shown(cookie=cookie) == Presented(session, bearer, ADDRESS)


@pytest.mark.parametrize("header", ["Bearer aq_x", "bearer aq_x", "BEARER  aq_x "])
def test_a_bearer_is_one_however_it_is_written(header: str) -> None:
    assert shown(authorization=header) == Presented(None, "aq_x", ADDRESS)


def test_a_bearer_in_the_header_wins_over_the_cookie() -> None:
    both = shown(authorization="Bearer aq_x", cookie="access_token=jwt; session_id=phone")
    assert both == Presented("phone", "aq_x", ADDRESS)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic dXNlcjpw", "aq_x", "Token aq_x"])
@pytest.mark.parametrize("cookie", [{}, {"cookie": "access_token=jwt"}], ids=["alone", "beside a cookie"])
def test_another_kind_of_login_is_never_overlooked(header: str, cookie: dict[str, str]) -> None:
    with pytest.raises(BadCredential):
        shown(authorization=header, **cookie)


@given(st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=60))
def test_any_cookie_is_read_without_a_fault(cookie: str) -> None:
    found = shown(cookie=cookie)
    assert found.session_id is None or found.session_id in cookie
    assert found.bearer is None or found.bearer in cookie


# -- what goes -------------------------------------------------------------------------------------------------


def test_a_guest_is_kept_as_long_as_browsers_do_and_follows_links() -> None:
    response = HTTPResponse()
    add_session_cookie(response, "phone", secure=False)
    cookie = cookies(response)["session_id"]
    assert (cookie.value, cookie["samesite"], cookie["path"], cookie["max-age"]) == ("phone", "Lax", "/", "34560000")
    assert cookie["httponly"] is True


def test_a_login_is_never_sent_from_another_site() -> None:
    response = HTTPResponse()
    add_credential_cookies(response, "a", "r", max_age_s=60, secure=False)
    for cookie in cookies(response).values():
        assert (cookie["samesite"], cookie["httponly"], cookie["max-age"]) == ("Strict", True, "60")


def test_a_refresh_token_is_shown_to_one_address_only() -> None:
    response = HTTPResponse()
    add_credential_cookies(response, "a", "r", max_age_s=60, secure=False)
    jar = cookies(response)
    assert (jar["access_token"].value, jar["access_token"]["path"]) == ("a", "/")
    assert (jar["refresh_token"].value, jar["refresh_token"]["path"]) == ("r", "/auth")


@pytest.mark.parametrize("secure", [True, False])
def test_over_tls_they_never_leave_it(*, secure: bool) -> None:
    response = HTTPResponse()
    add_session_cookie(response, "phone", secure=secure)
    add_credential_cookies(response, "a", "r", max_age_s=60, secure=secure)
    assert [bool(cookie["secure"]) for cookie in cookies(response).values()] == [secure] * 3


def test_a_dropped_cookie_is_empty_and_over_where_it_was_set() -> None:
    response = HTTPResponse()
    drop_session_cookie(response, secure=False)
    drop_credential_cookies(response, secure=False)
    jar = cookies(response)
    assert {name: (cookie.value, cookie["max-age"]) for name, cookie in jar.items()} == {
        "session_id": ("", "0"),
        "access_token": ("", "0"),
        "refresh_token": ("", "0"),
    }
    assert jar["refresh_token"]["path"] == "/auth"

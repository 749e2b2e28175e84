"""What a request presents, and the cookies that we answer with."""

from functools import lru_cache
from typing import Any, Final

from sanic import Request
from sanic.response import BaseHTTPResponse

from api_queue.errors import BadCredential
from api_queue.web.identity import Presented
from api_queue.web.programs import KEY_PREFIX

SESSION: Final = "session_id"
ACCESS: Final = "access_token"
REFRESH: Final = "refresh_token"
API_KEY: Final = "x-api-key"
#: Where a refresh token is sent to; no other address sees it.
REFRESH_PATH: Final = "/auth"
#: The longest that browsers keep a cookie.
_SESSION_S: Final = 400 * 86_400


def presented(request: Request, address: str) -> Presented:
    headers = request.headers
    return _read(headers.get("cookie", ""), headers.get("authorization"), address)


def presented_by_program(request: Request, address: str) -> Presented:
    """An API key is all that counts; without one there may be an admin's token. Some programs send bearers only."""
    api_key = request.headers.get(API_KEY)
    if api_key:
        return Presented(None, None, address, api_key)
    found = presented(request, address)
    key_as_bearer = found.bearer is not None and found.bearer.startswith(KEY_PREFIX)
    return Presented(None, None, address, found.bearer) if key_as_bearer else found


@lru_cache(4096)  # the same browsers come again
def _read(cookie: str, authorization: str | None, address: str) -> Presented:
    """A bearer in the header wins over the cookie of a browser that is logged in."""
    cookies = read_cookies(cookie)
    bearer = None if authorization is None else read_bearer(authorization)
    return Presented(cookies.get(SESSION) or None, bearer or cookies.get(ACCESS) or None, address)


def read_cookies(header: str) -> dict[str, str]:
    """Sanic's own reading of them takes longer than all the rest of the guard, and none of ours is ever quoted."""
    return dict(pair.strip().partition("=")[::2] for pair in header.split(";"))


def read_bearer(authorization: str) -> str:
    """Raises BadCredential."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "bearer" or not value.strip():
        raise BadCredential
    return value.strip()


def add_session_cookie(response: BaseHTTPResponse, value: str, *, secure: bool) -> None:
    """Lax: who follows a link to the party is still the guest of before; writes from elsewhere are refused anyway."""
    response.add_cookie(SESSION, value, httponly=True, samesite="Lax", secure=secure, max_age=_SESSION_S)


def drop_session_cookie(response: BaseHTTPResponse, *, secure: bool) -> None:
    response.add_cookie(SESSION, "", httponly=True, samesite="Lax", secure=secure, max_age=0)


def add_credential_cookies(
    response: BaseHTTPResponse, access: str, refresh: str, *, max_age_s: int, secure: bool
) -> None:
    """The access token's cookie outlives the token: a browser hears `login_expired` and is never a mere guest."""
    options: dict[str, Any] = {"httponly": True, "samesite": "Strict", "secure": secure, "max_age": max_age_s}
    response.add_cookie(ACCESS, access, **options)
    response.add_cookie(REFRESH, refresh, path=REFRESH_PATH, **options)


def drop_credential_cookies(response: BaseHTTPResponse, *, secure: bool) -> None:
    add_credential_cookies(response, "", "", max_age_s=0, secure=secure)

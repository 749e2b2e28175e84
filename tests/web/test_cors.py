"""Which other sites may read an answer, and what every answer carries."""

import pytest
from sanic import HTTPResponse

from api_queue.web.headers import Cors, harden
from tests.web.requests import a_request

LIGHTS = "https://lights.example"
METHODS = ("GET", "DELETE")
CORS = Cors((LIGHTS, "http://192.0.2.3:3000"))


def permitted(cors: Cors, origin: str | None, **headers: str) -> HTTPResponse:
    response = HTTPResponse(b"{}", headers=headers)
    cors.permit(a_request(headers={} if origin is None else {"origin": origin}), response)
    return response


@pytest.mark.parametrize("origin", [LIGHTS, "http://192.0.2.3:3000"])
def test_a_configured_site_may_read_and_sees_when_to_come_back(origin: str) -> None:
    headers = permitted(CORS, origin).headers
    assert headers["access-control-allow-origin"] == origin
    assert headers["access-control-expose-headers"] == "Retry-After, ETag, X-Request-ID"


@pytest.mark.parametrize("origin", [None, "", "null", "http://lights.example", f"{LIGHTS}/", f"{LIGHTS}.evil.example"])
def test_any_other_may_not(origin: str | None) -> None:
    assert "access-control-allow-origin" not in permitted(CORS, origin).headers


def test_an_answer_that_differs_by_site_says_so_to_caches() -> None:
    for origin in (LIGHTS, None):
        assert permitted(CORS, origin, Vary="Accept").headers.getall("vary") == ["Accept", "Origin"]


def test_without_configured_sites_nothing_is_added() -> None:
    assert dict(permitted(Cors(()), LIGHTS).headers) == {}


def test_a_star_lets_each_site_in_by_its_own_name() -> None:
    assert (
        permitted(Cors(("*",)), "https://any.example").headers["access-control-allow-origin"] == "https://any.example"
    )
    assert "access-control-allow-origin" not in permitted(Cors(("*",)), None).headers
    assert "access-control-allow-origin" not in permitted(Cors(("*",)), "http://a\udcff").headers


@pytest.mark.parametrize("cors", [CORS, Cors(("*",)), Cors(())])
def test_cookies_are_never_permitted(cors: Cors) -> None:
    assert "access-control-allow-credentials" not in permitted(cors, LIGHTS).headers
    preflight = cors.preflight(a_request("OPTIONS", headers={"origin": LIGHTS}), METHODS)
    assert "access-control-allow-credentials" not in preflight.headers


def test_a_browser_that_asks_first_hears_all_that_our_pages_use() -> None:
    answer = CORS.preflight(a_request("OPTIONS", headers={"origin": LIGHTS}), METHODS)
    assert answer.status == 204
    allowed = answer.headers["access-control-allow-headers"].split(", ")
    ours = {"Authorization", "Content-Type", "Idempotency-Key", "If-Match", "Last-Event-ID", "Range", "X-API-Key"}
    ours |= {"X-Request-ID"}
    assert ours == set(allowed)
    assert answer.headers["access-control-allow-methods"] == "GET, DELETE"


def test_another_site_only_hears_which_methods_there_are() -> None:
    answer = CORS.preflight(a_request("OPTIONS", headers={"origin": "https://evil.example"}), METHODS)
    assert dict(answer.headers) == {"Allow": "GET, DELETE"}


def test_one_answer_leaves_no_trace_in_the_next() -> None:
    first = CORS.preflight(a_request("OPTIONS", headers={"origin": LIGHTS}), METHODS)
    first.headers["X-Own"] = "1"
    assert "x-own" not in CORS.preflight(a_request("OPTIONS", headers={"origin": LIGHTS}), METHODS).headers


@pytest.mark.parametrize("content_type", ["application/json", "image/svg+xml", "text/plain", None])
def test_what_is_no_page_gets_no_policy_for_pages(content_type: str | None) -> None:
    response = HTTPResponse(b"", content_type=content_type)
    harden(response)
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" not in response.headers

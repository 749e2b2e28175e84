"""Headers of every answer: what a browser must not do with it, and which other sites may read it."""

from collections.abc import Sequence
from typing import Final

from sanic import HTTPResponse, Request
from sanic.response import BaseHTTPResponse

#: No inline script, nothing from elsewhere, no frame around it.
PAGE_POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
_PREFLIGHT: Final = {
    "Access-Control-Allow-Headers": (
        "Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID, Range, X-API-Key, X-Request-ID"
    ),
    "Access-Control-Max-Age": "600",
}


def harden(response: BaseHTTPResponse) -> None:
    """What a handler has set itself stays."""
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    if (response.content_type or "").startswith("text/html"):
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("Content-Security-Policy", PAGE_POLICY)


class Cors:
    """Configured sites may call, and never with cookies: `Access-Control-Allow-Credentials` is not sent."""

    def __init__(self, origins: tuple[str, ...]) -> None:
        self._origins = frozenset(origins)

    def preflight(self, request: Request, methods: Sequence[str]) -> HTTPResponse:
        """The answer to any OPTIONS; without the permission in it a browser goes no further."""
        listed = ", ".join(methods)
        if self._allowed(request) is None:
            return HTTPResponse(b"", 204, {"Allow": listed})
        return HTTPResponse(b"", 204, {"Access-Control-Allow-Methods": listed, **_PREFLIGHT})

    def permit(self, request: Request, response: BaseHTTPResponse) -> None:
        if not self._origins:
            return
        response.headers.add("Vary", "Origin")
        if origin := self._allowed(request):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = "Retry-After, ETag, X-Request-ID"

    def _allowed(self, request: Request) -> str | None:
        origin = request.headers.get("origin")
        if origin is None or not origin.isascii() or not self._origins & {origin, "*"}:
            return None
        return str(origin)

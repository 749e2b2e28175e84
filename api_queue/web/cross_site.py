"""A page of another site must not act with the cookies of a guest or a host who happens to be in the same browser."""

from urllib.parse import urlsplit

from sanic import Request

from api_queue.errors import CrossSite

_OUR_SITE = frozenset({"same-origin", "none"})
#: No browser adds these by itself, and a page may only where CORS lets it.
_GIVEN = ("authorization", "x-api-key")


class CrossSiteCheck:
    def __init__(self, public_url: str, cors_origins: tuple[str, ...]) -> None:
        self._ours = urlsplit(public_url).netloc
        self._cors = frozenset(cors_origins)

    def refuse(self, request: Request) -> None:
        """Raises CrossSite for a write that a page of another site sent. No browser: no `Origin`, no refusal."""
        headers = request.headers
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        if origin is None and site is None:
            return
        if any(name in headers for name in _GIVEN) or (origin in self._cors and "cookie" not in headers):
            return  # what it presents it was given, and did not find in the browser
        if not self._is_ours(origin, site, headers.get("host", "")):
            raise CrossSite(origin=_readable(origin or site or "unnamed"))

    def _is_ours(self, origin: str | None, site: str | None, host: str) -> bool:
        if site is not None and site in _OUR_SITE:
            return True
        return origin is not None and _host_of(origin) in {host, self._ours} - {""}


def _readable(header: str) -> str:
    """Bytes that are no UTF-8 arrive as surrogates, which no answer could carry."""
    return header.encode(errors="surrogateescape").decode(errors="replace")


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""

"""One request to the site, and its answer: bounded in time and size. `visits.py` says when there may be one."""

import asyncio
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from api_queue import __version__
from api_queue.drivers.clock import Clock
from api_queue.tracklists.page_tree import PAGE_BYTES_MAX
from api_queue.tracklists.site import Site

#: No `Retry-After` is believed to be longer.
_LONGEST_RETRY_S: Final = 7 * 86_400.0
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


def user_agent(contact: str) -> str:
    """Who we are, and whom the site can write to."""
    said = f"api_queue/{__version__} (music server of a party; {contact or 'ask whoever runs this address'})"
    return " ".join(said.encode("ascii", "replace").decode().split())


def target_of(url: str) -> str:
    """Path and query as they will be sent: without `..`, which would hide where they lead."""
    return httpx.URL(url).raw_path.decode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How the site is asked. `retries`: after a fault that may pass, the first one `retry_s` later."""

    user_agent: str
    delay_s: float = 2.0
    timeout_s: float = 30.0
    retries: int = 3
    retry_s: float = 1.0
    robots: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`location`: where it leads, empty where it leads nowhere. `retry_after_s`: 0 where the site does not say."""

    status: int
    text: str = ""
    location: str = ""
    retry_after_s: float = 0.0


class NoReply(Exception):
    """`passing`: it may be over when it is tried again."""

    def __init__(self, reason: str, *, passing: bool = True) -> None:
        super().__init__(reason)
        self.passing = passing


class SiteClient:
    """Connects when it is first used. Nothing of the environment is sent along (`.netrc`, proxies), and no cookies."""

    def __init__(self, site: Site, manners: Manners, clock: Clock) -> None:
        self.site = site
        self.manners = manners
        self._clock = clock
        self._http: httpx.AsyncClient | None = None

    async def send(self, url: str, form: Mapping[str, str] | None = None) -> Reply:
        """Redirects are told, not followed. Raises NoReply; ValueError for another host, which is never asked."""
        if not self.site.owns(url):
            raise ValueError(f"not an address of the site: {url}")
        try:
            async with asyncio.timeout(self.manners.timeout_s):
                return await self._send(url, form)
        except TimeoutError:
            raise NoReply(f"it did not answer within {self.manners.timeout_s:g} s") from None
        except httpx.HTTPError as error:
            raise NoReply(f"the connection failed ({type(error).__name__})") from None

    async def _send(self, url: str, form: Mapping[str, str] | None) -> Reply:
        http = self._client()
        http.cookies.clear()
        async with http.stream("GET" if form is None else "POST", url, data=form) as response:
            moved = response.status_code in _REDIRECTS
            return Reply(
                status=response.status_code,
                text="" if moved else await _text(response),
                location=response.headers.get("location", "") if moved else "",
                retry_after_s=self._seconds(response.headers.get("retry-after", "")),
            )

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            headers = {"User-Agent": self.manners.user_agent, "Accept": "text/html", "Accept-Encoding": "gzip"}
            self._http = httpx.AsyncClient(headers=headers, timeout=self.manners.timeout_s, trust_env=False)
        return self._http

    def _seconds(self, retry_after: str) -> float:
        """A number or a date (RFC 9110, 10.2.3)."""
        if retry_after.isascii() and retry_after.isdigit():
            return min(float(retry_after), _LONGEST_RETRY_S)
        try:
            seconds = parsedate_to_datetime(retry_after).timestamp() - self._clock.now_ms() / 1000
        except ValueError:
            return 0.0
        return min(max(0.0, seconds), _LONGEST_RETRY_S)

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()


async def _text(response: httpx.Response) -> str:
    """UTF-8 whatever the header says. Unpacked here, since httpx would unpack a whole bomb at once."""
    encoding = response.headers.get("content-encoding", "identity").lower()
    if encoding not in {"gzip", "identity"}:
        raise NoReply(f"its page is packed as {encoding[:20]}, which was not asked for", passing=False)
    unpack, body = zlib.decompressobj(zlib.MAX_WBITS | 16), bytearray()
    try:
        async for chunk in response.aiter_raw():
            body += unpack.decompress(chunk, PAGE_BYTES_MAX + 1 - len(body)) if encoding == "gzip" else chunk
            if len(body) > PAGE_BYTES_MAX:
                raise NoReply(f"its page is longer than {PAGE_BYTES_MAX:,} bytes", passing=False)
    except zlib.error:
        raise NoReply("its page is damaged") from None
    return body.decode("utf-8", "replace")

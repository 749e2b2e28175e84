"""Plays the site on a free port of this machine, and writes down each request: when it came, and when it was over."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

ROBOTS: Final = "User-agent: *\nAllow: /\nDisallow: /js/\nDisallow: /user/\nDisallow: /action/\n"


@dataclass(frozen=True, kw_only=True)
class Page:
    """What is answered. `after_s`: how long it takes; `endless`: the body never ends."""

    body: str | bytes = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    after_s: float = 0.0
    endless: bool = False


@dataclass(kw_only=True)
class Logged:
    """Times are of the loop's own clock, in seconds. `ended_s`: 0 while it lasts."""

    method: str
    path: str
    headers: Mapping[str, str]
    form: Mapping[str, str]
    began_s: float
    ended_s: float = 0.0


def moved(location: str, status: int = 302) -> Page:
    return Page(status=status, headers={"Location": location})


class SiteServer:
    """Answers of a path come one after the other, the last one again and again; 404 where there is none."""

    def __init__(self) -> None:
        self.url = ""
        self.log: list[Logged] = []
        self.most_at_once = 0
        self._now = 0
        self._pages: dict[str, list[Page]] = defaultdict(list)
        self.serve("/robots.txt", Page(body=ROBOTS))

    def serve(self, path: str, *pages: Page | str) -> None:
        self._pages[path] = [Page(body=page) if isinstance(page, str) else page for page in pages]

    def pages_of(self, path: str) -> Sequence[Page]:
        return self._pages[path]

    def crawl_delay(self, seconds: float) -> None:
        self.serve("/robots.txt", f"{ROBOTS}Crawl-delay: {seconds}\n")

    @property
    def paths(self) -> list[str]:
        """All that was asked for, in order."""
        return [logged.path for logged in self.log]

    @property
    def pages(self) -> list[str]:
        """All but robots.txt."""
        return [path for path in self.paths if path != "/robots.txt"]

    @property
    def gaps_s(self) -> list[float]:
        """Between the end of each request and the begin of the next."""
        return [after.began_s - before.ended_s for before, after in zip(self.log, self.log[1:], strict=False)]

    # -- HTTP --------------------------------------------------------------------------------------------------

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection."""
        try:
            logged = await _request(reader)
            self.log.append(logged)
            with self._counted(logged):
                await self._answer(self._next(logged.path), writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    @contextmanager
    def _counted(self, logged: Logged) -> Iterator[None]:
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            yield
        finally:
            self._now -= 1
            logged.ended_s = asyncio.get_running_loop().time()

    def _next(self, path: str) -> Page:
        pages = self._pages.get(path) or [Page(status=404)]
        return pages.pop(0) if len(pages) > 1 else pages[0]

    async def _answer(self, page: Page, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(page.after_s)
        body = page.body.encode() if isinstance(page.body, str) else page.body
        length: Iterable[str] = () if page.endless else (f"Content-Length: {len(body)}",)
        said = [f"{name}: {value}" for name, value in page.headers.items()]
        head = [f"HTTP/1.1 {page.status} OK", "Content-Type: text/html", "Connection: close", *length, *said]
        writer.write("\r\n".join([*head, "", ""]).encode() + body)
        await writer.drain()
        while page.endless:
            writer.write(b"<p>and on, and on</p>" * 10_000)
            await writer.drain()
            await asyncio.sleep(0)


async def _request(reader: asyncio.StreamReader) -> Logged:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = head[0].split(" ")
    pairs = (line.partition(": ") for line in head[1:] if line)
    headers = {name.lower(): value for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    now_s = asyncio.get_running_loop().time()
    return Logged(method=method, path=path, headers=headers, form=dict(parse_qsl(body.decode())), began_s=now_s)


@asynccontextmanager
async def a_site(host: str = "127.0.0.1") -> AsyncIterator[SiteServer]:
    site = SiteServer()
    server = await asyncio.start_server(site.connected, host, 0)
    site.url = f"http://{host}:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield site

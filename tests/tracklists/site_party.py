"""A server of ours, and the site that it asks."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.engines.keys import keys_like
from tests.house import House, a_house
from tests.tracklists.site.pages import Head, tracklist
from tests.tracklists.site.searches import HITS, Hit, results
from tests.tracklists.site.server import ROBOTS, Page, SiteServer, a_site

SEARCH = "/search/result.php"
PATH = f"/tracklist/{Head().page_id}/a-set.html"


@dataclass
class SiteParty:
    house: House
    site: SiteServer

    @property
    def url(self) -> str:
        """Of the one tracklist that the site has."""
        return f"{self.site.url}{PATH}"

    @property
    def page(self) -> str:
        return tracklist()

    async def begin(self) -> None:
        """As if nobody had ever asked."""
        self.site.log.clear()
        self.site.serve("/robots.txt", ROBOTS)
        self.site.serve(PATH, self.page)
        self.found(HITS)
        await self.rest("site:*", "tracklist:*")

    async def rest(self, *patterns: str) -> None:
        """Turns and pauses run out; with patterns, all keys like these go."""
        redis = self.house.parts.redis
        for pattern in patterns or ("site:*",):
            for key in await keys_like(redis, pattern):
                await redis.call("DEL", key)

    def found(self, *pages: Sequence[Hit]) -> None:
        """What searches find, page by page."""
        last = len(pages)
        sent = [results(hits, page=at, following=at < last) for at, hits in enumerate(pages, 1)]
        self.site.serve(SEARCH, *sent)

    def refuse(self, *pages: Page | str) -> None:
        for path in (PATH, SEARCH):
            self.site.serve(path, *pages)

    async def member(self) -> httpx.AsyncClient:
        _, token = await self.house.parts.tokens.create("member", label="author")
        return httpx.AsyncClient(base_url=self.house.url, headers={"Authorization": f"Bearer {token}"}, timeout=20)


@asynccontextmanager
async def a_site_party(redis_url: str, furnished: Path, data: Path) -> AsyncIterator[SiteParty]:
    async with a_site() as site:
        changes: dict[str, Any] = {
            "tracklists_base_url": site.url,
            "tracklists_delay_s": 0.01,
            "tracklists_retry_s": 0.01,
            "tracklists_retries": 1,
        }
        async with a_house(redis_url, furnished, data, **changes) as house:
            yield SiteParty(house, site)

"""The real client, several of them, at the site that is played here."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from random import Random
from typing import Final

from api_queue.drivers.redis import connect
from api_queue.errors import BlockedPage
from api_queue.tracklists.fetch import Manners, SiteClient
from api_queue.tracklists.site import Site
from api_queue.tracklists.turn_store import RedisTurns
from api_queue.tracklists.visits import Visits
from tests.queues.builders import FakeClock

MANNERS: Final = Manners(user_agent="api_queue/1 (tests)", delay_s=0.02, timeout_s=2, retries=2, retry_s=0.02)
#: What is measured at the other end of a connection may be this much shorter.
SLACK_S: Final = 0.02
BLOCK: Final = "<h1>Fill out the captcha</h1>"


class Visitor:
    """One process of a server: its own connections, and its own client."""

    def __init__(self, visits: Visits, turns: RedisTurns, url: str) -> None:
        self.visits = visits
        self.turns = turns
        self._url = url

    async def read(self, path: str, patience_s: float = 20, by: str = "") -> str:
        """The text of a page."""
        async with self.visits.visit(patience_s, by) as visit:
            return (await visit.get(f"{self._url}{path}", read_page)).value


def read_page(text: str) -> str:
    if "captcha" in text:
        raise BlockedPage(reason="a captcha")
    return text


@asynccontextmanager
async def a_visitor(
    redis_url: str, site_url: str, *, failures: int = 5, open_s: float = 60, **changes: object
) -> AsyncIterator[Visitor]:
    redis, site = connect(redis_url), Site.of(site_url)
    manners = replace(MANNERS, **changes)  # type: ignore[arg-type]  # a test says what it changes
    client = SiteClient(site, manners, FakeClock())
    turns = RedisTurns(redis, site.base, failures, round(open_s * 1000))
    try:
        yield Visitor(Visits(client, turns, Random(1)), turns, site_url)
    finally:
        await asyncio.gather(client.close(), redis.close())

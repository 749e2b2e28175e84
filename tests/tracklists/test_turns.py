"""Who asks the site, and when: one at a time, whichever process it is. The site's own log says so."""

import asyncio
import sys
from contextlib import AsyncExitStack

import pytest

from api_queue.drivers.redis import Redis
from api_queue.errors import SiteBusy
from api_queue.tracklists.turns import MOST_OF_ONE
from tests.jobs.house import eventually
from tests.tracklists.site.server import Page, SiteServer
from tests.tracklists.visitors import SLACK_S, Visitor, a_visitor

pytestmark = pytest.mark.usefixtures("redis")


async def test_two_processes_of_the_operating_system_ask_one_at_a_time(redis_url: str, site: SiteServer) -> None:
    site.crawl_delay(0.2)
    site.serve("/page", Page(body="slow", after_s=0.05))
    command = (sys.executable, "-m", "tests.tracklists.visitor_process", redis_url, site.url, *["/page"] * 3)
    processes = [await asyncio.create_subprocess_exec(*command) for _ in range(2)]
    assert [await process.wait() for process in processes] == [0, 0]
    assert site.paths == ["/robots.txt", *["/page"] * 6]
    assert site.most_at_once == 1
    assert min(site.gaps_s) >= 0.2 - SLACK_S


async def test_several_connections_never_ask_at_once_and_each_waits_for_the_crawl_delay(
    redis_url: str, site: SiteServer
) -> None:
    site.crawl_delay(0.2)
    site.serve("/page", Page(body="slow", after_s=0.05))
    async with AsyncExitStack() as stack:
        processes = [await stack.enter_async_context(a_visitor(redis_url, site.url)) for _ in range(3)]
        texts = await asyncio.gather(*(process.read("/page") for process in processes for _ in range(2)))
    assert texts == ["slow"] * 6
    assert site.paths == ["/robots.txt", *["/page"] * 6]
    assert site.most_at_once == 1
    assert min(site.gaps_s) >= 0.2 - SLACK_S


async def test_the_setting_counts_where_it_is_longer_than_the_crawl_delay(redis_url: str, site: SiteServer) -> None:
    site.crawl_delay(0.01)
    async with a_visitor(redis_url, site.url, delay_s=0.15) as visitor:
        for _ in range(3):
            await visitor.read("/page")
    assert min(site.gaps_s) >= 0.15 - SLACK_S


async def test_who_came_first_is_first(redis: Redis, site: SiteServer, visitor: Visitor) -> None:
    """Each begins when the one before stands in the line."""
    names = [f"/{number}" for number in range(4)]
    site.serve("/page", Page(body="a page", after_s=0.3))
    reading = [asyncio.create_task(visitor.read("/page"))]
    await eventually(lambda: "/page" in site.paths)
    for at, name in enumerate(names, 1):
        site.serve(name, "here")
        reading.append(asyncio.create_task(visitor.read(name)))
        while await redis.call("ZCARD", f"site:{{{site.url}}}:line") < at:  # noqa: ASYNC110 - Redis has no event
            await asyncio.sleep(0.001)
    await asyncio.gather(*reading)
    assert site.pages == ["/page", *names]


async def test_a_visitor_who_goes_away_holds_nobody_up(site: SiteServer, visitor: Visitor) -> None:
    site.serve("/slow", Page(body="slow", after_s=5))
    gone = asyncio.create_task(visitor.read("/slow"))
    await eventually(lambda: "/slow" in site.paths)
    gone.cancel()
    assert await visitor.read("/page") == "a page"


async def test_one_caller_cannot_fill_the_line(redis: Redis, site: SiteServer, visitor: Visitor) -> None:
    site.serve("/slow", Page(body="slow", after_s=5))
    holding = asyncio.create_task(visitor.read("/slow"))
    await eventually(lambda: "/slow" in site.paths)
    waiting = [asyncio.create_task(visitor.read("/page", by="guests")) for _ in range(MOST_OF_ONE)]
    while await redis.call("ZCARD", f"site:{{{site.url}}}:line") < MOST_OF_ONE:  # noqa: ASYNC110 - Redis has no event
        await asyncio.sleep(0.001)
    with pytest.raises(SiteBusy):
        await visitor.read("/page", by="guests")
    others = [asyncio.create_task(visitor.read("/page", by=by)) for by in ("somebody", "", "", "")]
    holding.cancel()
    assert await asyncio.gather(*waiting, *others) == ["a page"] * (MOST_OF_ONE + 4)


async def test_nobody_waits_for_longer_than_they_want_to(site: SiteServer, visitor: Visitor) -> None:
    site.crawl_delay(40)
    with pytest.raises(SiteBusy) as busy:
        await visitor.read("/page", patience_s=5)
    assert busy.value.facts["retry_after"] == 40
    assert site.paths == ["/robots.txt"]

"""An author at a server that all tests of a file share; the site, and who visits it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.house import House
from tests.tracklists.lists import Author
from tests.tracklists.site.server import SiteServer, a_site
from tests.tracklists.visitors import Visitor, a_visitor


@pytest_asyncio.fixture(loop_scope="module")
async def author(shared_house: House) -> AsyncIterator[Author]:
    async with shared_house.admin() as client:
        yield Author(client)


@pytest.fixture
async def site() -> AsyncIterator[SiteServer]:
    async with a_site() as site:
        site.serve("/page", "a page")
        yield site


@pytest.fixture
async def visitor(redis_url: str, site: SiteServer) -> AsyncIterator[Visitor]:
    async with a_visitor(redis_url, site.url) as visitor:
        yield visitor

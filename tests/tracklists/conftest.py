"""An author at a server that all tests of a file share; the site, and who visits it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.house import House
from tests.tracklists.lists import Author
from tests.tracklists.site.server import SiteServer, a_site
from tests.tracklists.site_party import SiteParty, a_site_party
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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site_party(
    emptied_redis_url: str, furnished: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[SiteParty]:
    """A house and a site of its own, for all tests of a file."""
    async with a_site_party(emptied_redis_url, furnished, tmp_path_factory.mktemp("site")) as party:
        yield party


@pytest_asyncio.fixture(loop_scope="module")
async def party(site_party: SiteParty) -> SiteParty:
    """As it is at first."""
    await site_party.begin()
    return site_party

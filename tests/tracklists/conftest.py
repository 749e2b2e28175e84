"""An author at a server that all tests of a file share."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.house import House
from tests.tracklists.lists import Author


@pytest_asyncio.fixture(loop_scope="module")
async def author(shared_house: House) -> AsyncIterator[Author]:
    async with shared_house.admin() as client:
        yield Author(client)

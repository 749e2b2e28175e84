"""A process of its own that reads pages of the site, one after the other: `REDIS_URL SITE_URL PATH...`."""

import asyncio
import sys

from tests.tracklists.visitors import a_visitor


async def main(redis_url: str, site_url: str, *paths: str) -> None:
    async with a_visitor(redis_url, site_url) as visitor:
        for path in paths:
            await visitor.read(path)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

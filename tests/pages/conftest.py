"""A real browser on the real server. All tests of the pages share one event loop, the browser's."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright
from sanic import Sanic

from api_queue.web import pages
from tests.serving import serving
from tests.tools import needs

PHONE = {"width": 360, "height": 740}
#: A name that is not loopback, as at a party: there the browser gives the pages no secure context.
PARTY_HOST = "party.test"
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {PARTY_HOST} 127.0.0.1",
]
OpenPage = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser() -> AsyncIterator[Browser]:
    program = needs("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def files() -> AsyncIterator[str]:
    """The pages' files alone."""
    app = Sanic("pages", configure_logging=False)
    app.config.ACCESS_LOG = False
    app.blueprint(pages.bp)
    async with serving(app) as address:
        yield address

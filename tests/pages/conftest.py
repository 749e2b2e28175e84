"""A real browser on the real server. All tests of the pages share one event loop, the browser's."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright
from sanic import Sanic

from api_queue.web import pages
from tests.house import House, a_house
from tests.serving import NO_TLS, serving
from tests.tools import chromium

#: A name that is not loopback, as at a party: there the browser gives the pages no secure context.
PARTY_HOST: Final = "party.test"
PHONE: Final = (360, 740)
WALL: Final = (1920, 1080)
#: Patience with two slow cores; what is awaited comes in a fraction of it.
SOON_MS: Final = 15_000
_BROWSER: Final = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--autoplay-policy=user-gesture-required"),
    f"--host-resolver-rules=MAP {PARTY_HOST} 127.0.0.1",
)

#: To Chromium each question of a test is as good as a tap. Pages may sound after a click only, as with people.
_UNTAPPED: Final = """(() => {
    const { play } = HTMLMediaElement.prototype;
    let tapped = false;
    addEventListener("click", () => { tapped = true; }, true);
    HTMLMediaElement.prototype.play = function () {
        return tapped ? play.call(this) : Promise.reject(new DOMException("Not tapped.", "NotAllowedError"));
    };
})()"""


@dataclass(frozen=True)
class Queue:
    """A queue of its own for each test, and its host's key."""

    address: str
    name: str
    host_token: str

    def path(self, page: str = "") -> str:
        return f"{self.address}/queue/{self.name}/{page}"


class Device:
    """One browser profile: a phone, the host's laptop, the screen on the wall. Faults of its pages fail the test."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context
        self.faults: list[str] = []
        context.set_default_timeout(SOON_MS)

    async def open(self, address: str) -> Page:
        page = await self.context.new_page()
        page.on("pageerror", lambda error: self.faults.append(f"{error}"))
        page.on("console", self._hear)
        await page.goto(address)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        """Refusals are part of the game; a broken policy or a script's own complaint is not."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.faults.append(message.text)


@pytest_asyncio.fixture(loop_scope="session", scope="package")
async def browser() -> AsyncIterator[Browser]:
    program = chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(_BROWSER))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session", scope="package")
async def files() -> AsyncIterator[str]:
    """The pages' files alone."""
    app = Sanic("pages", configure_logging=False)
    app.config.ACCESS_LOG = False
    app.blueprint(pages.bp)
    async with serving(app) as address:
        yield address


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def sandbox(browser: Browser, files: str) -> AsyncIterator[Page]:
    """An empty page that can load the pages' modules."""
    page = await browser.new_page()
    await page.goto(f"{files}/static/favicon.svg")
    yield page
    await page.close()


@pytest_asyncio.fixture(loop_scope="session", scope="package")
async def house(redis_url: str, furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A whole server with the demo music. One for all tests of the pages: each has a queue of its own."""
    many: dict[str, Any] = {"queues_guest_per_hour": 1000, "rate_logins_per_minute": 1000}
    async with a_house(redis_url, furnished, tmp_path_factory.mktemp("house"), **many) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="session", scope="package")
async def songs(house: House) -> list[str]:
    """The titles that the house has, longest first."""
    async with house.nobody() as client:
        tracks = (await client.get("/tracks")).json()["tracks"]
    return sorted((track["title"] for track in tracks), key=len, reverse=True)


@pytest_asyncio.fixture(loop_scope="session")
async def queue(house: House) -> Queue:
    async with house.admin() as admin:
        wish = {"kind": "named", "name": f"q-{secrets.token_hex(4)}", "title": "Garden party", "track_space": 1}
        made: dict[str, Any] = (await admin.post("/queue/", json=wish)).json()
    return Queue(house.url, made["name"], made["host_token"])


@pytest_asyncio.fixture(loop_scope="session")
async def host_api(queue: Queue) -> AsyncIterator[httpx.AsyncClient]:
    """The host with curl, to bring about what a page must then show."""
    headers = {"Authorization": f"Bearer {queue.host_token}"}
    async with httpx.AsyncClient(base_url=queue.path(), headers=headers, verify=NO_TLS) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def three(queue: Queue, host_api: httpx.AsyncClient, songs: list[str]) -> httpx.AsyncClient:
    """Three items wait: Ana's, Ben's and Cleo's."""
    for song, name in zip(songs[:3], ("Ana", "Ben", "Cleo"), strict=True):
        found = (await host_api.get(f"{queue.address}/tracks", params={"q": song})).json()["tracks"]
        answer = await host_api.post("items", json={"track_id": found[0]["track_id"], "performer_name": name})
        assert answer.status_code == 201
    return host_api


@asynccontextmanager
async def device(browser: Browser, size: tuple[int, int] = PHONE) -> AsyncIterator[Device]:
    width, height = size
    context = await browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    await context.add_init_script(_UNTAPPED)
    it = Device(context)
    yield it
    await context.close()
    assert it.faults == []


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser) -> AsyncIterator[Device]:
    async with device(browser) as it:
        yield it


@pytest_asyncio.fixture(loop_scope="session")
async def laptop(browser: Browser, queue: Queue) -> AsyncIterator[Device]:
    """The host's, logged in to the test's queue."""
    async with device(browser, WALL) as it:
        yield await log_in(it, queue.address, queue.host_token)


async def log_in(device: Device, address: str, token: str) -> Device:
    """Without its page, which has tests of its own."""
    answer = await device.context.request.post(f"{address}/auth", data={"token": token})
    assert answer.ok, await answer.text()
    return device


@pytest_asyncio.fixture(loop_scope="session")
async def wall(browser: Browser) -> AsyncIterator[Device]:
    async with device(browser, WALL) as it:
        yield it


def at_the_party(address: str) -> str:
    return f"http://{PARTY_HOST}:{urlsplit(address).port}"

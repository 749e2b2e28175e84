"""The player's page in a headless Chromium, as one more device."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from playwright.async_api import Error, Page, async_playwright

from api_queue.clients.drill.ears import SILENCE, Look
from api_queue.clients.drill.options import BROWSER
from api_queue.clients.drill.party import QUEUE, TOKEN
from api_queue.errors import StartRefused

#: The first has no windows, and costs half as much.
_PROGRAMS: Final = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
#: It may sound without a tap; each of the others keeps it to this machine, or from needing one that is larger.
_FLAGS: Final = (
    *("--autoplay-policy=no-user-gesture-required", "--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
#: Of the two <audio> the one that is open; else none.
_LOOK: Final = """() => {
    const open = [...document.querySelectorAll("audio")].find(
        (audio) => !audio.paused && !audio.ended && !audio.seeking && audio.readyState > 2
            && !audio.muted && audio.volume > 0);
    return open ? open.currentTime * 1000 : null;
}"""


class PageEar:
    def __init__(self, page: Page) -> None:
        self._page = page

    async def look(self) -> Look:
        try:
            position_ms = await self._page.evaluate(_LOOK)
        except Error:
            return SILENCE
        return Look(is_open=position_ms is not None, position_ms=position_ms)

    async def close(self) -> None:
        """The page ends with its browser."""


@asynccontextmanager
async def a_browser(url: str) -> AsyncIterator[PageEar]:
    """On the player's page, as a host: it stands by at once. Raises StartRefused where there is no Chromium."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise StartRefused(reason="No browser takes part: install the package chromium.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(_FLAGS), handle_sigint=False)
        try:
            context = await browser.new_context()
            await context.add_init_script(f"localStorage.setItem('aq_player', '{BROWSER}')")
            await context.request.post(f"{url}/auth", data={"token": TOKEN})
            page = await context.new_page()
            await page.goto(f"{url}/queue/{QUEUE}/player")
            yield PageEar(page)
        finally:
            await browser.close()

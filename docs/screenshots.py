"""Takes the pictures in docs/screenshots/ from a real run: `python docs/screenshots.py` (needs Chromium)."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
from playwright.sync_api import BrowserContext, Page, sync_playwright

FOLDER: Final = Path(__file__).parent / "screenshots"
SIZES: Final = ((360, 740), (1920, 1080))
PAGES: Final = {"guest": "", "admin": "admin", "display": "display", "player": "player"}
GUESTS: Final = ("Nina & Jo", "Tom", "Marguerite Oberholzer-Castellanos", "ليلى", "Søren", "Big Ben", "Annabelle")
BROWSER: Final = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as data, server(data) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER)
        context = browser.new_context(reduced_motion="reduce")
        log_in(context, Path(data, "admin-link").read_text().strip())
        fill_queue(context, address)
        for name, path in PAGES.items():
            photograph(context, f"{address}/queue/party/{path}", name)
        photograph(context, f"{address}/", "landing")
        browser.close()


@contextmanager
def server(data: str) -> Iterator[str]:
    ports = ("--host", "127.0.0.1", "--port", "0", "--mqtt-port", "0", "--mqtt-ws-port", "0", "--workers", "1")
    command = (sys.executable, "-m", "api_queue", "serve", *ports, "--data", data)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:  # noqa: S603 - our own
        assert process.stdout
        try:
            address = next(line.split()[1] for line in process.stdout if line.startswith("ready: "))
            while not httpx.get(f"{address}/tracks").json()["total"]:
                pass
            yield address
        finally:
            process.terminate()


def log_in(context: BrowserContext, link: str) -> None:
    page = context.new_page()
    page.goto(link)
    page.wait_for_url("**/admin")
    page.close()


def fill_queue(context: BrowserContext, address: str) -> None:
    """By the host, with a guest's items among them, and the music in the middle of the first."""
    api, queue = context.request, f"{address}/queue/party"
    api.put(f"{queue}/settings", data={"title": "Nina’s birthday", "description": "Kitchen, balcony, garden"})
    tracks = api.get(f"{address}/tracks").json()["tracks"]
    for track, name in zip(tracks, GUESTS, strict=False):
        api.post(f"{queue}/items", data={"track_id": track["track_id"], "performer_name": name})
    api.post(f"{queue}/command/play")
    api.post(f"{queue}/command/seek", data={"position_ms": 4000})
    api.post(f"{queue}/command/pause")


def photograph(context: BrowserContext, address: str, name: str) -> None:
    page = context.new_page()
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(address)
        settle(page)
        page.screenshot(path=FOLDER / f"{name}-{width}x{height}.png")
    page.close()


def settle(page: Page) -> None:
    """Titles and covers are asked for one by one."""
    page.wait_for_function("() => !document.body.innerText.includes('…') && document.fonts.status === 'loaded'")
    page.wait_for_function("() => [...document.images].every((image) => image.complete)")
    page.wait_for_timeout(500)


if __name__ == "__main__":
    main()

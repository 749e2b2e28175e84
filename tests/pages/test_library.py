"""/library: folders on a real disk, scanned by a worker in the test's own process, and a browser looks on."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from api_queue.drivers.embedded_redis import EmbeddedRedis
from api_queue.drivers.sql import url_of
from api_queue.messages import service
from api_queue.migrations import upgrade_database
from api_queue.parts import Parts
from api_queue.serving.working import publisher_of, worker_of
from tests.house import House, a_house
from tests.pages.conftest import PHONE, WALL, device, log_in
from tests.pages.test_reach import is_within_reach
from tests.tracks.flacs import song

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = "<img src=x onerror=document.title='taken'> ليلى " + "long" * 20


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def keeper_house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Its music is an empty folder; its Redis its own, since the other house has a worker of its own at times."""
    folder = tmp_path_factory.mktemp("keeper")
    for name in ("music", "bare"):
        (folder / name).mkdir()
    await upgrade_database(url_of("", folder / "bare"))
    redis = EmbeddedRedis(folder / "redis", "everysec")
    redis.start()
    async with a_house(redis.url, folder / "bare", folder / "data", library_roots=(folder / "music",)) as house:
        yield house
    redis.stop()


@pytest.fixture
def music(keeper_house: House) -> Path:
    [root] = keeper_house.parts.settings.library_roots
    return root


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, keeper_house: House, music: Path) -> AsyncIterator[Page]:
    async with device(browser, PHONE) as phone:
        page = await (await log_in(phone, keeper_house.url, keeper_house.admin_token)).open(
            f"{keeper_house.url}/library"
        )
        await expect(page.get_by_role("button", name="Add")).to_be_enabled()
        yield page


@asynccontextmanager
async def working(house: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """A worker, and what tells of it."""
    monkeypatch.setattr(service, "LOOK_AGAIN_S", 0.05)
    parts = Parts(house.parts.settings)
    running = [asyncio.create_task(publisher_of(parts).run()), asyncio.create_task(worker_of(parts, 10).run())]
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        await asyncio.wait(running)
        await parts.close()


async def test_a_scan_is_seen_and_what_it_found(
    page: Page, music: Path, keeper_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a folder with a good file, and a bad one that a foe has named
    song("Battery Low Blues", "Old Tom Resistor").write(music / "good.flac")
    (music / f"{HOSTILE}.flac").write_bytes(b"bad")
    # When the button is pressed, then the scan waits there, and the button with it
    scan = page.get_by_role("list", name="Scan").locator(".task")
    await page.get_by_role("button", name="Scan now").click()
    await expect(scan.locator(".state")).to_have_text("waits")
    await expect(page.get_by_role("button", name="Scan now")).to_be_disabled()
    # And when a worker comes, then its end is seen, its findings, and the song
    async with working(keeper_house, monkeypatch):
        await expect(scan.locator(".state")).to_have_text("failed")
    await expect(page.locator("#totals")).to_have_text("1 track in 2 files")
    await expect(page.locator("#folders")).to_contain_text(re.compile(r"1 track · 1 unreadable · scanned \d\d:\d\d"))
    await expect(page.get_by_role("button", name="Battery Low Blues")).to_be_visible()
    await expect(page.get_by_role("button", name="Scan now")).to_be_enabled()
    # And the fault can be read, by name and reason
    await page.get_by_text("1 file cannot be read").click()
    await expect(page.locator("#faults")).to_contain_text(f"{music}/{HOSTILE}.flac")
    await expect(page.locator("#faults")).to_contain_text("it is no readable FLAC")
    await page.get_by_role("button", name="Copy the list").click()
    await expect(page.get_by_text(re.compile("Copied|It is selected"))).to_be_visible()
    assert await page.locator("#faults img").count() == 0
    assert await page.title() == "Library"
    await is_within_reach(page)
    await page.set_viewport_size({"width": WALL[0], "height": WALL[1]})
    await is_within_reach(page, WALL)


async def test_a_folder_is_added_and_its_scan_begun(
    page: Page, music: Path, keeper_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    song("One", "Somebody").write(music / "new" / "one.flac")
    await page.get_by_label("Add a folder of the server").fill(f"{music}/new")
    async with working(keeper_house, monkeypatch):
        await page.keyboard.press("Enter")
        await expect(page.get_by_text("The scan has begun.")).to_be_visible()
        await expect(page.get_by_role("list", name="Scan").locator(".state")).to_have_text("done")
    await expect(page.locator("#folders li", has_text=f"{music}/new")).to_contain_text("1 track")
    await expect(page.get_by_label("Add a folder of the server")).to_have_value("")


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("", "Type the path of a folder"),
        ("/etc", "'/etc' does not lie in a music folder of this server"),
        ("{music}/nowhere", "There is no '{music}/nowhere' on this server."),
    ],
)
async def test_why_a_folder_is_refused_stands_at_its_field(page: Page, music: Path, path: str, sentence: str) -> None:
    field = page.get_by_label("Add a folder of the server")
    await field.fill(path.format(music=music))
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.locator("#path-refusal")).to_contain_text(sentence.format(music=music))
    await expect(field).to_have_attribute("aria-invalid", "true")
    await expect(field).to_be_focused()
    await expect(field).to_have_value(path.format(music=music))


async def test_all_that_is_known_of_a_track(house: House, browser: Browser) -> None:
    async with device(browser) as phone:
        page = await (await log_in(phone, house.url, house.admin_token)).open(f"{house.url}/library")
        await page.get_by_label("Song or artist").fill("batery low")
        await page.get_by_role("button", name="Battery Low Blues").press("Enter")
        sheet = page.get_by_role("dialog", name="Battery Low Blues")
        await expect(sheet).to_contain_text("Old Tom Resistor")
        await expect(sheet).to_contain_text("kHz, stereo")
        await page.keyboard.press("Escape")
        await expect(sheet).to_be_hidden()

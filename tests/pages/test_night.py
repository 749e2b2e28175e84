"""The night on paper: cards for the tables, the song book, and the files of what was played."""

import re
from base64 import b64decode
from typing import Literal

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.pages.conftest import PHONE, WALL, Device, Queue
from tests.pages.test_reach import is_within_reach

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGE = re.compile(rb"/Type\s*/Page\b")
PAPERS: tuple[tuple[Literal["A4", "Letter"], int], ...] = (("A4", 703), ("Letter", 725))
#: Cards that are higher than their place on the paper.
CUT_OFF = "() => [...document.querySelectorAll('.card')].filter((card) => card.scrollHeight > card.clientHeight + 1)"
LONG_SSID = "O'Neill's; a \"very\" long network"
LONG_TITLE = "The golden wedding of Annabelle and Maximilian Übelhausen-Castellanos"


async def pages_of(page: Page, paper: str) -> int:
    return len(PAGE.findall(await page.pdf(format=paper)))


async def is_within_the_paper(page: Page, width: int) -> None:
    """As wide as what the page leaves between its margins of 12 mm."""
    await page.set_viewport_size({"width": width, "height": 900})
    await page.emulate_media(media="print")
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await page.evaluate(CUT_OFF) == []
    await page.emulate_media(media="null")


async def on_the_card(page: Page, ssid: str, password: str) -> None:
    await page.get_by_label("Name of the Wi-Fi").fill(ssid)
    await page.get_by_label("Its password").fill(password)
    await page.get_by_role("button", name="Put the Wi-Fi on the card").click()


async def test_a_card_says_how_to_join_and_fits_its_paper(
    laptop: Device, queue: Queue, host_api: httpx.AsyncClient
) -> None:
    await host_api.put("settings", json={"title": LONG_TITLE})
    page = await laptop.open(queue.path("card"))
    # When the Wi-Fi is put on it
    await on_the_card(page, LONG_SSID, "password; with: signs")
    # Then both codes stand there, with the words for whoever has no camera
    card = page.get_by_role("article")
    await expect(card.get_by_alt_text("QR code that joins the Wi-Fi")).to_be_visible()
    await expect(card).to_contain_text(LONG_SSID)
    await expect(card).to_contain_text("password; with: signs")
    await expect(card).to_contain_text(f"/queue/{queue.name}/")
    await expect(card).to_contain_text(LONG_TITLE)
    # And the password stands in no address
    assert "password" not in page.url
    for paper, width in PAPERS:
        assert await pages_of(page, paper) == 1
        await is_within_the_paper(page, width)
    # And four are one page, too
    await page.get_by_label("Four to a page").check()
    assert await page.locator(".card").count() == 4
    for paper, width in PAPERS:
        assert await pages_of(page, paper) == 1
        await is_within_the_paper(page, width)


async def test_a_card_has_the_code_where_guests_need_one(
    laptop: Device, queue: Queue, host_api: httpx.AsyncClient
) -> None:
    page = await laptop.open(queue.path("card"))
    await expect(page.get_by_role("button", name="Print", exact=True)).to_be_enabled()
    await expect(page.locator(".code")).to_be_empty()
    await host_api.put("settings", json={"join": "code"})
    code = (await host_api.get("join")).json()["code"]
    await page.reload()
    await expect(page.locator(".code")).to_have_text(f"Code {code}")


async def test_why_a_network_is_refused_is_said(laptop: Device, queue: Queue) -> None:
    page = await laptop.open(queue.path("card"))
    await on_the_card(page, "Home", "short")
    await expect(page.get_by_role("alert")).to_contain_text("8 to 64 characters")
    await expect(page.get_by_alt_text("QR code that joins the Wi-Fi")).to_be_hidden()
    # And without a name the card is without a network
    await on_the_card(page, "Home", "")
    await expect(page.get_by_alt_text("QR code that joins the Wi-Fi")).to_be_visible()
    await on_the_card(page, "", "")
    await expect(page.get_by_alt_text("QR code that joins the Wi-Fi")).to_be_hidden()


async def test_the_code_of_a_network_is_a_picture_in_the_answer(host_api: httpx.AsyncClient) -> None:
    answer = await host_api.post("card/wifi", json={"ssid": "Home", "password": "seven owls"})
    kind, _, drawn = answer.json()["image"].partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert b64decode(drawn).startswith(b"<svg")
    assert answer.headers["cache-control"] == "no-store"


async def test_cards_are_for_the_host(phone: Device, queue: Queue) -> None:
    page = await phone.open(queue.path("card"))
    await expect(page.get_by_role("heading", name="For the host")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, WALL])
@pytest.mark.parametrize("name", ["card", "songbook"])
async def test_a_page_for_paper_can_be_used_on_a_screen(
    laptop: Device, queue: Queue, name: str, size: tuple[int, int]
) -> None:
    page = await laptop.open(queue.path(name))
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    await expect(page.get_by_role("button", name="Print", exact=True)).to_be_enabled()
    await is_within_reach(page, size)


async def test_the_song_book_has_every_song_with_its_code(phone: Device, queue: Queue, songs: list[str]) -> None:
    page = await phone.open(queue.path("songbook"))
    assert sorted(await page.locator(".song [dir]").all_inner_texts()) == sorted(songs)
    assert await page.locator(".code svg").count() == len(songs)
    letters = await page.get_by_role("heading", level=2).all_inner_texts()
    assert letters == [*sorted({*letters} - {"#"}), "#"]
    for paper, width in PAPERS:
        assert await pages_of(page, paper) == 1
        await is_within_the_paper(page, width)
    # And a song leads to where it is added
    address = await page.get_by_role("link", name=songs[0]).get_attribute("href")
    assert re.fullmatch(rf"/queue/{queue.name}/#add=\w+", address or "")
    # When it is asked for without codes, then it has none
    await page.get_by_role("link", name="Without codes").click()
    await expect(page.get_by_role("link", name="With codes")).to_be_visible()
    assert await page.locator(".code").count() == 0
    assert await page.locator(".song").count() == len(songs)


async def test_a_long_book_has_numbers_on_its_pages(phone: Device, queue: Queue) -> None:
    page = await phone.open(queue.path("songbook"))
    await page.evaluate("""() => {
        const [list] = document.querySelectorAll(".songs ul");
        for (let n = 0; n < 400; n += 1) list.append(list.children[0].cloneNode(true));
    }""")
    for paper, width in PAPERS:
        assert await pages_of(page, paper) >= 8
        await is_within_the_paper(page, width)


async def test_the_host_takes_the_night_home(laptop: Device, queue: Queue, three: httpx.AsyncClient) -> None:
    page = await laptop.open(queue.path("admin"))
    await page.get_by_text("Night", exact=True).click()
    # When nothing was played yet, then that is said
    await page.get_by_role("button", name="Setlist, to read").click()
    await expect(page.get_by_text("Nothing was played")).to_be_visible()
    # When something was, then it is a file
    await three.post("command/play")
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="Setlist, to read").click()
    download = await downloading.value
    assert download.suggested_filename == "setlist.txt"
    words = (await download.path()).read_text()
    assert words.startswith("Garden party\n")
    assert "Ana: " in words
    # And the pages for paper are one tap away
    await page.get_by_role("link", name="Song book").click()
    await expect(page.get_by_text("Scan a code")).to_be_visible()

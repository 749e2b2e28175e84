"""Hearts: in what was found, on the queue, and on what plays."""

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from tests.pages.conftest import Device, Queue

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def found(page: Page, song: str) -> Locator:
    """The heart beside the song in the search."""
    await page.get_by_placeholder("Song or artist").fill(song)
    rows = page.locator("#tracks li")
    await expect(rows).to_have_count(1)
    return rows.get_by_role("button", name="Like")


async def expect_heart(heart: Locator, count: int, *, mine: bool) -> None:
    await expect(heart).to_have_text(str(count or ""))
    await expect(heart).to_have_attribute("aria-pressed", "true" if mine else "false")


async def test_a_tap_likes_and_every_phone_sees_it(phone: Device, wall: Device, queue: Queue, songs: list[str]) -> None:
    here = await found(await phone.open(queue.path()), songs[4])
    there = await found(await wall.open(queue.path()), songs[4])
    await expect_heart(here, 0, mine=False)

    await here.click()
    await expect_heart(here, 1, mine=True)
    await expect_heart(there, 1, mine=False)
    await there.click()
    await expect_heart(here, 2, mine=True)
    await here.click()
    await expect_heart(here, 1, mine=False)
    await expect_heart(there, 1, mine=True)


async def test_it_is_still_mine_the_next_time(phone: Device, queue: Queue, songs: list[str]) -> None:
    page = await phone.open(queue.path())
    heart = await found(page, songs[5])
    async with page.expect_response("**/like"):  # which makes this guest known
        await heart.click()

    await page.reload()
    await expect_heart(await found(page, songs[5]), 1, mine=True)


async def test_what_plays_and_what_waits_have_one_too(
    phone: Device, queue: Queue, songs: list[str], three: httpx.AsyncClient
) -> None:
    page = await phone.open(queue.path())
    bar = page.locator(".bar").get_by_role("button", name="Like")
    await expect(page.locator("#idle")).to_be_visible()
    await expect(bar).to_be_hidden()
    await three.post("command/play")

    await bar.click()
    await page.locator("#bar").click()
    hearts = page.get_by_role("dialog", name="The queue").get_by_role("button", name="Like")
    await expect(hearts).to_have_count(3)
    await expect_heart(hearts.nth(0), 1, mine=True)
    await hearts.nth(1).click()
    await expect_heart(hearts.nth(1), 1, mine=True)


async def test_a_like_that_did_not_arrive_is_not_shown(phone: Device, queue: Queue, songs: list[str]) -> None:
    heart = await found(await phone.open(queue.path()), songs[6])
    await phone.context.set_offline(True)
    await heart.click()

    await expect(heart.page.get_by_text("No connection to the party.")).to_be_visible()
    await expect_heart(heart, 0, mine=False)

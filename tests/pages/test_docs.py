"""The description of the API as a page: found by words, unfolded, the same on a phone."""

import pytest
from playwright.async_api import expect

from tests.house import House
from tests.pages.conftest import PHONE, Device
from tests.pages.test_reach import NAMELESS, PALE, SMALL

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_route_is_found_and_unfolds(phone: Device, house: House) -> None:
    page = await phone.open(f"{house.url}/docs")
    await page.get_by_label("Find a route").fill("put /queue settings.json")
    row = page.locator(".operation:visible")
    assert await row.count() == 1
    await row.locator("summary").click()
    await expect(row).to_contain_text("the host of this queue")  # it is filled when it is unfolded
    said = await row.inner_text()
    assert "Name of the queue." in said
    assert "history_length\noptional · integer 0 – 10000, default 200" in said
    assert "problem+json" in said


async def test_what_is_not_there_is_said(phone: Device, house: House) -> None:
    page = await phone.open(f"{house.url}/docs")
    await page.get_by_label("Find a route").fill("teleport")
    assert await page.get_by_role("status").inner_text() == "No route has all of these words."


async def test_a_link_leads_to_its_route(phone: Device, house: House) -> None:
    page = await phone.open(f"{house.url}/docs#queues.add_item")
    await page.locator(".operation[open]").get_by_text("performer_name", exact=True).wait_for()


@pytest.mark.parametrize("path", ["/docs", "/docs/errors"])
async def test_it_fits_is_named_and_stands_out(phone: Device, house: House, path: str) -> None:
    page = await phone.open(house.url + path)
    await page.wait_for_load_state("networkidle")
    await page.evaluate("() => document.querySelectorAll('details').forEach((part) => (part.open = true))")
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    assert await page.evaluate(NAMELESS) == []
    assert await page.evaluate(PALE) == []
    assert await page.evaluate(SMALL) == []

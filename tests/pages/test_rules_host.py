"""The rules of a fair night in the host's hands, and what of them the screen on the wall shows."""

import httpx
import pytest
from playwright.async_api import expect

from tests.pages.conftest import Device, Queue, log_in
from tests.pages.test_host import order_becomes

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_a_host_did_can_be_taken_back_also_from_another_device(
    laptop: Device, queue: Queue, songs: list[str], three: httpx.AsyncClient
) -> None:
    page = await laptop.open(queue.path("admin"))
    await order_becomes(page, "Ana", "Ben", "Cleo")
    # When it was done here
    await page.get_by_role("button", name=f"More for {songs[1]}").click()
    await page.get_by_role("button", name="Remove it").click()
    await order_becomes(page, "Ana", "Cleo")
    await expect(page.locator("#undo")).to_contain_text("Taken off.")
    await page.get_by_role("button", name="Undo ").click()
    await order_becomes(page, "Ana", "Ben", "Cleo")
    # When it was done elsewhere
    await three.post("command/clear")
    await expect(page.locator("#undo")).to_contain_text("Cleared.")
    await page.reload()
    await page.get_by_role("button", name="Undo ").click()
    await order_becomes(page, "Ana", "Ben", "Cleo")


async def test_a_performer_is_paused_and_comes_back(
    laptop: Device, wall: Device, queue: Queue, songs: list[str], three: httpx.AsyncClient
) -> None:
    page, screen = await laptop.open(queue.path("admin")), await wall.open(queue.path("display"))
    await page.get_by_role("button", name=f"More for {songs[0]}").click()
    await page.get_by_role("button", name="Pause Ana").click()
    await expect(page.get_by_text("Ana is paused")).to_be_visible()
    await expect(page.locator("#items .marks").first).to_have_text("paused")
    await expect(screen.locator("#next .back")).to_contain_text("paused")
    await page.get_by_role("button", name="Ana is back").click()
    await expect(page.get_by_text("Ana is paused")).to_be_hidden()
    await expect(screen.locator("#next .back")).to_have_count(0)


async def test_the_rules_are_set_in_words(laptop: Device, queue: Queue, host_api: httpx.AsyncClient) -> None:
    tag = (await host_api.get(f"{queue.address}/tracks")).json()["tracks"][0]["tags"][0]
    page = await laptop.open(queue.path("admin"))
    await page.get_by_text("Settings", exact=True).click()
    await page.get_by_label("Order", exact=True).select_option("Fair: everybody gets a turn")
    await page.get_by_label("How adding is shared").select_option("Each song costs points, one a minute")
    await page.get_by_label("Points: back each hour").fill("7.5")
    await page.get_by_label("When nothing waits, play").fill(f"{tag}, ")
    await page.get_by_label("Only these names").fill("Ana, Ben")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    settings = (await host_api.get("settings")).json()
    assert (settings["order"], settings["limit_model"], settings["points_per_hour"]) == ("fair", "points", 7.5)
    assert settings["fallback"] == {"tags": [tag], "tracks": []}
    # When they are emptied, then there are none
    await page.get_by_label("When nothing waits, play").fill("")
    await page.get_by_label("Only these names").fill("")
    async with page.expect_response("**/settings") as saving:
        await page.get_by_role("button", name="Save", exact=True).click()
    saved = await (await saving.value).json()
    assert (saved["fallback"], saved["performer_names"]) == (None, None)


async def test_in_the_order_of_weight_the_lighter_plays_first(
    laptop: Device, queue: Queue, songs: list[str], three: httpx.AsyncClient
) -> None:
    await three.put("settings", json={"order": "weight"})
    page = await laptop.open(queue.path("admin"))
    await expect(page.get_by_role("button", name="Shuffle")).to_be_disabled()
    await page.get_by_role("button", name=f"More for {songs[2]}").click()
    await page.get_by_label("Weight").fill("-1")
    await page.get_by_role("button", name="Save the weight").click()
    await order_becomes(page, "Cleo", "Ana", "Ben")


async def test_the_join_code_is_big_for_who_may_show_it(
    laptop: Device, wall: Device, phone: Device, queue: Queue, host_api: httpx.AsyncClient
) -> None:
    key = (await host_api.post("invite", json={"role": "screen"})).json()["token"]
    await log_in(wall, queue.address, key)
    page, screen = await laptop.open(queue.path("admin")), await wall.open(queue.path("display"))
    stranger = await phone.open(queue.path("display"))
    # Given a code that is needed
    await host_api.put("settings", json={"join": "code"})
    code = (await host_api.get("join")).json()["code"]
    await expect(page.locator("#code")).to_have_text(code)
    await expect(screen.locator("#code")).to_have_text(code)
    # When the host wants another
    await page.get_by_role("button", name="New code").click()
    await expect(page.locator("#code")).not_to_have_text(code)
    assert (await host_api.get("join")).json()["code"] == await page.locator("#code").inner_text()
    # Then the code stands in no address that a server gets, and nobody else is shown it
    picture = await page.locator("#qr").get_attribute("src")
    assert await page.locator("#code").inner_text() not in (picture or "")
    await expect(stranger.locator("#address")).to_contain_text(queue.name)
    await expect(stranger.locator("#code-part")).to_be_hidden()

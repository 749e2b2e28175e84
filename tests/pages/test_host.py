"""The host's page: order by button, key and hand; settings with refusals at their field; keys; the end."""

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.pages.conftest import Device, Queue

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def order_becomes(page: Page, *wanted: str) -> None:
    await expect(page.locator("#items .words .dim")).to_have_text(list(wanted))


async def test_the_host_plays_pauses_and_stops(
    laptop: Device, queue: Queue, songs: list[str], three: httpx.AsyncClient
) -> None:
    page = await laptop.open(queue.path("admin"))
    await page.get_by_role("button", name="Play", exact=True).click()
    await expect(page.locator("#items .now")).to_contain_text(songs[0])
    await page.get_by_role("button", name="Pause", exact=True).click()
    await expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Stop").click()
    await expect(page.get_by_text("Stopped. Press Play.")).to_be_visible()
    await order_becomes(page, "Ana", "Ben", "Cleo")


async def test_the_seek_bar_seeks(laptop: Device, queue: Queue, three: httpx.AsyncClient) -> None:
    page = await laptop.open(queue.path("admin"))
    await three.post("command/play")
    await expect(page.locator("#items .now")).to_be_visible()
    async with page.expect_response("**/command/seek"):
        await page.locator("#seek").fill("9000")
    async with httpx.AsyncClient() as client:
        session = (await client.get(f"{queue.address}/sessions/{queue.name}")).json()
    assert session["position_ms"] >= 8_000


async def test_skipping_leaves_a_trace(laptop: Device, queue: Queue, three: httpx.AsyncClient) -> None:
    page = await laptop.open(queue.path("admin"))
    await three.post("command/play")
    await expect(page.locator("#items .now")).to_be_visible()
    await page.get_by_role("button", name="Skip", exact=True).click()
    await order_becomes(page, "Ben", "Cleo")
    await page.get_by_text("Played", exact=True).click()
    await expect(page.locator("#played .item")).to_contain_text("skipped")


async def test_moving_by_button(laptop: Device, queue: Queue, songs: list[str], three: httpx.AsyncClient) -> None:
    page = await laptop.open(queue.path("admin"))
    await page.get_by_role("button", name=f"Move {songs[2]}, place 3 up").click()
    await order_becomes(page, "Ana", "Cleo", "Ben")


async def test_moving_by_keyboard_keeps_the_focus_on_the_item(
    laptop: Device, queue: Queue, three: httpx.AsyncClient
) -> None:
    page = await laptop.open(queue.path("admin"))
    await order_becomes(page, "Ana", "Ben", "Cleo")
    await page.locator("#items .grip").first.focus()
    await page.keyboard.press("ArrowDown")
    await order_becomes(page, "Ben", "Ana", "Cleo")
    await page.keyboard.press("ArrowDown")
    await order_becomes(page, "Ben", "Cleo", "Ana")
    await expect(page.locator("#items .grip").nth(2)).to_be_focused()


async def test_moving_by_hand(laptop: Device, queue: Queue, three: httpx.AsyncClient) -> None:
    page = await laptop.open(queue.path("admin"))
    await order_becomes(page, "Ana", "Ben", "Cleo")
    grip, target = page.locator("#items .grip").nth(2), page.locator("#items .item").first
    await grip.hover()
    await page.mouse.down()
    box = await target.bounding_box()
    assert box
    await page.mouse.move(box["x"] + 20, box["y"] + box["height"] * 1.4, steps=6)
    await page.mouse.move(box["x"] + 20, box["y"] + 4, steps=6)
    async with page.expect_response("**/items/*"):
        await page.mouse.up()
    await order_becomes(page, "Cleo", "Ana", "Ben")
    listed = (await three.get("items")).json()["items"]
    assert [item["performer_name"] for item in listed] == ["Cleo", "Ana", "Ben"]


async def test_renaming_and_removing(laptop: Device, queue: Queue, songs: list[str], three: httpx.AsyncClient) -> None:
    page = await laptop.open(queue.path("admin"))
    await page.get_by_role("button", name=f"More for {songs[0]}").click()
    await page.get_by_label("Performer").fill("Ana & Zoë")
    await page.get_by_role("button", name="Save the name").click()
    await order_becomes(page, "Ana & Zoë", "Ben", "Cleo")
    await page.get_by_role("button", name=f"More for {songs[1]}").click()
    await page.get_by_role("button", name="Remove it").click()
    await order_becomes(page, "Ana & Zoë", "Cleo")


async def test_adding_for_somebody_without_a_phone(laptop: Device, queue: Queue, songs: list[str]) -> None:
    page = await laptop.open(queue.path("admin"))
    await page.get_by_role("button", name="Add", exact=True).click()
    await page.get_by_placeholder("Song or artist").fill(songs[0])
    await page.locator(".track").first.click()
    await page.get_by_label("For whom?").fill("Grandmother")
    await page.get_by_role("button", name="Put it on").click()
    await page.get_by_role("button", name="Done").click()
    await order_becomes(page, "Grandmother")


async def test_a_setting_is_saved_and_shown_everywhere(laptop: Device, queue: Queue) -> None:
    page = await laptop.open(queue.path("admin"))
    await page.get_by_text("Settings", exact=True).click()
    await page.get_by_label("Title").fill("Beach party 🏖️")
    await page.get_by_label("Waiting tracks of each guest").fill("2")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await expect(page.get_by_role("heading", name="Beach party 🏖️")).to_be_visible()


async def test_a_refused_setting_is_said_at_its_field(laptop: Device, queue: Queue) -> None:
    page = await laptop.open(queue.path("admin"))
    await page.get_by_text("Settings", exact=True).click()
    field = page.get_by_label("Waiting tracks in all")
    await field.fill("0")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator("#set-max_items-says")).to_contain_text("The setting 'max_items' does not fit")
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("aria-invalid", "true")


async def test_muting_a_guest(laptop: Device, phone: Device, queue: Queue, songs: list[str]) -> None:
    guest = await phone.open(queue.path())
    await guest.get_by_role("button", name=songs[0]).click()
    await guest.get_by_label("Your name").fill("Ana")
    await guest.get_by_role("button", name="Put it on").click()
    await guest.get_by_role("button", name="Done").click()

    page = await laptop.open(queue.path("admin"))
    await page.get_by_text("Guests", exact=True).last.click()
    await page.get_by_role("button", name="Mute Ana").click()
    await page.get_by_label("Why?").fill("Too many polkas")
    await page.get_by_role("button", name="Mute", exact=True).last.click()
    await expect(page.get_by_role("button", name="Unmute Ana")).to_be_visible()

    await guest.reload()
    await expect(guest.get_by_text("The host has muted you: Too many polkas")).to_be_visible()


async def test_a_key_is_made_shown_once_and_revoked(laptop: Device, queue: Queue) -> None:
    page = await laptop.open(queue.path("admin"))
    await page.get_by_text("Helpers, speakers, screens").click()
    await page.get_by_label("A key for").select_option("speaker")
    await page.get_by_label("Its name").fill("Kitchen")
    await page.get_by_role("button", name="Make a key").click()
    await expect(page.locator(".secret")).to_contain_text("aq_")
    await page.get_by_role("button", name="Revoke speaker – Kitchen").click()
    await expect(page.get_by_text("Revoked.")).to_be_visible()
    await expect(page.get_by_role("button", name="Revoke speaker – Kitchen")).to_be_hidden()


async def test_the_end_is_asked_twice_and_closes_adding(
    laptop: Device, queue: Queue, host_api: httpx.AsyncClient
) -> None:
    page = await laptop.open(queue.path("admin"))
    await page.get_by_text("End of the party").click()
    await page.get_by_role("button", name="End the party").click()
    await page.get_by_role("button", name="Keep it as it is").click()
    assert (await host_api.get("settings")).json()["accepting"] is True
    await page.get_by_role("button", name="End the party").click()
    await page.get_by_role("button", name="End it").click()
    await expect(page.get_by_text("The party has ended.")).to_be_visible()
    assert (await host_api.get("settings")).json()["accepting"] is False


async def test_a_guest_is_shown_the_door(phone: Device, queue: Queue) -> None:
    page = await phone.open(queue.path("admin"))
    await expect(page.get_by_role("heading", name="For the host")).to_be_visible()
    await expect(page.get_by_role("link", name="I am a guest")).to_have_attribute("href", f"/queue/{queue.name}/")


async def test_a_helper_reorders_and_skips_and_sees_no_more(
    phone: Device, queue: Queue, three: httpx.AsyncClient
) -> None:
    key = (await three.post("invite", json={"role": "helper"})).json()["token"]
    page = await phone.open(f"{queue.address}/login#token={key}")
    await order_becomes(page, "Ana", "Ben", "Cleo")
    await page.locator("#items .grip").first.press("ArrowDown")
    await order_becomes(page, "Ben", "Ana", "Cleo")
    await three.post("command/play")
    await page.get_by_role("button", name="Skip", exact=True).click()
    await order_becomes(page, "Ana", "Cleo")
    await expect(page.get_by_text("Settings", exact=True)).to_be_hidden()
    await expect(page.get_by_role("button", name="Pause", exact=True)).to_be_hidden()

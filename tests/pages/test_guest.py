"""The guest's phone: find, add, see when, take back; what it says when it may not, and when nobody answers."""

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.house import House
from tests.pages.conftest import Device, Queue, at_the_party

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def add(page: Page, track: str, name: str) -> None:
    await page.get_by_placeholder("Song or artist").fill(track)
    await page.get_by_role("button", name=track).first.click()
    await page.get_by_label("Your name").fill(name)
    await page.get_by_role("button", name="Put it on").click()


async def test_a_guest_finds_adds_and_gets_a_ticket(phone: Device, queue: Queue, songs: list[str]) -> None:
    page = await phone.open(queue.path())
    await expect(page.get_by_role("heading", name="Garden party")).to_be_visible()

    await add(page, songs[0], "Ana 🎸")
    await expect(page.get_by_role("dialog", name="You are next.")).to_be_visible()
    await page.get_by_role("button", name="Done").click()

    ticket = page.locator("#mine .ticket")
    await expect(ticket).to_contain_text(songs[0])
    await expect(ticket).to_contain_text("Ana 🎸")
    await expect(ticket).to_contain_text("when the music starts")


async def test_the_times_come_with_the_music(
    phone: Device, queue: Queue, songs: list[str], host_api: httpx.AsyncClient
) -> None:
    page = await phone.open(queue.path())
    await add(page, songs[0], "Ana")
    await page.get_by_role("button", name="Done").click()
    await add(page, songs[1], "Ben")
    await host_api.post("command/play")

    await expect(page.get_by_role("dialog", name="You are 2nd.")).to_be_visible()
    await page.get_by_role("button", name="Done").click()
    tickets = page.locator("#mine .ticket")
    await expect(tickets.nth(0)).to_contain_text("Playing now")
    await expect(tickets.nth(1)).to_contain_text("Next – any moment")
    await expect(page.locator("#bar")).to_contain_text(songs[0])


async def test_the_name_is_remembered_and_the_ticket_too(phone: Device, queue: Queue, songs: list[str]) -> None:
    page = await phone.open(queue.path())
    await add(page, songs[0], "Ana")
    await page.get_by_role("button", name="Done").click()

    await page.reload()
    await expect(page.locator("#mine .ticket")).to_contain_text(songs[0])
    await page.get_by_role("button", name=songs[1]).click()
    await expect(page.get_by_label("Your name")).to_have_value("Ana")


async def test_taking_back_asks_first(phone: Device, queue: Queue, songs: list[str]) -> None:
    page = await phone.open(queue.path())
    await add(page, songs[0], "Ana")
    await page.get_by_role("button", name="Done").click()

    await page.get_by_role("button", name="Take it back").click()
    await page.get_by_role("button", name="Keep").click()
    await expect(page.locator("#mine .ticket")).to_have_count(1)
    await page.get_by_role("button", name="Take it back").click()
    await page.get_by_role("button", name="Remove").click()
    await expect(page.locator("#tickets")).to_be_hidden()
    await expect(page.get_by_text("Taken off the queue.")).to_be_visible()


async def test_a_refusal_is_said_as_the_server_says_it(
    phone: Device, queue: Queue, songs: list[str], host_api: httpx.AsyncClient
) -> None:
    await host_api.put("settings", json={"max_per_guest": 1})
    page = await phone.open(queue.path())
    await add(page, songs[0], "Ana")
    await page.get_by_role("button", name="Done").click()
    await add(page, songs[1], "Ana")
    await expect(page.locator("dialog").get_by_role("alert")).to_contain_text("each guest may have 1")


async def test_after_the_end_of_a_party_a_guest_adds_as_a_new_one(
    phone: Device, queue: Queue, songs: list[str], host_api: httpx.AsyncClient
) -> None:
    # Given a guest who has added something
    page = await phone.open(queue.path())
    await add(page, songs[0], "Ana")
    await page.get_by_role("button", name="Done").click()
    # When the party ends and begins again
    await host_api.post("end")
    await host_api.post("command/open")
    # Then one tap is enough to be there again, and the ticket is theirs
    await add(page, songs[1], "Ana")
    await page.get_by_role("button", name="Done").click()
    await expect(page.locator("#mine .ticket")).to_have_count(1)


async def test_closed_adding_is_said_before_anybody_tries(
    phone: Device, queue: Queue, host_api: httpx.AsyncClient
) -> None:
    page = await phone.open(queue.path())
    await host_api.post("command/close")
    await expect(page.get_by_text("The host has closed adding.")).to_be_visible()
    await host_api.post("command/open")
    await expect(page.get_by_text("The host has closed adding.")).to_be_hidden()


async def test_a_search_that_finds_nothing_says_what_to_do(phone: Device, queue: Queue) -> None:
    page = await phone.open(queue.path())
    await page.get_by_placeholder("Song or artist").fill("xqzzyvwq")
    await expect(page.get_by_text("Nothing found for “xqzzyvwq”.")).to_be_visible()


async def test_two_phones_see_the_same_queue(
    phone: Device, laptop: Device, queue: Queue, songs: list[str], host_api: httpx.AsyncClient
) -> None:
    here, there = await phone.open(queue.path()), await laptop.open(queue.path())
    await expect(there.locator("#waiting")).to_have_text("Queue")
    await add(here, songs[0], "Ana")
    await expect(there.locator("#waiting")).to_have_text("1 waiting")
    await there.locator("#bar").click()
    await expect(there.get_by_role("dialog", name="The queue")).to_contain_text("Ana")


async def test_without_a_connection_it_says_so_and_comes_back(
    phone: Device, queue: Queue, host_api: httpx.AsyncClient
) -> None:
    page = await phone.open(queue.path())
    await expect(page.get_by_text("Nothing on yet.")).to_be_visible()
    await phone.context.set_offline(True)
    await expect(page.get_by_text("No connection. Trying again…")).to_be_visible()
    await host_api.put("settings", json={"title": "Beach party"})
    await phone.context.set_offline(False)
    await expect(page.get_by_text("No connection. Trying again…")).to_be_hidden()
    await expect(page.get_by_role("heading", name="Beach party")).to_be_visible()


async def test_a_queue_that_is_not_there(phone: Device, house: House) -> None:
    page = await phone.open(f"{house.url}/queue/nowhere/")
    await expect(page.get_by_role("alert")).to_have_text("There is no queue 'nowhere'.")
    await page.get_by_role("link", name="Find another party").click()
    await expect(page.get_by_role("heading", name="Whose song is next?")).to_be_visible()


async def test_a_queue_that_goes_says_so(phone: Device, queue: Queue, host_api: httpx.AsyncClient) -> None:
    page = await phone.open(queue.path())
    await expect(page.get_by_text("Nothing on yet.")).to_be_visible()
    await host_api.delete("")
    await expect(page.get_by_role("alert")).to_have_text("This queue was closed.")


async def test_all_of_it_without_a_secure_context(phone: Device, queue: Queue, songs: list[str]) -> None:
    page = await phone.open(f"{at_the_party(queue.address)}/queue/{queue.name}/")
    assert await page.evaluate("isSecureContext") is False
    await add(page, songs[0], "Ana")
    await page.get_by_role("button", name="Done").click()
    await expect(page.locator("#mine .ticket")).to_contain_text(songs[0])


async def test_all_of_it_by_keyboard(phone: Device, queue: Queue, songs: list[str]) -> None:
    page = await phone.open(queue.path())
    await expect(page.locator(".track").first).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.get_by_placeholder("Song or artist")).to_be_focused()
    await page.keyboard.type(songs[0])
    await expect(page.locator(".track")).to_have_count(1)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Your name")).to_be_focused()
    await page.keyboard.type("Ana")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Done")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#mine .ticket")).to_be_visible()
    await expect(page.get_by_role("dialog")).to_be_hidden()

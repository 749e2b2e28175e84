"""The front door and the login."""

import pytest
from playwright.async_api import expect

from api_queue.web.personal import personal_queue
from tests.house import House
from tests.pages.conftest import Device, Queue, at_the_party

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("as_typed", ["{name}", "  {NAME} ", "http://elsewhere.test/queue/{name}/"])
async def test_joining_by_name_as_people_write_it(phone: Device, queue: Queue, as_typed: str) -> None:
    page = await phone.open(f"{queue.address}/")
    await page.get_by_label("Its name").fill(as_typed.format(name=queue.name, NAME=queue.name.upper()))
    await page.get_by_role("button", name="Join").click()
    await expect(page.get_by_role("heading", name="Garden party")).to_be_visible()


async def test_a_wrong_name_is_said_at_the_field(phone: Device, house: House) -> None:
    page = await phone.open(f"{house.url}/")
    await page.get_by_label("Its name").fill("nowhere")
    await page.get_by_role("button", name="Join").click()
    await expect(page.locator("#join-says")).to_have_text("There is no queue 'nowhere'.")


async def test_one_button_makes_a_party_and_its_host(phone: Device, house: House) -> None:
    page = await phone.open(f"{at_the_party(house.url)}/")
    await page.get_by_label("What is the occasion?").fill("Nina’s birthday")
    await page.get_by_role("button", name="Start a party").click()
    await page.wait_for_url("**/admin")
    await expect(page.get_by_role("heading", name="Nina’s birthday")).to_be_visible()
    await expect(page.get_by_role("button", name="Add", exact=True)).to_be_visible()


async def test_the_key_leaves_the_address_bar(phone: Device, queue: Queue) -> None:
    page = await phone.open(f"{queue.address}/login#token={queue.host_token}")
    await page.wait_for_url("**/admin")
    await page.go_back()
    assert queue.host_token not in page.url
    cookies = {cookie["name"]: cookie for cookie in await phone.context.cookies()}
    assert cookies["access_token"]["httpOnly"]
    assert cookies["access_token"]["sameSite"] == "Strict"


async def test_a_bad_link_says_so_and_offers_the_form(phone: Device, queue: Queue) -> None:
    page = await phone.open(f"{queue.address}/login#code=used-already")
    await expect(page.get_by_role("alert")).to_contain_text("This link was used already or is too old.")
    assert "used-already" not in page.url
    await page.get_by_label("Key, or the whole link").fill(queue.host_token)
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url("**/admin")


async def test_a_login_goes_back_to_where_it_was_asked_for(phone: Device, queue: Queue) -> None:
    page = await phone.open(queue.path("admin"))
    await page.get_by_role("link", name="I am the host").click()
    await page.get_by_label("Key, or the whole link").fill(queue.host_token)
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url(queue.path("admin"))
    await expect(page.get_by_role("button", name="Add", exact=True)).to_be_visible()


async def test_a_login_never_goes_to_another_site(phone: Device, queue: Queue) -> None:
    page = await phone.open(f"{queue.address}/login?next=//elsewhere.test/#token={queue.host_token}")
    await page.wait_for_url(f"{queue.address}/queue/{queue.name}/admin")


async def test_a_page_of_a_members_own_asks_for_their_login(phone: Device, house: House) -> None:
    # Given a member whose browser is not logged in
    token, value = await house.parts.tokens.create("member")
    address = f"{at_the_party(house.url)}/queue/{personal_queue(token.token_id)}/display"
    page = await phone.open(address)
    # When they log in where they stand
    await page.get_by_label("Key, or the whole link").fill(value)
    await page.get_by_role("button", name="Log in").click()
    # Then they see what they came for
    await expect(page.get_by_text("Nothing on yet.")).to_be_visible()
    await expect(page.locator("#address")).not_to_be_empty()
    assert page.url == address
    # And when their access has run out, some time later, it is renewed on the way
    await page.evaluate("localStorage.clear()")
    await phone.context.clear_cookies(name="access_token")
    await page.reload()
    await expect(page).not_to_have_title("Log in")

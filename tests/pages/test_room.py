"""The host's page of a queue that is a room of KaraKara's clients."""

import secrets

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.house import House
from tests.pages.conftest import PHONE, Device, Queue, device, log_in

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def room(house: House) -> Queue:
    async with house.admin() as admin:
        wish = {"kind": "named", "name": f"kara{secrets.token_hex(4)}", "command_semantics": "karakara"}
        made = (await admin.post("/queue/", json=wish)).json()
    return Queue(house.url, made["name"], made["host_token"])


async def test_the_host_sees_the_password_and_where_the_clients_are(browser: Browser, room: Queue) -> None:
    # Given what the server tells the host
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {room.host_token}"}) as host:
        told = (await host.get(room.path("room"))).json()
    # When the host unfolds it on a phone
    async with device(browser, PHONE) as phone:
        await log_in(phone, room.address, room.host_token)
        page = await phone.open(room.path("admin"))
        await page.get_by_text("KaraKara", exact=True).click()
        # Then it is there, to be read aloud, copied and followed
        part = page.locator("#room")
        await expect(part.locator(".code")).to_have_text(told["password"])
        for client in ("browser3", "player3"):
            await expect(part.get_by_role("link", name=told[client])).to_have_attribute("href", told[client])
        await expect(part.get_by_role("note")).to_have_count(0)
        await part.get_by_role("button", name="Copy the password").click()
        await expect(page.get_by_text("Copied.")).to_be_visible()


async def test_a_password_that_has_got_around_is_changed(browser: Browser, room: Queue) -> None:
    async with device(browser, PHONE) as phone:
        await log_in(phone, room.address, room.host_token)
        page = await phone.open(room.path("admin"))
        await page.get_by_text("KaraKara", exact=True).click()
        code = page.locator("#room .code")
        before = await code.inner_text()
        await page.get_by_role("button", name="New password").click()
        await expect(page.get_by_text("is a guest again")).to_be_visible()
        await expect(code).not_to_have_text(before)
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {room.host_token}"}) as host:
            await expect(code).to_have_text((await host.get(room.path("room"))).json()["password"])


async def test_a_password_that_all_know_is_warned_of(browser: Browser, room: Queue) -> None:
    warning = "Everybody knows this password."
    async with device(browser, PHONE) as phone:
        await log_in(phone, room.address, room.host_token)
        told = {"password": room.name, "browser3": "/b", "player3": "/p", "warning": warning}
        await phone.context.route("**/room", lambda route: route.fulfill(json=told))
        page = await phone.open(room.path("admin"))
        await page.get_by_text("KaraKara", exact=True).click()
        await expect(page.get_by_role("note")).to_have_text(warning)
        await expect(page.get_by_role("button", name="New password")).to_have_count(0)


async def test_neither_a_helper_nor_the_host_of_another_queue_is_shown_it(
    browser: Browser, room: Queue, laptop: Device, queue: Queue
) -> None:
    # Given a helper of a room, and the host of a queue whose name no client can write
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {room.host_token}"}) as host:
        helper_token = (await host.post(room.path("invite"), json={"role": "helper"})).json()["token"]
    async with device(browser) as helper:
        await log_in(helper, room.address, helper_token)
        for page in (await helper.open(room.path("admin")), await laptop.open(queue.path("admin"))):
            await expect(page.get_by_role("button", name="Add", exact=True)).to_be_enabled()
            await expect(page.locator("#room-part")).to_be_hidden()
            await expect(page.locator("#room")).to_be_empty()

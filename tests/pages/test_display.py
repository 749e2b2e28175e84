"""The screen on the wall."""

import httpx
import pytest
from playwright.async_api import expect

from tests.pages.conftest import Device, Queue

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_idle_screen_invites(wall: Device, queue: Queue) -> None:
    page = await wall.open(queue.path("display"))
    await expect(page.get_by_text("Nothing on yet.")).to_be_visible()
    await expect(page.get_by_role("img", name="QR code of the address to join")).to_be_visible()
    await expect(page.locator("#address")).to_contain_text(f"{queue.name}")


async def test_it_shows_what_plays_who_and_who_is_next(
    wall: Device, queue: Queue, songs: list[str], three: httpx.AsyncClient
) -> None:
    page = await wall.open(queue.path("display"))
    await three.post("command/play")
    now = page.get_by_role("region", name="Now playing")
    await expect(now).to_contain_text(songs[0])
    await expect(now).to_contain_text("Ana")
    upcoming = page.locator("#next .ticket")
    await expect(upcoming).to_have_count(2)
    await expect(upcoming.first).to_contain_text("Ben")


async def test_it_marks_a_lost_connection_and_goes_on_by_itself(
    wall: Device,
    queue: Queue,
    songs: list[str],
    three: httpx.AsyncClient,
) -> None:
    page = await wall.open(queue.path("display"))
    await expect(page.locator("#next .ticket")).to_have_count(3)
    await wall.context.set_offline(True)
    await expect(page.get_by_text("No connection. Trying again…")).to_be_visible()
    await three.post("command/play")
    await wall.context.set_offline(False)
    await expect(page.get_by_role("region", name="Now playing")).to_contain_text(songs[0])
    await expect(page.get_by_text("No connection. Trying again…")).to_be_hidden()

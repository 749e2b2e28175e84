"""A member's page: the door, the own session on any of their devices, the own queue, and what they like."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from api_queue.accounts.account_models import Account
from tests.house import House
from tests.pages.conftest import PHONE, SOON_MS, WALL, Device, at_the_party, device
from tests.pages.test_player import hears, silent
from tests.pages.test_reach import is_within_reach
from tests.serving import NO_TLS

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORD = "seven owls on a slow lift"


@dataclass(frozen=True)
class Member:
    """Somebody with an account, logged in with curl too."""

    account: Account
    address: str
    api: httpx.AsyncClient

    @property
    def name(self) -> str:
        return self.account.username

    async def session(self) -> dict[str, Any]:
        session: dict[str, Any] = (await self.api.get(f"/sessions/{self.account.queue}")).json()
        return session

    async def enqueue(self, *titles: str) -> None:
        tracks = [(await self.api.get("/tracks", params={"q": title})).json()["tracks"][0] for title in titles]
        wish = {"track_ids": [track["track_id"] for track in tracks]}
        assert (await self.api.post("/queue/enqueue", json=wish)).status_code == 201

    async def like(self, title: str) -> None:
        [track] = (await self.api.get("/tracks", params={"q": title})).json()["tracks"]
        assert (await self.api.post(f"/tracks/{track['track_id']}/like")).status_code == 200

    async def enter(self, device: Device) -> Page:
        """Without the form, which has tests of its own."""
        wish = {"username": self.name, "password": PASSWORD}
        assert (await device.context.request.post(f"{self.address}/auth", data=wish)).ok
        page = await device.open(f"{self.address}/me")
        await expect(page.get_by_role("button", name="Add", exact=True)).to_be_visible()
        return page


@pytest_asyncio.fixture(loop_scope="session")
async def nina(house: House) -> AsyncIterator[Member]:
    account = await house.parts.accounts.create(f"nina {secrets.token_hex(4)}", PASSWORD)
    async with httpx.AsyncClient(base_url=house.url, verify=NO_TLS) as api:
        login = (await api.post("/auth", json={"username": account.username, "password": PASSWORD})).json()
        api.cookies.clear()
        api.headers["Authorization"] = f"Bearer {login['access_token']}"
        yield Member(account, house.url, api)


async def log_in(page: Page, name: str, password: str = PASSWORD, button: str = "Log in") -> None:
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name=button).click()


def waiting(page: Page) -> Locator:
    return page.locator("#items strong")


# -- the door --------------------------------------------------------------------------------------------------


async def test_the_form_makes_an_account_and_lets_it_in(phone: Device, house: House) -> None:
    page = await phone.open(f"{at_the_party(house.url)}/me")
    await log_in(page, f"tom {secrets.token_hex(4)}", "short", "Make an account")
    await expect(page.get_by_role("alert")).to_contain_text("8 to 1024 characters")
    await expect(page.get_by_label("Password", exact=True)).to_be_focused()

    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Make an account").click()
    await expect(page.get_by_text("Nothing is on it yet.")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("Nothing is on it yet.")).to_be_visible()


async def test_a_wrong_password_is_said_and_the_name_of_another_is_not_given_away(phone: Device, nina: Member) -> None:
    page = await phone.open(f"{nina.address}/me")
    await log_in(page, nina.name, "not my password")
    await expect(page.get_by_role("alert")).to_have_text("Incorrect username or password")
    await log_in(page, nina.name, PASSWORD, "Make an account")
    await expect(page.get_by_role("alert")).to_contain_text("choose another one")
    await expect(page.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
    await log_in(page, nina.name)
    await expect(page.get_by_role("button", name="Account")).to_be_visible()


async def test_a_key_of_a_member_leads_here(phone: Device, house: House) -> None:
    _, value = await house.parts.tokens.create("member")
    page = await phone.open(f"{house.url}/login#token={value}")
    await page.wait_for_url("**/me")
    await page.get_by_role("button", name="Account").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Logged in by a key")
    await expect(page.get_by_text("Change the password")).to_have_count(0)


async def test_a_login_that_ran_out_is_renewed_on_the_way(phone: Device, nina: Member) -> None:
    page = await nina.enter(phone)
    await phone.context.clear_cookies(name="access_token")
    await page.reload()
    await expect(page.get_by_role("button", name="Account")).to_be_visible()


async def test_logging_out_brings_the_door_back(phone: Device, nina: Member) -> None:
    page = await nina.enter(phone)
    await page.get_by_role("button", name="Account").click()
    await page.get_by_role("button", name="Log out", exact=True).click()
    await expect(page.get_by_role("button", name="Log in")).to_be_visible()
    assert not (await (await phone.context.request.get(f"{nina.address}/auth/me")).json())["signed_in"]


async def test_the_password_is_changed_and_other_browsers_are_logged_out(
    phone: Device, wall: Device, nina: Member
) -> None:
    # Given the page on a phone and on a laptop
    page, other = await nina.enter(phone), await nina.enter(wall)
    await page.get_by_role("button", name="Account").click()
    await page.get_by_text("Change the password").first.click()
    await page.get_by_label("Password now").fill(PASSWORD)
    # When a password that is too short is refused, and a good one is taken
    await page.get_by_label("New password").fill("short")
    await page.get_by_role("button", name="Change the password").click()
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("8 to 1024 characters")
    await page.get_by_label("New password").fill("another long one")
    await page.get_by_role("button", name="Change the password").click()
    # Then the phone is still in, and the laptop is not as soon as it asks
    await expect(page.get_by_text("Your password is changed.")).to_be_visible()
    await other.evaluate("() => dispatchEvent(new Event('online'))")
    await expect(other.get_by_role("button", name="Log in")).to_be_visible(timeout=SOON_MS)
    await log_in(other, nina.name, "another long one")
    await expect(other.get_by_role("button", name="Account")).to_be_visible()


# -- the queue -------------------------------------------------------------------------------------------------


async def test_the_first_track_is_heard_at_once(phone: Device, nina: Member, house: House, songs: list[str]) -> None:
    page = await nina.enter(phone)
    await page.get_by_role("button", name="Add", exact=True).click()
    await page.get_by_label("Song or artist").fill(songs[0])
    await page.get_by_role("dialog").get_by_role("button", name=songs[0]).click()
    await expect(page.get_by_role("dialog").get_by_role("status").last).to_have_text(f"Playing: {songs[0]}")
    await hears(page)
    await page.get_by_role("button", name="Close").click()
    await expect(page.get_by_role("region", name="Now playing")).to_contain_text(songs[0])
    # And when the page is loaded anew, one tap is all that it wants, also when the music has waited for it
    await page.reload()
    tap = page.get_by_role("link", name="Tap to hear it here")
    await expect(tap).to_be_visible()
    await house.parts.playback.attend(nina.account.queue)
    await expect(page.get_by_text("Paused")).to_be_visible()
    await expect(page.get_by_text("The speaker was lost")).to_be_hidden()
    await tap.click()
    await hears(page)


async def test_a_whole_album_is_added(phone: Device, nina: Member, songs: list[str]) -> None:
    page = await nina.enter(phone)
    await nina.enqueue(songs[0])
    await expect(waiting(page)).to_have_text([songs[0]])
    await page.get_by_role("button", name="Add", exact=True).click()
    await page.get_by_role("button", name="Add the album Music for an Empty Queue").click()
    await expect(waiting(page)).to_have_count(1 + len(songs))


async def test_the_queue_is_reordered_and_cleaned_by_hand(phone: Device, nina: Member, songs: list[str]) -> None:
    await nina.enqueue(*songs[:3])
    page = await nina.enter(phone)
    await expect(waiting(page)).to_have_text(songs[:3])
    await page.get_by_role("button", name=f"Move {songs[0]}, place 1: drag, or arrow keys").press("ArrowDown")
    await expect(waiting(page)).to_have_text([songs[1], songs[0], songs[2]])
    await page.get_by_role("button", name=f"More for {songs[0]}").click()
    await expect(page.get_by_role("button", name="Mute this guest…")).to_have_count(0)
    await page.get_by_role("button", name="Remove it").click()
    await expect(waiting(page)).to_have_text([songs[1], songs[2]])


async def test_what_is_added_elsewhere_shows_at_once(phone: Device, nina: Member, songs: list[str]) -> None:
    page = await nina.enter(phone)
    await expect(page.get_by_text("Nothing is on it yet.")).to_be_visible()
    await nina.enqueue(songs[2])
    await expect(waiting(page)).to_have_text([songs[2]])


# -- the session -----------------------------------------------------------------------------------------------


async def test_the_music_moves_to_the_device_that_is_tapped(
    phone: Device, wall: Device, nina: Member, songs: list[str]
) -> None:
    # Given music that plays on the laptop
    await nina.enqueue(songs[0])
    laptop = await nina.enter(wall)
    await laptop.get_by_role("button", name="Play here").click()
    await laptop.get_by_role("button", name="Play", exact=True).click()
    await hears(laptop)
    # When the phone takes it
    here = await nina.enter(phone)
    await here.get_by_role("button", name="Play here").click()
    # Then it is heard there, and not here
    await hears(here)
    await silent(laptop)
    # And when the laptop's row is tapped on the phone, it goes back
    rows = here.locator("#devices .device")
    await expect(rows).to_have_count(2)
    await rows.filter(has_not_text="this browser").locator(".choose").click()
    await hears(laptop)
    await silent(here)


async def test_transport_options_and_volume_are_those_of_the_own_session(
    phone: Device, nina: Member, songs: list[str]
) -> None:
    await nina.enqueue(*songs[:2])
    page = await nina.enter(phone)
    await page.get_by_role("button", name="Play", exact=True).click()
    stage = page.get_by_role("region", name="Now playing")
    await expect(stage).to_contain_text(songs[0])
    await expect(stage.get_by_role("link", name="Nobody hears it: choose a speaker")).to_be_visible()
    await page.get_by_role("button", name="Next").click()
    await expect(stage).to_contain_text(songs[1])
    await page.get_by_role("button", name="Back").click()
    await expect(stage).to_contain_text(songs[0])
    await page.get_by_role("button", name="Pause").click()
    await expect(stage).to_contain_text("Paused")
    async with page.expect_response("**/command/seek"):
        await page.get_by_label("Position").fill("5000")
    await page.get_by_role("button", name="Shuffle").click()
    await page.get_by_role("button", name="Repeat").click()
    await expect(page.get_by_role("button", name="Repeat all")).to_be_visible()
    async with page.expect_response("**/options"):
        await page.get_by_label("Volume").fill("35")
    session = await nina.session()
    asked = ("play_state", "position_ms", "shuffle", "repeat_mode", "volume")
    assert [session[field] for field in asked] == ["paused", 5000, True, "all", 35]


# -- likes -----------------------------------------------------------------------------------------------------


async def test_what_is_liked_is_listed_and_played(phone: Device, nina: Member, songs: list[str]) -> None:
    page = await nina.enter(phone)
    await expect(page.get_by_text("Tap the heart of a track")).to_be_visible()
    for song in songs[:2]:
        await nina.like(song)
    await expect(page.locator("#liked strong")).to_have_text([songs[1], songs[0]])
    await page.get_by_role("button", name="Play all").click()
    await expect(page.get_by_role("region", name="Now playing")).to_contain_text(songs[1])
    await expect(waiting(page)).to_have_text([songs[0]])
    await expect(page.get_by_role("button", name="Add all")).to_be_visible()


async def test_a_heart_is_taken_back_on_each_device(
    phone: Device, wall: Device, nina: Member, songs: list[str]
) -> None:
    await nina.like(songs[0])
    here, there = await nina.enter(phone), await nina.enter(wall)
    await expect(there.locator("#liked li")).to_have_count(1)
    await here.locator("#liked").get_by_role("button", name="Like").click()
    await expect(here.locator("#liked li")).to_have_count(0)
    await expect(there.locator("#liked li")).to_have_count(0)


# -- within reach ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [PHONE, WALL])
async def test_it_fits_is_named_and_stands_out(
    browser: Browser, nina: Member, songs: list[str], size: tuple[int, int]
) -> None:
    async with device(browser, size) as it:
        door = await it.open(f"{nina.address}/me")
        await expect(door.get_by_role("button", name="Log in")).to_be_visible()
        await is_within_reach(door, size)
        await nina.enqueue(*songs[:4])
        await nina.like(songs[0])
        page = await nina.enter(it)
        await page.get_by_role("button", name="Play here").click()
        await page.get_by_role("button", name="Play", exact=True).click()
        await expect(page.locator("#liked li")).to_have_count(1)
        await page.evaluate("() => document.querySelectorAll('details').forEach((part) => (part.open = true))")
        await expect(page.get_by_label("A key for")).to_be_visible()
        await is_within_reach(page, size)
        await page.get_by_role("button", name="Add", exact=True).click()
        await expect(page.get_by_role("dialog").locator(".albums li")).to_have_count(1)
        await is_within_reach(page, size)

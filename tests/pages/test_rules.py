"""The rules of a fair night on the guest's phone: what they may add, what is promised, who is next, and why."""

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.pages.conftest import WALL, Device, Queue
from tests.pages.test_guest import add
from tests.pages.test_reach import is_within_reach

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def put_on(page: Page, song: str, name: str = "Ana") -> None:
    await add(page, song, name)
    await page.get_by_role("button", name="Done").click()


async def choose(page: Page, song: str) -> None:
    await page.get_by_placeholder("Song or artist").fill(song)
    await page.get_by_role("button", name=song).first.click()


async def host_adds(host_api: httpx.AsyncClient, queue: Queue, song: str, name: str) -> None:
    found = (await host_api.get(f"{queue.address}/tracks", params={"q": song})).json()["tracks"]
    wish = {"track_id": found[0]["track_id"], "performer_name": name}
    assert (await host_api.post("items", json=wish)).status_code == 201


# -- what a guest may add --------------------------------------------------------------------------------------


async def test_a_purse_tells_what_is_left_and_when_it_is_enough(
    phone: Device, queue: Queue, songs: list[str], host_api: httpx.AsyncClient
) -> None:
    # Given that a point comes back every eight seconds, and no guest has more than one
    await host_api.put("settings", json={"limit_model": "points", "points_max": 1, "points_per_hour": 450})
    page = await phone.open(queue.path())
    await expect(page.get_by_text("1 of 1 points.")).to_be_visible()
    await choose(page, songs[0])
    await expect(page.get_by_text("Costs 1 of your 1 point.")).to_be_visible()
    # When it is spent
    await page.get_by_label("Your name").fill("Ana")
    await page.get_by_role("button", name="Put it on").click()
    await page.get_by_role("button", name="Done").click()
    await expect(page.get_by_text("0 of 1 points.")).to_be_visible()
    # Then the next add is offered by itself as soon as it is enough
    await choose(page, songs[1])
    await expect(page.get_by_role("button", name="Enough for this in 0:0")).to_be_disabled()
    await page.get_by_role("button", name="Put it on").click()
    await expect(page.get_by_role("dialog", name="You are 2nd.")).to_be_visible()


async def test_a_refusal_brings_a_window_that_counts_down_and_opens(
    phone: Device, queue: Queue, songs: list[str], host_api: httpx.AsyncClient
) -> None:
    rules = {"limit_model": "token", "token_window": 1, "max_per_guest": 1, "max_minutes_per_guest": 10}
    await host_api.put("settings", json=rules)
    await phone.context.clock.install()
    page = await phone.open(queue.path())
    await expect(page.get_by_text("You may add 1 more song, at most 10 minutes.")).to_be_visible()
    await put_on(page, songs[0])
    await expect(page.get_by_text("You have all your places on the queue.")).to_be_visible()
    # When one more is refused
    await add(page, songs[1], "Ana")
    await expect(page.locator("dialog").get_by_role("alert")).to_contain_text("Your turn to add is from")
    await expect(page.get_by_role("button", name="Again in ")).to_be_disabled()
    await expect(page.locator("#token")).to_contain_text("Opens in")
    # And it is their turn, then the same is offered again
    await page.clock.fast_forward(65_000)
    await expect(page.get_by_role("button", name="Try again")).to_be_enabled()
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.locator("#token.open")).to_contain_text("Your turn to add")
    await expect(page.locator("#token")).to_contain_text("Open for")
    await is_within_reach(page)


async def test_a_place_that_comes_free_early_is_offered(
    phone: Device, queue: Queue, songs: list[str], three: httpx.AsyncClient
) -> None:
    # Given a full queue, on which nothing starts for a while
    await three.put("settings", json={"max_items": 2, "track_space": 600})
    await three.post("command/play")
    await phone.context.clock.install()
    page = await phone.open(queue.path())
    await add(page, songs[3], "Dora")
    await expect(page.get_by_role("button", name="Again in ")).to_be_disabled()
    # When the host makes room
    last = (await three.get("items", params={"waiting": 1})).json()["items"][-1]["id"]
    await three.delete(f"items/{last}")
    await page.clock.fast_forward(20_000)
    # Then nobody waits for the time that was told
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("dialog", name="You are 2nd")).to_be_visible()


async def test_the_sheet_promises_before_the_tap(
    phone: Device, queue: Queue, songs: list[str], three: httpx.AsyncClient
) -> None:
    await three.put("settings", json={"max_per_guest": 2, "track_space": 120})
    await three.post("command/play")
    page = await phone.open(queue.path())
    await choose(page, songs[3])
    # Before there is a name it is what the page can tell
    await expect(page.get_by_text("You would be 3rd, about ")).to_be_visible()
    # With one it is what the server promises
    await page.get_by_label("Your name").fill("Dora")
    await expect(page.get_by_text("After it 1 more like this.")).to_be_visible()
    listed = (await three.get("items")).json()["items"]
    assert len(listed) == 3


async def test_a_refusal_is_said_before_the_tap(
    phone: Device, queue: Queue, songs: list[str], three: httpx.AsyncClient
) -> None:
    await three.put("settings", json={"performer_names": ["Ana", "Ben"]})
    page = await phone.open(queue.path())
    await choose(page, songs[0])
    await page.get_by_label("Your name").fill("Anna")
    await expect(page.locator("dialog").get_by_role("alert")).to_contain_text("Anna is not on the list")
    await page.get_by_label("Your name").fill("Ana")
    await expect(page.locator("#add-refusal")).to_have_text("")


async def test_a_duet_has_two_names(phone: Device, queue: Queue, songs: list[str]) -> None:
    page = await phone.open(queue.path())
    await choose(page, songs[0])
    await page.get_by_label("Your name").fill("Ana")
    await page.get_by_role("button", name="+ somebody").click()
    await page.get_by_label("Together with").fill("Ben")
    await page.get_by_role("button", name="Put it on").click()
    await page.get_by_role("button", name="Done").click()
    await expect(page.locator("#mine .ticket")).to_contain_text("Ana & Ben")
    # Only the first of them has this phone
    await choose(page, songs[1])
    await expect(page.get_by_label("Your name")).to_have_value("Ana")


# -- who is next, and why --------------------------------------------------------------------------------------


async def test_who_is_next_says_ready_or_lets_somebody_go_first(
    phone: Device, wall: Device, queue: Queue, songs: list[str], host_api: httpx.AsyncClient
) -> None:
    page, screen = await phone.open(queue.path()), await wall.open(queue.path("display"))
    await put_on(page, songs[0])
    await put_on(page, songs[1])
    await host_adds(host_api, queue, songs[2], "Cleo")
    await host_api.post("command/play")
    # When they are not there yet, then the next one goes first
    await expect(page.get_by_role("heading", name="You are next! Ready?")).to_be_visible()
    await is_within_reach(page)
    await page.get_by_role("button", name="Not yet").click()
    await expect(page.locator("#ready")).to_be_hidden()
    await expect(screen.locator("#next .ticket").first).to_contain_text("Cleo")
    # When it is their turn again, then they say that they are
    await host_api.post("command/skip")
    await page.get_by_role("button", name="I’m ready").click()
    await expect(page.get_by_role("heading", name="See you up there!")).to_be_visible()
    await expect(screen.locator("#next .ticket").first).to_contain_text("ready")
    # And once it begins the card is on
    await host_api.put("settings", json={"track_space": 60})
    await host_api.post("command/skip")
    await expect(page.get_by_role("heading", name="You are on!")).to_be_visible()


async def test_a_ticket_tells_why_it_stands_there_and_that_it_was_moved(
    phone: Device, queue: Queue, songs: list[str], three: httpx.AsyncClient
) -> None:
    page = await phone.open(queue.path())
    await put_on(page, songs[3], "Dora")
    mine = (await three.get("items")).json()["items"][3]["id"]
    await three.put(f"items/{mine}", json={"position": 1})
    ticket = page.locator("#mine .ticket")
    await expect(ticket.locator(".marks")).to_have_text("moved")
    await ticket.get_by_title("Why here?").click()
    why = page.get_by_role("dialog", name="Why here?")
    await expect(why).to_contain_text("It is number 1 of 4 that wait.")
    await expect(why).to_contain_text("The host moved it from place 4 to place 1")


async def test_the_host_lets_songs_in(
    phone: Device, laptop: Device, queue: Queue, songs: list[str], host_api: httpx.AsyncClient
) -> None:
    await host_api.put("settings", json={"approval": "all"})
    page, admin = await phone.open(queue.path()), await laptop.open(queue.path("admin"))
    await add(page, songs[0], "Ana")
    await expect(page.get_by_role("dialog", name="The host looks at it first.")).to_be_visible()
    await page.get_by_role("button", name="Done").click()
    await expect(page.locator("#mine .ticket")).to_contain_text("Waits for the host")
    await expect(admin.get_by_role("heading", name="1 song asks to be let in")).to_be_visible()
    await choose(page, songs[1])
    await page.get_by_label("Your name").fill("Zoe")
    await expect(page.locator("dialog").get_by_text("The host looks at it first.")).to_be_visible()
    await page.get_by_role("button", name="Put it on").click()
    await page.get_by_role("button", name="Done").click()
    await is_within_reach(admin, WALL)
    # When one is let in and the other is not
    await admin.get_by_role("button", name="Let in Ana").click()
    await admin.get_by_role("button", name="Refuse Zoe").click()
    await expect(admin.locator("#lobby-part")).to_be_hidden()
    await expect(page.locator("#mine .ticket")).to_have_count(1)
    await expect(page.locator("#mine .ticket")).to_contain_text("Next")


# -- coming in -------------------------------------------------------------------------------------------------


async def test_with_the_code_of_the_screen_a_guest_joins_and_goes_on(
    phone: Device, queue: Queue, songs: list[str], host_api: httpx.AsyncClient
) -> None:
    await host_api.put("settings", json={"join": "code"})
    code = (await host_api.get("join")).json()["code"]
    page = await phone.open(queue.path())
    await expect(page.get_by_role("button", name="Join with the code")).to_be_visible()
    # When they choose a song, then they are asked for the code first
    await choose(page, songs[0])
    await page.get_by_label("The code on the big screen").fill("000000")
    await page.get_by_role("button", name="Join", exact=True).click()
    await expect(page.locator("#join-refusal")).to_contain_text("This is not the join code")
    await page.get_by_label("The code on the big screen").fill(f"{code[:3]}-{code[3:]}".lower())
    await page.get_by_label("Your table").fill("7")
    await page.get_by_role("button", name="Join", exact=True).click()
    # Then they add what they wanted
    await page.get_by_label("Your name").fill("Ana")
    await page.get_by_role("button", name="Put it on").click()
    await page.get_by_role("button", name="Done").click()
    await expect(page.get_by_role("button", name="Join with the code")).to_be_hidden()
    assert (await host_api.get("join")).json()["tables"] == {"7": 1}


async def test_the_address_of_the_code_joins_by_itself(
    phone: Device, queue: Queue, songs: list[str], host_api: httpx.AsyncClient
) -> None:
    await host_api.put("settings", json={"join": "code"})
    code = (await host_api.get("join")).json()["code"]
    page = await phone.open(queue.path(f"#join={code}&table=7"))
    await expect(page.get_by_text("You are in, at table 7.")).to_be_visible()
    assert page.url == queue.path()
    await expect(page.get_by_role("button", name="Join with the code")).to_be_hidden()
    await put_on(page, songs[0])


async def test_the_song_book_leads_to_a_song(
    phone: Device, queue: Queue, songs: list[str], host_api: httpx.AsyncClient
) -> None:
    found = (await host_api.get(f"{queue.address}/tracks", params={"q": songs[0]})).json()["tracks"]
    page = await phone.open(queue.path(f"#add={found[0]['track_id']}"))
    await expect(page.get_by_role("dialog", name=f"Add {songs[0]}")).to_be_visible()
    assert page.url == queue.path()
    # And with another code it is another song
    await page.goto(queue.path("#add=nothing"))
    await expect(page.get_by_text("There is no track 'nothing'")).to_be_visible()

"""/tracklists: a list is pasted, its starts are set while it plays, it is published and taken home as a CUE sheet."""

import re
from collections.abc import AsyncIterator
from typing import Any, Final

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, FilePayload, Locator, Page, expect

from tests.house import House
from tests.pages.conftest import PHONE, WALL, Device, Queue, at_the_party, device
from tests.pages.test_reach import is_within_reach
from tests.tracklists.lists import RECORDING, Author, row

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE: Final = "<img src=x onerror=document.title='taken'> ليلى"
PASTED: Final = f"""Ana @ The Lighthouse 2024

00:00 Ana - Tide Tables (Intro Mix) [Pier]
w/ Ben - {HOSTILE}
Cleo - Last Platform
follow me for more!!"""


#: Boxes with more in them than they hold.
BURST: Final = """() => [...document.querySelectorAll(".hear, .words, details, .sheets li, .versions li")]
    .filter((node) => node.checkVisibility() && node.scrollWidth > node.clientWidth)
    .map((node) => node.outerHTML.slice(0, 160))"""


@pytest_asyncio.fixture(loop_scope="session")
async def author(house: House) -> AsyncIterator[Author]:
    """Somebody else, with curl."""
    async with house.admin() as client:
        yield Author(client)


@pytest_asyncio.fixture(loop_scope="session")
async def host(phone: Device, queue: Queue) -> Device:
    """Of some queue: at the party's own name, where the browser gives no secure context."""
    return await at_the_desk(phone, queue)


async def at_the_desk(device: Device, queue: Queue) -> Device:
    page = await device.open(f"{at_the_party(queue.address)}/static/favicon.svg")
    said = await page.evaluate(
        "async (token) => (await fetch('/auth', {method: 'POST', body: `token=${token}`,"
        " headers: {'Content-Type': 'application/x-www-form-urlencoded'}})).status",
        queue.host_token,
    )
    assert said == 200
    await page.close()
    return device


async def opened(device: Device, queue: Queue, made: dict[str, Any]) -> Page:
    """The page of a list."""
    page = await device.open(f"{at_the_party(queue.address)}/tracklists#{made['id']}")
    await expect(page.locator("#rows .item")).to_have_count(len(made["tracks"]))
    return page


def item(page: Page, number: int) -> Locator:
    return page.locator("#rows .item").nth(number - 1)


async def is_saved(page: Page) -> None:
    await expect(page.locator("#saved")).to_have_text("")


async def starts(author: Author, made: dict[str, Any]) -> list[int | None]:
    told = await author.done("GET", f"/{made['id']}")
    return [each["start_ms"] for each in told["tracks"]]


async def test_from_a_pasted_text_to_tracks_and_a_cue_sheet(host: Device, queue: Queue, author: Author) -> None:
    # Given a text, then it is shown what it becomes while it is typed, and which lines were not understood
    page = await host.open(f"{at_the_party(queue.address)}/tracklists")
    await expect(page.locator("#no-drafts")).to_contain_text("Paste a list on this page")
    await page.get_by_label("The list").fill(PASTED)
    await expect(page.locator("#preview li")).to_have_count(3)
    await expect(page.locator("#parsed")).to_contain_text("A text: Ana @ The Lighthouse 2024 · 3 tracks")
    await expect(page.locator("#gutter b")).to_have_text(["5", "6"])
    await page.get_by_role("button", name="Line 6 This is no row").click()
    assert await page.evaluate("getSelection().toString()") == "follow me for more!!"
    # When its recording is chosen and it is saved, then each row has a place for its time
    await page.get_by_role("button", name="Choose the recording").first.click()
    await page.get_by_label("Song or artist").fill("your side")
    await page.get_by_role("dialog").get_by_role("button", name="Your Side").click()
    await page.get_by_role("button", name="Save as a draft").click()
    await expect(item(page, 3)).to_contain_text("It has no start time.")
    await expect(page.locator("#verdict")).to_contain_text("1 row has no start yet")
    # And why it cannot be published yet stands beside the button
    await page.get_by_role("button", name="Publish").click()
    await expect(page.locator("#publish-refusal")).to_contain_text("Row 3 has no start time.")
    # When times are typed, then a wrong one is told at its row, and a good one can be nudged
    await item(page, 3).locator(".words").click()
    start = page.get_by_label("Start of row 3")
    await start.fill("noon")
    await start.press("Enter")
    await expect(item(page, 3)).to_contain_text("“noon” is no time")
    await start.fill("0:15")
    await start.press("Enter")
    await item(page, 3).get_by_role("button", name="a tenth later").click()
    await item(page, 3).get_by_role("button", name="1 second earlier").click()
    await expect(start).to_have_value("0:14.1")
    await page.get_by_role("button", name="Set the ends").click()
    await is_saved(page)
    # And when it is published, then its rows are tracks of the library
    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text("Published.", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Change it in a new draft")).to_be_visible()
    found = (await author.client.get("/tracks", params={"q": "last platform"})).json()["tracks"]
    assert [(track["title"], track["duration_ms"]) for track in found] == [("Last Platform", 16_321)]
    # And it is downloaded in each format
    await page.get_by_text("Download as a CUE sheet").click()
    await expect(page.locator(".sheets > li")).to_have_count(6)
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Download for Pioneer CDJ").click()
    sheet = (await (await download.value).path()).read_text()
    assert 'TITLE "Last Platform"' in sheet
    assert "INDEX 01 00:14:08" in sheet
    assert await page.title() == "Ana @ The Lighthouse 2024 – Tracklists"
    # And when it is removed, then the recording is one track again
    await page.get_by_role("button", name="Remove this list").press("Enter")
    await page.get_by_role("button", name="Remove it").click()
    await expect(page.locator("#home")).to_be_visible()
    assert (await author.client.get("/tracks", params={"q": "last platform"})).json()["total"] == 0


async def test_starts_are_marked_while_it_plays(host: Device, queue: Queue, author: Author) -> None:
    made = await author.make(row("One"), row("Two"), audio_file_id=RECORDING)
    page = await opened(host, queue, made)
    # Given that it plays, when the button or the space key is pressed, then the next row begins there
    await expect(page.get_by_role("button", name="Begins now: Ana – One")).to_be_disabled()
    await page.get_by_role("button", name="Play", exact=True).click()
    await page.get_by_role("button", name="Begins now: Ana – One").click()
    await expect(page.get_by_role("button", name="Begins now: Ana – Two")).to_be_enabled()
    await page.get_by_label("Position").fill("12.5")
    await expect(page.locator("#at")).to_have_text(re.compile(r"0:[12]\d"))
    await page.get_by_role("button", name="Pause").press("Space")
    await is_saved(page)
    one, two = await starts(author, made)
    assert one is not None
    assert two is not None
    assert one < 12_500 <= two
    # And where all have a start, a row that nobody knows begins; and it can be taken back
    await page.get_by_role("button", name="A new row begins now").click()
    await expect(page.locator("#rows .item")).to_have_count(3)
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator("#rows .item")).to_have_count(2)
    # And it is heard from where a row begins
    await page.get_by_role("button", name=re.compile(r"Listen at 0:[12].*Two")).click()
    await expect(item(page, 2)).to_have_class(re.compile("heard"))
    await is_saved(page)
    await author.done("DELETE", f"/{made['id']}")


async def test_of_two_who_change_the_same_one_is_chosen(host: Device, queue: Queue, author: Author) -> None:
    # Given somebody who has changed a row that is open here
    made = await author.make(row("One", "0:00"), row("Two", "5:00"))
    page = await opened(host, queue, made)
    await author.done("PUT", f"/{made['id']}/tracks/2", {"title": "Theirs"})
    # When it is changed here too, then both are shown
    await page.get_by_role("button", name="Change row 2").click()
    await page.get_by_label("Title", exact=True).and_(page.locator("dialog *")).fill("Mine")
    await page.get_by_role("button", name="Save").click()
    sides = page.get_by_role("dialog", name="Somebody else has changed this list")
    await expect(sides.get_by_role("row", name="Row 2")).to_contain_text("Ana – Mine5:00  Ana – Theirs")
    # And the one that is chosen stands, there and on the server
    await sides.get_by_role("button", name="Keep mine").click()
    await expect(item(page, 2).locator("strong")).to_have_text("Mine")
    await is_saved(page)
    assert [each["title"] for each in (await author.done("GET", f"/{made['id']}"))["tracks"]] == ["One", "Mine"]
    await author.done("DELETE", f"/{made['id']}")


async def test_what_is_changed_without_a_connection_is_kept(host: Device, queue: Queue, author: Author) -> None:
    made = await author.make(row("One", "0:00"), row("Two", "5:00"))
    page = await opened(host, queue, made)
    await host.context.set_offline(True)
    await item(page, 2).locator(".words").click()
    for _ in range(3):
        await item(page, 2).get_by_role("button", name="1 second later").click()
    await expect(page.locator("#banner")).to_contain_text("No connection")
    await expect(page.get_by_label("Start of row 2")).to_have_value("5:03")
    await host.context.set_offline(False)
    await is_saved(page)
    await expect(page.locator("#banner")).to_be_hidden()
    assert await starts(author, made) == [0, 303_000]
    await author.done("DELETE", f"/{made['id']}")


async def test_times_are_mended_as_proposed(host: Device, queue: Queue, author: Author) -> None:
    made = await author.make(row("One", "0:00"), row("Two"), row("Late", "0:50"), audio_file_id=RECORDING)
    page = await opened(host, queue, made)
    await page.get_by_role("button", name="Mend the times").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Let row 2 begin at 00:00:25")
    await page.get_by_role("button", name="Do it").click()
    await expect(page.get_by_label("Start of row 2")).to_have_value("0:25")
    await is_saved(page)
    # And what begins after the end can only go
    await page.get_by_role("button", name="Mend the times").click()
    await page.get_by_role("button", name="Do all of it").click()
    await expect(page.locator("#rows .item")).to_have_count(2)
    await expect(page.locator("#verdict")).to_contain_text("2 times to look at")
    await is_saved(page)
    await author.done("DELETE", f"/{made['id']}")


async def test_rows_are_moved_by_keys_and_by_hand(host: Device, queue: Queue, author: Author) -> None:
    made = await author.make(row("One"), row("Two"), row("Three"))
    page = await opened(host, queue, made)
    names = page.locator("#rows strong")
    await item(page, 1).locator(".words").click()
    await page.get_by_role("button", name="Move row 1").press("ArrowDown")
    await expect(names).to_have_text(["Two", "One", "Three"])
    await expect(page.get_by_role("button", name="Move row 2")).to_be_focused()
    await page.set_viewport_size({"width": WALL[0], "height": WALL[1]})
    await page.get_by_role("button", name="Move row 3").hover()
    await page.mouse.down()
    await item(page, 1).locator(".words").hover(position={"x": 5, "y": 2})
    await page.mouse.up()
    await expect(names).to_have_text(["Three", "Two", "One"])
    await is_saved(page)
    told = await author.done("GET", f"/{made['id']}")
    assert [each["title"] for each in told["tracks"]] == ["Three", "Two", "One"]
    await author.done("DELETE", f"/{made['id']}")


async def test_an_older_version_is_compared_and_brought_back(host: Device, queue: Queue, author: Author) -> None:
    made = await author.make(row("One", "0:00"))
    await author.done("PUT", f"/{made['id']}/tracks/1", {"title": "Uno"})
    page = await opened(host, queue, made)
    await page.get_by_text("Versions").click()
    await page.get_by_role("button", name="Compare version 1 with now").click()
    await expect(page.locator(".changes")).to_contain_text("Ana – One")
    await page.get_by_role("button", name="Back to version 1").click()
    await expect(item(page, 1).locator("strong")).to_have_text("One")
    await is_saved(page)
    await author.done("DELETE", f"/{made['id']}")


async def test_a_guest_reads_and_is_told_how_to_write(phone: Device, queue: Queue, author: Author) -> None:
    made = await author.make(row(HOSTILE, "0:00"))
    page = await opened(phone, queue, made)
    await expect(item(page, 1)).to_contain_text(HOSTILE)
    await expect(page.locator("#editor button:visible:enabled")).to_have_count(0)
    await expect(page.get_by_text("Choose the recording").last).to_be_hidden()
    await expect(page.get_by_role("button", name="Publish")).to_be_hidden()
    await expect(item(page, 1).locator(".start")).to_be_hidden()
    await expect(item(page, 1).locator(".hear")).to_be_disabled()
    await page.get_by_role("link", name="All lists").click()
    file: FilePayload = {"name": "set.txt", "mimeType": "text/plain", "buffer": PASTED.encode("utf-16")}
    await page.locator("#file").set_input_files(file)
    await expect(page.locator("#preview li")).to_have_count(3)
    # And what was taken outlives a reload, as before a login
    await page.reload()
    await expect(page.locator("#preview li")).to_have_count(3)
    await expect(page.get_by_role("button", name="Save as a draft")).to_be_hidden()
    await expect(page.get_by_role("link", name="log in or make an account")).to_be_visible()
    await author.done("DELETE", f"/{made['id']}")


@pytest.mark.parametrize("name", ["%", "<img src=x onerror=document.title='taken'>"])
async def test_a_list_that_is_gone_leads_to_all_of_them(phone: Device, queue: Queue, name: str) -> None:
    page = await phone.open(f"{at_the_party(queue.address)}/tracklists#{name}")
    await expect(page.locator("#refusal")).to_contain_text("There is no tracklist")
    await expect(page.locator("#home")).to_be_visible()
    assert await page.title() == "Tracklists"


async def test_why_there_is_nothing_to_be_had_stands_in_its_form(host: Device, queue: Queue) -> None:
    page = await host.open(f"{at_the_party(queue.address)}/tracklists")
    await page.get_by_text("From a night").click()
    await page.get_by_label("Name of the queue").fill("nowhere")
    await page.get_by_role("button", name="Make a draft of what it has played").click()
    await expect(page.locator("#night .refusal")).to_contain_text("There is no queue 'nowhere'")
    # And a site that shuts us out is named so, with the way that always works
    order = {"correlation_id": "one", "status": "queued", "tracklist": None}
    told = {"code": "failed", "message": "The site of tracklists has shut us out: a challenge."}
    await page.route("**/import/1001tracklists?*", lambda route: route.fulfill(status=202, json=order))
    await page.route("**/status/one", lambda route: route.fulfill(json=order | {"status": "failed", "error": told}))
    await page.get_by_text("From an address").click()
    await page.get_by_label("Page of the set").fill("https://www.1001tracklists.com/tracklist/x/y.html")
    await page.get_by_role("button", name="Fetch it").click()
    await expect(page.locator("#address .hint")).to_contain_text("It waits for its turn")
    await expect(page.locator("#address .refusal")).to_have_text("The site of tracklists has shut us out: a challenge.")
    await expect(page.locator("#address .hint")).to_contain_text("save it, and take the file on this page")


async def test_what_a_queue_has_played_becomes_a_draft(
    host: Device, queue: Queue, three: httpx.AsyncClient, author: Author
) -> None:
    for command in ("play", "next", "stop"):
        await three.post(f"command/{command}")
    page = await host.open(f"{at_the_party(queue.address)}/tracklists")
    await page.get_by_text("From a night").click()
    await page.get_by_label("Name of the queue").fill(queue.name)
    await page.get_by_label("Name of the queue").press("Enter")
    await expect(page.locator("#rows .item").first).to_contain_text("0:00")
    await author.done("DELETE", f"/{page.url.partition('#')[2]}")


@pytest.mark.parametrize("size", [PHONE, WALL])
async def test_it_fits_is_named_and_stands_out(
    browser: Browser, queue: Queue, author: Author, size: tuple[int, int]
) -> None:
    rows = [row("One", "0:00", artist="long" * 40), row(HOSTILE, kind="with"), row("Late", "2:00:00.125")]
    made = await author.make(*rows, audio_file_id=RECORDING)
    async with device(browser, size) as laptop:
        page = await opened(await at_the_desk(laptop, queue), queue, made)
        await expect(item(page, 3)).to_contain_text("begins after the recording has ended")
        await page.evaluate("() => document.querySelectorAll('details').forEach((part) => (part.open = true))")
        await item(page, 3).locator(".words").click()
        await expect(page.locator(".sheets > li")).to_have_count(6)
        await is_within_reach(page, size)
        assert await page.evaluate(BURST) == []
        await page.get_by_role("button", name="Change row 3").click()
        await is_within_reach(page, size)
        await page.keyboard.press("Escape")
        await page.get_by_role("link", name="All lists").click()
        await page.get_by_label("The list").fill(PASTED)
        await expect(page.locator("#preview li")).to_have_count(3)
        await is_within_reach(page, size)
    await author.done("DELETE", f"/{made['id']}")

"""The words in time with the music: on the screen of the room, and on the phone of who sings."""

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.pages.conftest import Device, Queue
from tests.pages.test_guest import add

pytestmark = pytest.mark.asyncio(loop_scope="session")

SONG = "Your side (Instrumental)"
#: Of the song, with the ms at which they begin.
FIRST, SECOND = "By your side the street is shorter,", "by your side the rain is late,"
SECOND_MS, THIRD_MS = 12_630, 18_950

PHASES = """async ([lines, at]) => {
    const { phases, timed } = await import("/static/js/lyrics.js");
    const rows = timed(lines);
    return phases(rows, at).map((phase, place) => `${rows[place].text} ${phase}`);
}"""
SUNG_AT = """async ([session, settings, now]) => {
    const { sungAt } = await import("/static/js/lyrics.js");
    return sungAt(session, settings, now);
}"""
LINES = [
    {"at_ms": 1000, "text": "one"},
    {"at_ms": 2000, "text": ""},
    {"at_ms": 3000, "text": "two"},
    {"at_ms": 3000, "text": "zwei"},
    {"at_ms": 4000, "text": "three"},
]


@pytest_asyncio.fixture(loop_scope="session")
async def sung(queue: Queue, host_api: httpx.AsyncClient) -> httpx.AsyncClient:
    """The song is paused in its second line."""
    wish = {"track_id": await track_id(host_api, queue), "performer_name": "Ana"}
    await host_api.post("items", json=wish)
    await host_api.post("command/play")
    await host_api.post("command/pause")
    await seek(host_api, SECOND_MS + 500)
    return host_api


async def track_id(host: httpx.AsyncClient, queue: Queue) -> str:
    found = (await host.get(f"{queue.address}/tracks", params={"q": SONG})).json()["tracks"]
    return str(found[0]["track_id"])


async def seek(host: httpx.AsyncClient, position_ms: int) -> None:
    answer = await host.post("command/seek", json={"position_ms": position_ms})
    assert answer.status_code == 200, answer.text


async def expect_now(page: Page, line: str) -> None:
    await expect(page.locator("[data-when=now]")).to_have_text(line)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (0, ["one next", "two later", "zwei later", "three later"]),
        (1000, ["one now", "two next", "zwei next", "three later"]),
        (2500, ["one past", "two next", "zwei next", "three later"]),
        (3999, ["one past", "two now", "zwei now", "three next"]),
        (10**6, ["one past", "two past", "zwei past", "three now"]),
    ],
)
async def test_a_line_lasts_to_the_next_stamp(sandbox: Page, at: int, expected: list[str]) -> None:
    assert await sandbox.evaluate(PHASES, [LINES, at]) == expected


@pytest.mark.parametrize(
    ("tempo", "offset_ms", "expected"), [(1, 0, 8000), (1.25, 0, 10_000), (1, 500, 7500), (0.5, -1000, 4500)]
)
async def test_the_room_s_time_becomes_the_recording_s(
    sandbox: Page, tempo: float, offset_ms: int, expected: int
) -> None:
    session = {"play_state": "playing", "position_ms": 3000, "position_at_ms": 10_000, "duration_ms": 60_000}
    case = [session | {"tempo": tempo}, {"lyrics_offset_ms": offset_ms}, 15_000]

    assert await sandbox.evaluate(SUNG_AT, case) == expected


async def test_the_screen_shows_the_line_to_sing_and_the_next(
    wall: Device, queue: Queue, sung: httpx.AsyncClient
) -> None:
    page = await wall.open(queue.path("display"))
    await expect_now(page, SECOND)
    words = page.get_by_role("region", name="Lyrics")
    await expect(words.get_by_role("listitem")).to_have_text([FIRST, SECOND, "leave the last word to the piano,"])
    await expect(words).to_have_attribute("aria-live", "off")
    # It is read from five metres: a line is a twelfth of the screen's height
    size = await page.locator("[data-when=now]").evaluate("(line) => parseFloat(getComputedStyle(line).fontSize)")
    assert size / 1080 > 1 / 12
    await seek(sung, THIRD_MS + 500)
    await expect_now(page, "leave the last word to the piano,")
    # And the host moves it to where the sound is
    await sung.put("settings", json={"lyrics_offset_ms": 2000})
    await expect_now(page, SECOND)


async def test_the_words_go_on_with_the_music(wall: Device, queue: Queue, sung: httpx.AsyncClient) -> None:
    page = await wall.open(queue.path("display"))
    await seek(sung, SECOND_MS - 1500)
    await expect_now(page, FIRST)
    await sung.post("command/play")
    await expect_now(page, SECOND)


async def test_words_without_times_stay_off_the_screen(wall: Device, queue: Queue, sung: httpx.AsyncClient) -> None:
    await wall.context.route("**/lyrics", lambda route: route.fulfill(json={"text": "Just words", "lines": None}))
    page = await wall.open(queue.path("display"))
    await expect(page.get_by_role("region", name="Now playing")).to_contain_text(SONG)
    await expect(page.get_by_role("region", name="Lyrics")).to_be_hidden()


async def test_who_sings_next_has_the_words_one_tap_away(
    phone: Device, queue: Queue, host_api: httpx.AsyncClient
) -> None:
    page = await phone.open(queue.path())
    await add(page, SONG, "Ana")
    await page.get_by_role("button", name="Done").click()
    await page.get_by_role("button", name=f"Lyrics: {SONG}").click()
    words = page.get_by_role("dialog", name=f"Lyrics of {SONG}")
    await expect(words).to_contain_text(SECOND)

    # The same sheet follows the music once it plays, and goes with it
    await host_api.post("command/play")
    await host_api.post("command/pause")
    await seek(host_api, SECOND_MS + 500)
    await expect_now(page, SECOND)
    await host_api.post("command/skip")
    await expect(words).to_be_hidden()


async def test_words_without_times_can_be_read_on_the_phone(phone: Device, queue: Queue) -> None:
    await phone.context.route("**/lyrics", lambda route: route.fulfill(json={"text": "Just\nwords", "lines": None}))
    page = await phone.open(queue.path())
    await add(page, SONG, "Ana")
    await page.get_by_role("button", name="Done").click()
    await page.get_by_role("button", name=f"Lyrics: {SONG}").click()
    await expect(page.get_by_role("dialog", name=f"Lyrics of {SONG}")).to_contain_text("Just\nwords")


async def test_who_sings_later_and_who_only_listens_has_no_words(
    phone: Device, queue: Queue, three: httpx.AsyncClient
) -> None:
    page = await phone.open(queue.path())
    await expect(page.locator("#waiting")).to_have_text("3 waiting")
    await add(page, SONG, "Dora")
    await page.get_by_role("button", name="Done").click()
    await expect(page.locator("#mine .ticket")).to_contain_text(SONG)
    await expect(page.locator("#sing")).to_be_hidden()

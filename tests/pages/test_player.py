"""The player's page plays real music in a real <audio>, in time with the session, and never beside another one."""

import httpx
import pytest
from playwright.async_api import Browser, Page, expect

from tests.pages.conftest import Device, Queue, at_the_party, device

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: How far the sound is from where the session says the music is, in ms; null while it does not play.
DRIFT = """async (queue) => {
    const audio = document.getElementById("audio");
    if (audio.paused || audio.seeking || audio.readyState < 3) return null;
    const asked = Date.now();
    const session = await (await fetch(`/sessions/${queue}`)).json();
    const { clock_ms } = await (await fetch("/.well-known/api-queue")).json();
    const offset = clock_ms - Date.now();
    const now = Date.now() + offset;
    return audio.currentTime * 1000 - (session.position_ms + now - session.position_at_ms);
}"""


async def hears(page: Page) -> None:
    """Bytes come and the music moves on."""
    await page.wait_for_function("() => !audio.paused && audio.currentTime > 0.3 && audio.buffered.length > 0")
    before = await page.evaluate("audio.currentTime")
    await page.wait_for_function(f"() => audio.currentTime > {before} + 0.3")


async def silent(page: Page) -> None:
    await page.wait_for_function("() => audio.paused")


async def test_a_queued_track_is_heard(laptop: Device, queue: Queue, three: httpx.AsyncClient) -> None:
    page = await laptop.open(queue.path("player"))
    await three.post("command/play")
    await page.get_by_role("button", name="Start playing here").click()
    await expect(page.get_by_text("Playing here.")).to_be_visible()
    await hears(page)
    assert "/media/tracks/" in await page.evaluate("audio.currentSrc")


async def test_it_is_in_time_with_the_session_also_after_a_seek(
    laptop: Device, queue: Queue, three: httpx.AsyncClient
) -> None:
    page = await laptop.open(queue.path("player"))
    await page.get_by_role("button", name="Start playing here").click()
    await expect(page.get_by_text("Ready.")).to_be_visible()
    await three.post("command/play")
    await hears(page)
    await in_time(page, queue)
    await three.post("command/seek", json={"position_ms": 9000})
    await page.wait_for_function("() => audio.currentTime > 8.9 && !audio.paused")
    await in_time(page, queue)


async def in_time(page: Page, queue: Queue) -> None:
    """Within 300 ms, as soon as it has settled."""
    await page.wait_for_function(
        f"async (queue) => {{ const off = await ({DRIFT})(queue); return off !== null && Math.abs(off) < 300; }}",
        arg=queue.name,
    )


async def test_it_obeys_pause_play_next_and_stop(
    laptop: Device, queue: Queue, three: httpx.AsyncClient, songs: list[str]
) -> None:
    page = await laptop.open(queue.path("player"))
    await three.post("command/play")
    await page.get_by_role("button", name="Start playing here").click()
    await hears(page)
    await three.post("command/pause")
    await silent(page)
    await three.post("command/play")
    await hears(page)
    await three.post("command/next")
    await expect(page.get_by_role("region", name="Now playing")).to_contain_text(songs[1])
    await hears(page)
    await three.post("command/stop")
    await silent(page)
    assert await page.evaluate("audio.getAttribute('src')") is None


async def test_the_end_of_a_track_brings_the_next(
    laptop: Device, queue: Queue, three: httpx.AsyncClient, songs: list[str]
) -> None:
    page = await laptop.open(queue.path("player"))
    await three.post("command/play")
    await page.get_by_role("button", name="Start playing here").click()
    await hears(page)
    items = (await three.get("items")).json()["items"]
    await three.post("command/seek", json={"position_ms": items[0]["track_duration_ms"] - 1500})
    await expect(page.get_by_role("region", name="Now playing")).to_contain_text(songs[1])
    await hears(page)
    assert (await three.get("items")).json()["items"][0]["status"] == "played"


async def test_never_two(browser: Browser, laptop: Device, queue: Queue, three: httpx.AsyncClient) -> None:
    kitchen = await laptop.open(queue.path("player"))
    await three.post("command/play")
    await kitchen.get_by_text("Name of this player").click()
    await kitchen.get_by_label("Name", exact=True).fill("Kitchen")
    await kitchen.get_by_role("button", name="Start playing here").click()
    await hears(kitchen)

    async with device(browser) as other:
        cellar = await other.open(f"{queue.address}/login?next=/queue/{queue.name}/player#token={queue.host_token}")
        await expect(cellar.get_by_text("Another player (Kitchen) is playing.")).to_be_visible()
        await cellar.get_by_role("button", name="Play here instead").click()
        await hears(cellar)
        await silent(kitchen)
        await expect(kitchen.get_by_text("Another player (", exact=False)).to_be_visible()
        assert await kitchen.evaluate("audio.paused")


async def test_it_plays_without_a_secure_context(phone: Device, queue: Queue, three: httpx.AsyncClient) -> None:
    page = await phone.open(
        f"{at_the_party(queue.address)}/login?next=/queue/{queue.name}/player#token={queue.host_token}"
    )
    await three.post("command/play")
    await page.get_by_role("button", name="Start playing here").click()
    await hears(page)
    assert await page.evaluate("isSecureContext") is False


async def test_it_comes_back_after_the_network_was_away(
    laptop: Device, queue: Queue, three: httpx.AsyncClient, songs: list[str]
) -> None:
    page = await laptop.open(queue.path("player"))
    await three.post("command/play")
    await page.get_by_role("button", name="Start playing here").click()
    await hears(page)
    await laptop.context.set_offline(True)
    await expect(page.get_by_text("No connection. Trying again…")).to_be_visible()
    await three.post("command/next")
    await laptop.context.set_offline(False)
    await expect(page.get_by_role("region", name="Now playing")).to_contain_text(songs[1])
    await hears(page)

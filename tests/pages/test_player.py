"""The player's page plays real music in a real <audio>, in time with the session, and never beside another one."""

import asyncio
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page, Route, expect

from api_queue.tracks.parts import Cut, PartService
from api_queue.tracks.store import SqlStore
from api_queue.types import Milliseconds, QueueName
from tests.house import House
from tests.pages.conftest import SOON_MS, Device, Queue, at_the_party, device
from tests.tracks.scissors import Scissors

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: How far the sound is from where the session says the music is, in ms; null while it does not play.
DRIFT = """async (queue) => {
    const audio = [...document.querySelectorAll("audio")].find((audio) => !audio.paused);
    if (!audio || audio.seeking || audio.readyState < 3) return null;
    const asked = Date.now();
    const session = await (await fetch(`/sessions/${queue}`)).json();
    const { clock_ms } = await (await fetch("/.well-known/api-queue")).json();
    const offset = clock_ms - Date.now();
    const now = Date.now() + offset;
    return audio.currentTime * 1000 / session.tempo - (session.position_ms + now - session.position_at_ms);
}"""
#: Of the two <audio> the one that sounds; of the other one what it has ready.
SOUNDING = "[...document.querySelectorAll('audio')].find((audio) => !audio.paused)"
READY = "[...document.querySelectorAll('audio')].find((audio) => audio.paused && audio.readyState > 2)"

#: How many heartbeats were on their way at a time.
HEARTBEATS = """(() => {
    const { fetch } = window;
    let now = 0;
    window.most = 0;
    window.fetch = (address, request) => {
        if (!address.endsWith("/heartbeat")) return fetch(address, request);
        window.most = Math.max(window.most, ++now);
        return fetch(address, request).finally(() => { now -= 1; });
    };
})()"""

#: Where in the file a sound was stopped.
STOPS = """() => {
    window.stops = [];
    for (const audio of document.querySelectorAll("audio"))
        audio.addEventListener("pause", () => window.stops.push(audio.currentTime));
}"""


async def hears(page: Page) -> None:
    """Bytes come and the music moves on."""
    await page.wait_for_function(f"() => {SOUNDING}?.currentTime > 0.3 && {SOUNDING}.buffered.length > 0")
    before = await page.evaluate(f"{SOUNDING}.currentTime")
    await page.wait_for_function(f"() => {SOUNDING}?.currentTime > {before} + 0.3")


async def silent(page: Page) -> None:
    await page.wait_for_function(f"() => !{SOUNDING}")


async def test_a_queued_track_is_heard_without_a_secure_context(
    phone: Device, queue: Queue, three: httpx.AsyncClient, songs: list[str]
) -> None:
    page = await phone.open(
        f"{at_the_party(queue.address)}/login?next=/queue/{queue.name}/player#token={queue.host_token}"
    )
    await three.post("command/play")
    await page.get_by_role("button", name="Start playing here").click()
    await expect(page.get_by_text("Playing here.")).to_be_visible()
    await hears(page)
    assert await page.evaluate("isSecureContext") is False
    assert "/media/tracks/" in await page.evaluate(f"{SOUNDING}.currentSrc")
    # And the lock screen shows it
    await page.wait_for_function("(song) => navigator.mediaSession.metadata?.title === song", arg=songs[0])
    assert await page.evaluate("navigator.mediaSession.playbackState") == "playing"


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
    await page.wait_for_function(f"() => {SOUNDING}?.currentTime > 8.9")
    await in_time(page, queue)


async def in_time(page: Page, queue: Queue) -> None:
    """Within 300 ms, as soon as it has settled."""
    await page.wait_for_function(
        f"async (queue) => {{ const off = await ({DRIFT})(queue); return off !== null && Math.abs(off) < 300; }}",
        arg=queue.name,
    )


async def playing(laptop: Device, queue: Queue, three: httpx.AsyncClient) -> Page:
    """A player that is heard."""
    page = await laptop.open(queue.path("player"))
    await three.post("command/play")
    await page.get_by_role("button", name="Start playing here").click()
    await hears(page)
    return page


async def test_it_obeys_pause_play_next_and_stop(
    laptop: Device, queue: Queue, three: httpx.AsyncClient, songs: list[str]
) -> None:
    page = await playing(laptop, queue, three)
    await three.post("command/pause")
    await silent(page)
    await three.post("command/play")
    await hears(page)
    await three.post("command/next")
    await expect(page.get_by_role("region", name="Now playing")).to_contain_text(songs[1])
    await hears(page)
    await three.post("command/stop")
    await silent(page)
    assert await page.evaluate("[...document.querySelectorAll('audio')].map((audio) => audio.getAttribute('src'))") == [
        None,
        None,
    ]


async def test_the_end_of_a_track_brings_the_next(
    laptop: Device, queue: Queue, three: httpx.AsyncClient, songs: list[str]
) -> None:
    page = await playing(laptop, queue, three)
    items = (await three.get("items")).json()["items"]
    await three.post("command/seek", json={"position_ms": items[0]["track_duration_ms"] - 1500})
    await expect(page.get_by_role("region", name="Now playing")).to_contain_text(songs[1])
    await hears(page)
    assert (await three.get("items")).json()["items"][0]["status"] == "played"


async def test_a_part_of_a_recording_begins_and_ends_where_it_was_cut(
    laptop: Device, queue: Queue, house: House, host_api: httpx.AsyncClient
) -> None:
    recording = (await host_api.get(f"{queue.address}/tracks")).json()["tracks"][0]["track_id"]
    second = Cut(number=2, start_ms=Milliseconds(5_000), end_ms=Milliseconds(8_000), title="Second")
    third = Cut(number=3, start_ms=Milliseconds(12_000), title="Third")
    parts = Scissors(house.parts.engine, PartService(SqlStore(house.parts.engine), house.parts.library))
    for part in await parts.cut(recording, (second, third)):
        await host_api.post("items", json={"track_id": part, "performer_name": "Ana"})
    try:
        page = await laptop.open(queue.path("player"))
        await page.evaluate(STOPS)
        await host_api.post("command/play")
        await page.get_by_role("button", name="Start playing here").click()
        await page.wait_for_function(f"() => {SOUNDING}?.currentTime >= 5")
        await expect(page.get_by_role("region", name="Now playing")).to_contain_text("Third")
        await page.wait_for_function(f"() => {SOUNDING}?.currentTime >= 12")
        # How soon behind its end is tried in `test_deck.py`, where nothing else keeps the page busy
        assert (await page.evaluate("stops"))[0] >= 8
        assert (await host_api.get("items")).json()["items"][0]["status"] == "played"
    finally:
        await parts.join(recording)


async def test_it_comes_back_after_the_network_was_away(
    laptop: Device, queue: Queue, three: httpx.AsyncClient, songs: list[str]
) -> None:
    page = await playing(laptop, queue, three)
    await laptop.context.set_offline(True)
    await expect(page.get_by_text("No connection. Trying again…")).to_be_visible()
    await three.post("command/next")
    await laptop.context.set_offline(False)
    await expect(page.get_by_role("region", name="Now playing")).to_contain_text(songs[1])
    await hears(page)


async def another(browser_device: Device, queue: Queue) -> Page:
    """The host's player on one more device."""
    return await browser_device.open(f"{queue.address}/login?next=/queue/{queue.name}/player#token={queue.host_token}")


async def devices(three: httpx.AsyncClient, queue: Queue) -> dict[str, dict[str, Any]]:
    """Those of the queue, by their names."""
    listed = (await three.get(f"{queue.address}/devices", params={"queue": queue.name})).json()["devices"]
    return {each["device_name"]: each for each in listed}


async def first_device(three: httpx.AsyncClient, queue: Queue) -> dict[str, Any]:
    """A page registers by itself, a moment after it is there."""
    async with asyncio.timeout(SOON_MS / 1000):
        while True:
            for device in (await devices(three, queue)).values():
                return device
            await asyncio.sleep(0.05)


async def choose(three: httpx.AsyncClient, queue: Queue, device_id: str) -> None:
    answer = await three.post(f"{queue.address}/sessions/{queue.name}/speaker", json={"device_id": device_id})
    assert answer.status_code == 200


async def test_never_two_and_a_spare_starts_by_itself_when_it_is_chosen(
    browser: Browser, laptop: Device, queue: Queue, three: httpx.AsyncClient
) -> None:
    kitchen = await laptop.open(queue.path("player"))
    await three.post("command/play")
    await kitchen.get_by_text("Name of this player").click()
    await kitchen.get_by_label("Name", exact=True).fill("Kitchen")
    await kitchen.get_by_role("button", name="Start playing here").click()
    await hears(kitchen)
    [first] = (await devices(three, queue)).values()
    assert (first["active"], first["connected"], first["kind"]) == (True, True, "speaker")

    async with device(browser) as other:
        cellar = await another(other, queue)
        await cellar.get_by_role("button", name="Only stand by").click()
        await expect(cellar.get_by_text("Another player (Kitchen) is playing. This one stands by.")).to_be_visible()
        [_, second] = (await three.get(f"{queue.address}/devices", params={"queue": queue.name})).json()["devices"]
        await choose(three, queue, second["device_id"])
        await hears(cellar)
        await silent(kitchen)
        # And the one that has lost it takes it back by its button
        await expect(kitchen.get_by_text("Another player (")).to_be_visible()
        await kitchen.get_by_role("button", name="Play here instead").click()
        await hears(kitchen)
        await silent(cellar)


async def test_a_name_that_is_given_while_the_page_registers_is_not_lost(laptop: Device, queue: Queue) -> None:
    asked, go = asyncio.Event(), asyncio.Event()

    async def held_back(route: Route) -> None:
        asked.set()
        await go.wait()
        await route.continue_()

    # Given a page whose registering is on its way, when it gets a name
    await laptop.context.route("**/devices/register", held_back)
    page = await laptop.open(queue.path("player"))
    await asked.wait()
    await page.get_by_text("Name of this player").click()
    await page.get_by_label("Name", exact=True).fill("Kitchen")
    await page.get_by_label("Name", exact=True).press("Tab")
    go.set()
    # Then it is known by that
    await page.wait_for_function(
        "async (all) => (await (await fetch(all)).json()).devices[0]?.device_name === 'Kitchen'",
        arg=f"/devices?queue={queue.name}",
    )


async def test_its_heartbeats_go_one_by_one(laptop: Device, queue: Queue, three: httpx.AsyncClient) -> None:
    await laptop.context.add_init_script(HEARTBEATS)
    page = await playing(laptop, queue, three)
    assert await page.evaluate("most") == 1


async def test_a_chosen_page_that_may_not_sound_yet_asks_for_one_tap(
    laptop: Device, queue: Queue, three: httpx.AsyncClient
) -> None:
    page = await laptop.open(queue.path("player"))
    await expect(page.get_by_role("button", name="Start playing here")).to_be_visible()
    await three.post("command/play")
    there = await first_device(three, queue)
    await choose(three, queue, there["device_id"])
    await expect(page.get_by_text("This player was chosen.")).to_be_visible()
    await page.get_by_role("button", name="Tap to hear it").click()
    await hears(page)


async def test_a_page_that_goes_lets_go_and_says_why_it_waits_when_it_is_back(
    laptop: Device, queue: Queue, house: House, three: httpx.AsyncClient
) -> None:
    page = await playing(laptop, queue, three)
    await page.reload()
    await page.wait_for_function(
        "async (queue) => (await (await fetch(`/sessions/${queue}`)).json()).active_device_id === null", arg=queue.name
    )
    await expect(page.get_by_role("button", name="Tap to hear it")).to_be_visible()
    await house.parts.playback.attend(QueueName(queue.name))
    await expect(page.get_by_text("The music is paused: the speaker was lost.")).to_be_visible()
    await page.get_by_role("button", name="Tap to hear it").click()
    await hears(page)


async def test_the_next_track_is_ready_before_its_turn(laptop: Device, queue: Queue, three: httpx.AsyncClient) -> None:
    page = await playing(laptop, queue, three)
    await page.wait_for_function(f"() => {READY}")
    ready = await page.evaluate(f"{READY}.currentSrc")
    await three.post("command/next")
    await page.wait_for_function(f"(ready) => {SOUNDING}?.currentSrc === ready", arg=ready)


async def test_tempo_and_volume_are_played_and_a_key_that_cannot_be_is_said(
    laptop: Device, queue: Queue, host_api: httpx.AsyncClient, songs: list[str]
) -> None:
    found = (await host_api.get(f"{queue.address}/tracks", params={"q": songs[0]})).json()["tracks"]
    wish = {"track_id": found[0]["track_id"], "performer_name": "Ana", "tempo": 1.25, "key_shift": -2}
    assert (await host_api.post("items", json=wish)).status_code == 201
    page = await laptop.open(queue.path("player"))
    await host_api.post("command/play")
    await page.get_by_role("button", name="Start playing here").click()
    await hears(page)
    await in_time(page, queue)
    rate, pitch = await page.evaluate(f"[{SOUNDING}.playbackRate, {SOUNDING}.preservesPitch]")
    assert (rate > 1.15, pitch) == (True, True)
    await expect(page.get_by_text("2 semitones lower is asked for; a browser cannot change the key")).to_be_visible()
    await page.get_by_label("Volume").fill("40")
    await page.wait_for_function(f"() => {SOUNDING}.volume > 0 && {SOUNDING}.volume <= 0.4")
    session = (await host_api.get(f"{queue.address}/sessions/{queue.name}")).json()
    assert session["volume"] == 40


async def test_whoever_is_no_host_is_let_in_by_a_code_and_plays(
    phone: Device, queue: Queue, three: httpx.AsyncClient
) -> None:
    page = await phone.open(queue.path("player"))
    await page.get_by_role("button", name="Ask to play here").click()
    await expect(page.locator("#code")).not_to_be_empty()
    code = await page.locator("#code").text_content()
    assert (await three.post(f"devices/requests/{code}")).status_code == 204
    await expect(page.get_by_text("Ready. The host can choose this player.")).to_be_visible(timeout=SOON_MS)
    [there] = (await devices(three, queue)).values()
    await three.post("command/play")
    await choose(three, queue, there["device_id"])
    await hears(page)
    await expect(page.get_by_label("Volume")).to_be_hidden()


async def test_a_player_that_the_host_takes_off_falls_silent(
    laptop: Device, queue: Queue, three: httpx.AsyncClient
) -> None:
    page = await playing(laptop, queue, three)
    [there] = (await devices(three, queue)).values()
    await three.delete(f"{queue.address}/devices/{there['device_id']}", params={"queue": queue.name})
    await silent(page)
    await expect(page.get_by_text("The host has taken this player off.")).to_be_visible(timeout=SOON_MS)

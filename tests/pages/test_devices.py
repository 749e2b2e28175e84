"""The host's page as the place where the speaker is chosen: devices, those that ask to be let in, how it plays."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, Route, expect

from api_queue.types import QueueName
from tests.house import House
from tests.pages.conftest import Device, Queue

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def register(host_api: httpx.AsyncClient, queue: Queue, name: str, kind: str = "speaker") -> str:
    """A device that is there; its id."""
    wish = {"queue": queue.name, "device_name": name, "device_platform": "linux arm64", "kind": kind}
    answer = await host_api.post(f"{queue.address}/devices/register", json=wish)
    assert answer.status_code == 201
    return str(answer.json()["device"]["device_id"])


async def ask(house: House, queue: Queue, name: str, kind: str = "speaker") -> Mapping[str, Any]:
    """A device that nobody knows asks to be let in; its code and its claim."""
    async with house.nobody() as stranger:
        wish = {"queue": queue.name, "device_name": name, "kind": kind}
        answer = await stranger.post("/devices/register", json=wish)
    assert answer.status_code == 202
    asked: Mapping[str, Any] = answer.json()
    return asked


async def claimed(house: House, asked: Mapping[str, Any]) -> httpx.Response:
    async with house.nobody() as stranger:
        return await stranger.post("/devices/claim", json={"claim": asked["claim"]})


async def session_of(queue: Queue) -> dict[str, Any]:
    async with httpx.AsyncClient() as client:
        session: dict[str, Any] = (await client.get(f"{queue.address}/sessions/{queue.name}")).json()
    return session


def speaker(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=name).first


async def test_one_tap_chooses_the_speaker(laptop: Device, queue: Queue, host_api: httpx.AsyncClient) -> None:
    await register(host_api, queue, "Kitchen")
    cellar = await register(host_api, queue, "Cellar")
    page = await laptop.open(queue.path("admin"))
    await speaker(page, "Cellar").click()
    await expect(speaker(page, "Cellar")).to_have_attribute("aria-pressed", "true")
    await expect(speaker(page, "Kitchen")).to_have_attribute("aria-pressed", "false")
    assert (await session_of(queue))["active_device_id"] == cellar


async def test_a_device_that_comes_and_goes_is_seen(laptop: Device, queue: Queue, host_api: httpx.AsyncClient) -> None:
    page = await laptop.open(queue.path("admin"))
    await expect(page.get_by_text("No speaker is there.")).to_be_visible()
    kitchen = await register(host_api, queue, "Kitchen")
    await expect(speaker(page, "Kitchen")).to_contain_text("ready, linux arm64")
    await expect(page.get_by_text("No speaker is there.")).to_be_hidden()
    gone = await host_api.delete(f"{queue.address}/devices/{kitchen}", params={"queue": queue.name})
    assert gone.status_code == 204
    await expect(page.locator("#devices .device")).to_have_count(0)


async def test_without_a_speaker_the_page_says_how_to_start_one(laptop: Device, queue: Queue) -> None:
    page = await laptop.open(queue.path("admin"))
    await expect(page.locator("#command")).to_contain_text(f"speaker --server {queue.address} --queue {queue.name}")
    link = page.get_by_role("link", name="Open the player")
    await expect(link).to_have_attribute("href", f"/queue/{queue.name}/player")


async def test_a_screen_is_listed_and_cannot_be_chosen(
    laptop: Device, queue: Queue, host_api: httpx.AsyncClient
) -> None:
    await register(host_api, queue, "Wall", "screen")
    page = await laptop.open(queue.path("admin"))
    await expect(speaker(page, "Wall")).to_contain_text("connected, screen")
    await expect(speaker(page, "Wall")).to_be_disabled()


async def test_the_order_of_taking_over(laptop: Device, queue: Queue, host_api: httpx.AsyncClient) -> None:
    kitchen = await register(host_api, queue, "Kitchen")
    cellar = await register(host_api, queue, "Cellar")
    page = await laptop.open(queue.path("admin"))
    names = page.locator("#devices strong")
    await expect(names).to_have_text(["Kitchen", "Cellar"])
    await page.get_by_role("button", name="More for Cellar").click()
    await page.get_by_role("button", name="Take over earlier").click()
    await expect(names).to_have_text(["Cellar", "Kitchen"])
    assert (await host_api.get("settings")).json()["devices"] == [cellar, kitchen]

    await page.get_by_role("button", name="More for Cellar").click()
    await page.get_by_role("button", name="Never let it play here").click()
    await expect(speaker(page, "Cellar")).to_contain_text("not allowed to play")
    await expect(speaker(page, "Cellar")).to_be_disabled()
    assert (await host_api.get("settings")).json()["devices"] == [kitchen]


async def test_a_device_is_taken_off(laptop: Device, queue: Queue, host_api: httpx.AsyncClient) -> None:
    await register(host_api, queue, "Kitchen")
    page = await laptop.open(queue.path("admin"))
    await page.get_by_role("button", name="More for Kitchen").click()
    await page.get_by_role("button", name="Take it off").click()
    await expect(page.locator("#devices .device")).to_have_count(0)
    listed = await host_api.get(f"{queue.address}/devices", params={"queue": queue.name})
    assert listed.json()["devices"] == []


async def test_a_device_that_asks_is_let_in(laptop: Device, queue: Queue, house: House) -> None:
    asked = await ask(house, queue, "Garden hut")
    page = await laptop.open(queue.path("admin"))
    await expect(page.locator(".request")).to_contain_text("Garden hut")
    await expect(page.locator(".request .code")).to_have_text(asked["code"])
    await page.get_by_role("button", name="Let in").click()
    await expect(page.locator(".request")).to_have_count(0)
    assert (await claimed(house, asked)).status_code == 201
    await expect(speaker(page, "Garden hut")).to_contain_text("ready")


async def test_a_device_that_asks_is_refused(laptop: Device, queue: Queue, house: House) -> None:
    asked = await ask(house, queue, "The neighbours")
    page = await laptop.open(queue.path("admin"))
    await page.get_by_role("button", name="Refuse").click()
    await expect(page.locator(".request")).to_have_count(0)
    assert (await claimed(house, asked)).status_code == 403


async def test_shuffle_repeat_and_volume(laptop: Device, queue: Queue, three: httpx.AsyncClient) -> None:
    page = await laptop.open(queue.path("admin"))
    await page.get_by_role("button", name="Shuffle").click()
    await expect(page.get_by_role("button", name="Shuffle")).to_have_attribute("aria-pressed", "true")
    for mode in ("Repeat all", "Repeat one", "Repeat"):
        await page.locator("#repeat").click()
        await expect(page.locator("#repeat")).to_have_text(mode)
    async with page.expect_response("**/options"):
        await page.get_by_role("slider", name="Volume").fill("35")
    session = await session_of(queue)
    assert (session["shuffle"], session["repeat_mode"], session["volume"]) == (True, "off", 35)


async def test_the_host_is_told_that_the_speaker_was_lost_and_another_goes_on(
    laptop: Device, queue: Queue, house: House, three: httpx.AsyncClient
) -> None:
    kitchen = await register(three, queue, "Kitchen")
    await three.post(f"{queue.address}/sessions/{queue.name}/speaker", json={"device_id": kitchen})
    await three.post("command/play")
    session = await session_of(queue)
    beat = {"queue": queue.name, "device_id": kitchen}
    await three.patch(f"{queue.address}/devices/heartbeat", json={**beat, "generation": session["generation"]})
    page = await laptop.open(queue.path("admin"))
    await expect(speaker(page, "Kitchen")).to_have_attribute("aria-pressed", "true")

    await three.patch(f"{queue.address}/devices/heartbeat", json=beat)
    await house.parts.playback.attend(QueueName(queue.name))
    await expect(page.get_by_role("alert").first).to_contain_text("The speaker was lost, and the music waits.")

    await register(three, queue, "Cellar")
    await speaker(page, "Cellar").click()
    await expect(page.get_by_role("alert").first).to_be_hidden()
    assert (await session_of(queue))["play_state"] == "playing"


async def test_who_is_away_stands_last_and_music_that_nobody_hears_is_said(
    laptop: Device, queue: Queue, three: httpx.AsyncClient
) -> None:
    # Given a speaker that is away, and one that is there
    async def without_the_kitchen(route: Route) -> None:
        answer: dict[str, list[dict[str, Any]]] = await (await route.fetch()).json()
        for device in answer["devices"]:
            device["connected"] = device["device_name"] != "Kitchen"
        await route.fulfill(json=answer)

    await laptop.context.route("**/devices?queue=*", without_the_kitchen)
    await register(three, queue, "Kitchen")
    cellar = await register(three, queue, "Cellar")
    page = await laptop.open(queue.path("admin"))
    await expect(page.locator("#devices strong")).to_have_text(["Cellar", "Kitchen"])
    # When that one goes too, and the music plays
    await three.delete(f"{queue.address}/devices/{cellar}", params={"queue": queue.name})
    await three.post("command/play")
    # Then the host is told, and led to where the next one can be started
    await expect(page.get_by_role("alert").first).to_contain_text("No speaker is on, so nobody hears it.")
    await page.get_by_role("link", name="To the speakers").click()
    await page.get_by_role("link", name="Open the player").click(trial=True)


async def test_a_helper_chooses_no_speaker(phone: Device, queue: Queue, host_api: httpx.AsyncClient) -> None:
    key = (await host_api.post("invite", json={"role": "helper"})).json()["token"]
    page = await phone.open(f"{queue.address}/login#token={key}")
    await expect(page.get_by_role("heading", name="The queue is empty")).to_be_visible()
    await expect(page.get_by_text("Speakers", exact=True)).to_be_hidden()

"""The server is killed and started again under the open pages: they say so, and go on by themselves."""

import signal
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, expect

from tests.live import LiveServer, live_server, until
from tests.pages.conftest import SOON_MS, device
from tests.pages.test_player import hears, silent

pytestmark = pytest.mark.asyncio(loop_scope="session")


def add_songs(server: LiveServer) -> None:
    with server.client() as guest:
        until(lambda: guest.get("/tracks").json()["total"] == 10, "the scan of the demo music")
        for track in guest.get("/tracks").json()["tracks"][:6]:
            wish = {"track_id": track["track_id"], "performer_name": "Ada"}
            assert guest.post("/queue/party/items", json=wish).status_code == 201


async def test_a_player_and_a_guest_outlive_the_server(browser: Browser, tmp_path: Path) -> None:
    with live_server(tmp_path) as server:
        add_songs(server)
        port, link = urlsplit(server.url).port, (server.data / "admin-link").read_text().strip()
        async with device(browser) as host, device(browser) as phone:
            guest = await phone.open(f"{server.url}/queue/party/")
            login = await host.open(link)
            await login.wait_for_url("**/queue/party/admin")
            await host.context.request.put(f"{server.url}/queue/party/settings", data={"track_space": 1})
            player = await host.open(f"{server.url}/queue/party/player")
            await player.get_by_role("button", name="Start playing here").click()
            await login.get_by_role("button", name="Play", exact=True).click()
            await hears(player)

            server.end(signal.SIGKILL)
            await expect(guest.get_by_text("No connection. Trying again…")).to_be_visible()
            await hears(player)  # no other speaker is allowed, so it plays on
            with live_server(tmp_path, "--port", f"{port}") as again:
                assert again.url == server.url
                banner = guest.get_by_text("No connection. Trying again…")
                await expect(banner).to_be_hidden(timeout=2 * SOON_MS)
                await expect(login.locator("#items .now")).to_be_visible()
                await hears(player)
                await login.get_by_role("button", name="Pause", exact=True).click()
                await silent(player)

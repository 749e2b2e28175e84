"""`tests.live` for tests that wait for many things at once: clients of every role, processes by name, ports."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.live import LiveServer
from tests.serving import NO_TLS


class Live:
    def __init__(self, server: LiveServer) -> None:
        found = {urlsplit(address).scheme: address for address in server.ready_line.split()[1:]}
        self.server = server
        self.data = server.data
        self.url = server.url
        self.mqtt_port = urlsplit(found.get("mqtt", "")).port or 0

    def guest(self, number: int = 1) -> httpx.AsyncClient:
        return self._client(cookies={"session_id": f"guest-number-{number:012}"})

    async def admin(self) -> httpx.AsyncClient:
        """By the link that `serve` leaves beside the data when it has no terminal to print it to."""
        link = (self.data / "admin-link").read_text().strip()
        async with self._client() as client:
            answer = await client.post("/auth", json={"code": link.partition("#code=")[2]})
        assert answer.status_code == 200, answer.text
        return self._client(headers={"Authorization": f"Bearer {answer.json()['access_token']}"})

    def _client(self, **options: object) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, timeout=20, verify=NO_TLS, **options)  # type: ignore[arg-type]

    def pids(self, part: str) -> list[int]:
        """Of the processes whose name contains `part`: aq-web, relay, conductor, redis-server, mosquitto."""
        return [pid for name, pid in self.server.processes().items() if part in name]

    def kill(self, part: str) -> int:
        pid = self.pids(part)[0]
        os.kill(pid, signal.SIGKILL)
        return pid


@asynccontextmanager
async def a_live_server(folder: Path, *options: str, config: str = "") -> AsyncIterator[Live]:
    """Stopped by SIGTERM; whoever is left after that fails the test."""
    (folder / "test.toml").write_text(config)
    server = LiveServer(folder, "--config", str(folder / "test.toml"), *options)
    try:
        await asyncio.to_thread(server.wait_until_ready)
        yield Live(server)
    finally:
        if server.process.poll() is None:
            await asyncio.to_thread(server.end)

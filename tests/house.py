"""A whole server for a test: real Redis, real SQLite, real library, in the test's own event loop."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sanic import Sanic

from api_queue.app import create_app
from api_queue.drivers.clock import Clock
from api_queue.drivers.sql import url_of
from api_queue.migrations import upgrade_database
from api_queue.parts import Parts
from api_queue.settings import Settings
from api_queue.tracks.paths import to_text
from api_queue.tracks.tasks import ScanItem
from api_queue.types import QueueName
from tests.serving import NO_TLS, serving
from tests.tasks import run_task

#: Nobody is there. A test that needs the site of tracklists names one of its own, and none asks the real one.
NO_SITE = {"tracklists_base_url": "http://127.0.0.1:1", "tracklists_retries": 0, "tracklists_delay_s": 0.0}
#: A failed test says what failed, not all that was asked.
QUIET = {"log_requests": "off"}
GENEROUS = {"rate_adds_per_minute": 100_000, "rate_address_per_minute": 100_000, "rate_control_per_minute": 100_000}


@dataclass
class House:
    """`parts` are the server's own kind, for looking behind the scenes."""

    url: str
    app: "Sanic[Any, Any]"
    parts: Parts
    admin_token: str

    def guest(self, number: int = 1) -> httpx.AsyncClient:
        return self._client(cookies={"session_id": f"guest-number-{number:012}"})

    def admin(self) -> httpx.AsyncClient:
        return self._client(headers={"Authorization": f"Bearer {self.admin_token}"})

    def nobody(self) -> httpx.AsyncClient:
        return self._client()

    def _client(self, **options: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.url, timeout=20, verify=NO_TLS, **options)


def house_settings(redis_url: str, data: Path, **changes: Any) -> Settings:
    defaults: dict[str, Any] = {"redis_url": redis_url, "data": data, "library_roots": ()}
    defaults |= {**NO_SITE, **GENEROUS, **QUIET}
    return Settings(**(defaults | changes))


async def furnish(redis_url: str, data: Path, **changes: Any) -> None:
    """Tables, and the demo library scanned: what takes a second and is the same for every test."""
    settings = house_settings(redis_url, data, **changes)
    await upgrade_database(url_of("", data))
    parts = Parts(settings)
    scan, _ = parts.library_tasks.types()
    await run_task(scan, *(ScanItem(to_text(f"{root}")) for root in parts.library_roots))
    await parts.close()


@asynccontextmanager
async def a_house(
    redis_url: str, furnished: Path, data: Path, clock: Clock | None = None, **changes: Any
) -> AsyncIterator[House]:
    """With the demo library and the queue `party`."""
    shutil.copytree(furnished, data, dirs_exist_ok=True)
    settings = house_settings(redis_url, data, **changes)
    parts = Parts(settings, clock)
    try:
        await parts.redis.call("INCR", "tracks:version")
        await parts.queues.ensure(QueueName("party"), "Party")
        _, admin_token = await parts.tokens.create("admin", label="test")
        app = create_app(settings, clock)
        async with serving(app) as url:
            yield House(url, app, parts, admin_token)
    finally:
        await parts.close()

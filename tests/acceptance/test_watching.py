"""One server as its operator sees it: figures of all processes, their health, and lines that name a request."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec

from tests.acceptance.live import Live, a_live_server
from tests.monitoring.scraping import families
from tests.stream.waiting import PATIENCE_S

#: A busy one is slow.
OF_THE_MACHINE = {"disk", "redis", "sql"}
PROCESSES = {"web-0", "web-1", "relay", "conductor", "worker"}


async def test_one_server_seen_from_outside(tmp_path: Path) -> None:
    async with a_live_server(tmp_path, "--workers", "2") as live, await live.admin() as admin:
        # One scrape answers for all processes
        began = await once(admin, lambda seen: seen.keys() == PROCESSES)
        # And all is well, but that nobody has made a backup
        parts = await once_well(admin)
        assert parts["backup"]["todo"] == "Make one: python -m api_queue backup DIR"
        # When the relay is killed, then the next one has its place, and nothing of the dead one is left
        live.kill("relay")
        seen = await once(admin, lambda seen: seen.get("relay", 0) > began["relay"])
        assert seen.keys() == PROCESSES
        # And a request is found again in the log by the id that it was given
        answer = await admin.get("/queue/party/items.json?token=hidden", headers={"X-Request-ID": "find-me"})
        assert answer.headers["x-request-id"] == "find-me"
    lines = [line for line in logged(live) if line.get("request_id") == "find-me"]
    assert [(line["event"], line["route"], line["role"]) for line in lines] == [
        ("request", "/queue/<name>/items.json", "admin")
    ]
    assert "hidden" not in live.server.err.read_text()


async def once(admin: httpx.AsyncClient, holds: Callable[[dict[str, float]], bool]) -> dict[str, float]:
    """Since when each process runs, as soon as it is as wanted."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if holds(seen := await running_since(admin)):
                return seen
            await asyncio.sleep(0.2)


async def once_well(admin: httpx.AsyncClient) -> dict[str, dict[str, str]]:
    """Who leads and is connected says so a moment after it has begun."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            parts: dict[str, dict[str, str]] = (await admin.get("/api/v1/admin/health")).json()["components"]
            if {part for part, found in parts.items() if found["status"] != "ok"} <= {"backup", *OF_THE_MACHINE}:
                return parts
            await asyncio.sleep(0.2)


async def running_since(admin: httpx.AsyncClient) -> dict[str, float]:
    metrics = {family.name: family for family in families((await admin.get("/metrics")).text)}
    return {sample.labels["process"]: sample.value for sample in metrics["process_since_seconds"].samples}


def logged(live: Live) -> list[dict[str, object]]:
    return [msgspec.json.decode(line) for line in live.server.err.read_text().splitlines() if line.startswith("{")]

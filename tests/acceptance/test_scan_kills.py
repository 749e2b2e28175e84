"""kill -9 of the worker and of Redis in the middle of a scan: it ends by itself, with the same result."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.acceptance.live import a_live_server
from tests.tracks.flacs import song

CONFIG = "[library]\nwatch = 'off'\n[jobs]\nvisibility_s = 2\n"
SONGS = 3000
DAMAGED = range(25, SONGS, 300)


def fill(music: Path) -> None:
    for number in range(SONGS):
        path = music / f"{number // 100:02}" / f"{number:04}.flac"
        song(f"Song {number}", "Band").write(path)
        if number in DAMAGED:
            path.write_bytes(b"fLaC and no more")


async def test_a_scan_ends_with_the_same_result_whatever_is_killed(tmp_path: Path) -> None:
    # Given a server that has just begun to scan
    music = tmp_path / "music"
    music.mkdir()
    options = ("--workers", "1", "--music", str(music))
    async with a_live_server(tmp_path, *options, config=CONFIG) as live, await live.admin() as admin:
        await asyncio.to_thread(fill, music)
        task = (await admin.post("/library/scan")).json()["task_id"]
        # When the worker is killed in the middle of it, and then Redis
        await reached(admin, task, lambda state: state["completed_items"] >= 2)
        live.kill("aq-worker")
        await reached(admin, task, lambda state: state["completed_items"] >= 5)
        live.kill("redis-server")
        found = await reached(admin, task, is_over)
        # Then it ends by itself, with an item for each damaged file, and the others are tracks
        failed = (await admin.get(f"/api/queues/{task}", params={"status": "failed"})).json()["items"]
        assert [item["error"] for item in failed if "no readable FLAC" not in item["error"]] == []
        assert (found["status"], found["failed_items"]) == ("failed", len(DAMAGED))
        totals = (await admin.get("/library")).json()["totals"]
        assert (totals["tracks"], totals["faults"]) == (SONGS - len(DAMAGED), len(DAMAGED))


def is_over(task: dict[str, Any]) -> bool:
    return task["status"] not in {"queued", "running"}


async def reached(admin: httpx.AsyncClient, task: int, state: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            answer = await admin.get(f"/api/queues/{task}", params={"limit": 0})
            if answer.status_code == 200 and state(answer.json()):
                return dict(answer.json())
            await asyncio.sleep(0.02)

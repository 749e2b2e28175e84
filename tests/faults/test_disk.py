"""A disk that is full, and one that has failed: nobody loses what was answered, all look and hear, and it passes."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from api_queue.drivers.embedded_redis import EmbeddedRedis
from api_queue.drivers.redis import connect
from tests.acceptance.live import Live, a_live_server
from tests.acceptance.sessions import Device, add, choose, control, register, session
from tests.faults.party import add_one, adds, become, has_music, waiting
from tests.faults.small_disk import MIB, close, fail, failing_disk, fill, mounted, small_disk

KEPT_FREE_MB = 16
CONFIG = f"workers = 1\ndisk_kept_free_mb = {KEPT_FREE_MB}\n"


@asynccontextmanager
async def a_party(folder: Path) -> AsyncIterator[tuple[Live, httpx.AsyncClient, httpx.AsyncClient, Device, list[str]]]:
    """The server, a guest, a host and the speaker; music plays, and two more items wait."""
    async with a_live_server(folder, config=CONFIG) as live, await live.admin() as host, live.guest() as guest:
        await become(lambda: has_music(guest), "music")
        items = await add(host, 3)
        speaker = await register(host, live.guest(9), "kitchen")
        await choose(host, "kitchen")
        await control(host, "play")
        async with speaker.client:
            yield live, guest, host, speaker, items


def is_refused(answer: httpx.Response, code: str) -> bool:
    return (answer.status_code, answer.json()["code"], "retry-after" in answer.headers) == (503, code, True)


async def test_a_disk_that_fills_up_stops_guests_and_not_the_music_and_loses_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 128) as disk:
        async with a_party(disk) as (live, guest, host, speaker, items):
            # When hardly any room is left: guests are refused, and the host's part and the speaker's goes on
            filling = fill(disk, leave=KEPT_FREE_MB * MIB // 2)
            assert is_refused(await add_one(guest), "disk_full")
            assert await waiting(guest) == items
            generation = (await session(host))["generation"]
            assert (await speaker.beat(generation)).status_code == 200
            assert (await control(host, "next"))["item_id"] == items[1]
            address = await speaker.address()
            # When there is none at all: whoever writes is refused, whoever reads is not, and the music can be read
            filling.unlink()
            filling = fill(disk, leave=0)
            await become(lambda: _refuses(host), "refusal")
            await become(lambda: _shows(guest, items), "a list")
            music = await guest.get(address, headers={"Range": "bytes=0-3"})
            assert (music.status_code, music.content) == (206, b"fLaC")
            # Then Redis may even be killed: it comes back, and so does the list
            os.kill(live.pids("redis-server")[0], signal.SIGKILL)
            await become(lambda: _shows(guest, items), "the list again")
            # When somebody makes room: all goes on by itself, with everything that was answered
            filling.unlink()
            await become(lambda: adds(guest), "an add")
            assert (await waiting(guest))[: len(items)] == items
            assert (await session(host))["item_id"] == items[1]
            assert not _lines_of_a_storm(live)


async def test_a_disk_that_fails_is_said_to_and_what_was_answered_is_on_it(tmp_path: Path) -> None:
    image = tmp_path / "image"
    with failing_disk(tmp_path / "disk", image, 128) as disk:
        async with a_party(disk) as (_, guest, host, _, items):
            # When the kernel takes it from writing: each change is refused with a sentence, and pages are still there
            fail(disk)
            await become(lambda: _refuses(host), "refusal")
            refused = await add_one(guest)
            assert (refused.status_code, "retry-after" in refused.headers) == (503, True)
            assert (await guest.get("/queue/party", headers={"Accept": "text/html"})).status_code == 200
    # Then whoever mends it finds everything
    with mounted(image, tmp_path / "mended") as disk:
        server = EmbeddedRedis(disk / "data" / "redis", "always")
        server.start()
        redis = connect(server.url)
        assert set(await redis.call("HKEYS", "q:{party}:index")) >= set(items)
        await redis.close()
        server.stop()


def test_on_a_disk_that_may_only_be_read_no_server_starts(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1) as disk:
        data = disk / "data"
        data.mkdir()
        close(disk)
        serve = [sys.executable, "-m", "api_queue", "serve", "--port", "0", "--data", f"{data}"]
        done = subprocess.run(serve, check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (1, f"The data folder {data} cannot be written: Read-only file system.\n")


async def _refuses(host: httpx.AsyncClient) -> bool:
    return (await host.post("/sessions/party/seek", json={"position_ms": 1})).status_code == 503


async def _shows(guest: httpx.AsyncClient, items: list[str]) -> bool:
    return set(await waiting(guest)) >= set(items[2:])


def _lines_of_a_storm(live: Live) -> bool:
    return len(live.server.err.read_bytes()) > MIB

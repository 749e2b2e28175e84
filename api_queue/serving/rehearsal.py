"""A web worker whose clock stands still until it is told the time: for `simulate`, and for nothing else.

`python -m api_queue.serving.rehearsal FOLDER`: the music is in `FOLDER/music`, the time in `FOLDER/clock`, in ms since
1970 as eight bytes, the least first. It says `ready: URL`. There is no conductor: the simulated host ends each song.
"""

import asyncio
import mmap
import os
import signal
import sys
from pathlib import Path
from typing import Final

from sanic import Sanic

from api_queue.app import create_app
from api_queue.drivers.embedded_redis import EmbeddedRedis
from api_queue.drivers.parent_death import die_with_parent
from api_queue.drivers.sql import url_of
from api_queue.jobs.models import FINAL
from api_queue.logs import configure_logs
from api_queue.migrations import upgrade
from api_queue.parts import Parts
from api_queue.serving.addresses import listen
from api_queue.serving.preparing import prepare
from api_queue.serving.working import worker_of
from api_queue.settings import Settings

_LOOK_S: Final = 0.02


class ToldClock:
    """drivers.clock.Clock. `file` may be written while it is read."""

    def __init__(self, file: Path) -> None:
        with file.open("rb") as told:
            self._told = mmap.mmap(told.fileno(), 8, access=mmap.ACCESS_READ)

    def now_ms(self) -> int:
        return int.from_bytes(self._told[:8], "little")


def rehearse(folder: Path) -> None:
    """Until SIGTERM."""
    redis = EmbeddedRedis(folder / "redis", "everysec")
    redis.start()
    try:
        settings = _settings(folder, redis.url)
        upgrade(settings.sql_url)
        asyncio.run(_read_music(settings))
        _serve(settings, ToldClock(folder / "clock"))
    finally:
        redis.stop()


def _settings(folder: Path, redis_url: str) -> Settings:
    return Settings(
        host="127.0.0.1",
        port=0,
        data=folder,
        redis_url=redis_url,
        sql_url=url_of("", folder),
        library_roots=(folder / "music",),
        library_scan_processes=1,
        log_level="warning",
    )


async def _read_music(settings: Settings) -> None:
    prepared = await prepare(settings, own_redis=True)
    parts = Parts(settings)
    working = asyncio.create_task(worker_of(parts, settings.jobs_visibility_s / 3).run(), name="worker")
    while (await parts.jobs.task(prepared.scan)).status not in FINAL:  # noqa: ASYNC110 - of another task of ours
        await asyncio.sleep(_LOOK_S)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    await parts.close()


def _serve(settings: Settings, clock: ToldClock) -> None:
    app = create_app(settings, clock)
    with listen(settings.host, settings.port) as listener:
        port = listener.getsockname()[1]

        @app.after_server_start
        async def tell(_app: object) -> None:
            print(f"ready: http://127.0.0.1:{port}", flush=True)  # noqa: T201 - for the program that waits for it

        app.prepare(sock=listener, single_process=True, access_log=False, motd=False)
        Sanic.serve_single(app)


if __name__ == "__main__":
    die_with_parent(os.getppid(), signal.SIGTERM)
    configure_logs("warning")
    rehearse(Path(sys.argv[1]))

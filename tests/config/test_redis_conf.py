"""A server on a Redis that has the configuration of `config/redis.conf`."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from api_queue.drivers.redis import connect
from tests.acceptance.live import a_live_server
from tests.acceptance.sessions import add
from tests.live import until
from tests.tools import needs

ROOT = Path(__file__).parents[2]


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[str]:
    """Its address."""
    config, socket = tmp_path / "redis.conf", tmp_path / "redis.sock"
    text = (ROOT / "config/redis.conf").read_text()
    config.write_text(text.replace("/var/lib/redis", str(tmp_path)).replace("/run/redis/redis.sock", str(socket)))
    with subprocess.Popen([needs("redis-server"), config], stdout=subprocess.DEVNULL) as redis:
        try:
            until(socket.exists, "Redis has started")
            yield f"unix://{socket}"
        finally:
            redis.terminate()


async def test_it_keeps_what_was_answered_and_throws_nothing_away(own_redis: str) -> None:
    redis = connect(own_redis)
    for name, value in (("appendfsync", "always"), ("maxmemory-policy", "noeviction"), ("save", ""), ("port", "0")):
        assert await redis.call("CONFIG", "GET", name) == {name: value}
    await redis.close()


async def test_a_server_runs_on_it(own_redis: str, tmp_path: Path) -> None:
    config = f'[redis]\nurl = "{own_redis}"\n'
    async with a_live_server(tmp_path, "--workers", "1", config=config) as live, live.guest() as guest:
        assert live.pids("redis") == []
        await add(guest)
        assert (await guest.get("/queue/party/items")).json()["total"] == 1

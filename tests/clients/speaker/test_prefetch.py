"""The folder of the next tracks: what has room in it, and what nobody wants any more."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from api_queue.clients.speaker.api import Api
from api_queue.clients.speaker.clock import ServerClock
from api_queue.clients.speaker.prefetch import Prefetch
from api_queue.types import TrackId
from tests.clients.speaker.full_disk import files_of_at_most

RAIN, HIGHWAY = TrackId("rain"), TrackId("highway")
PIECE = b"music" * 2_000


class Server:
    """Has a gain for each track; `music` is what comes of it."""

    def __init__(self) -> None:
        self.music: Callable[[], AsyncIterator[bytes]] = self._whole
        self.told = self.sent = 0

    async def _whole(self) -> AsyncIterator[bytes]:
        yield PIECE

    def answer(self, request: httpx.Request) -> httpx.Response:
        match request.url.path:
            case "/media/token":
                return httpx.Response(200, json={"url": "/music"})
            case "/music":
                self.sent += 1
                return httpx.Response(200, content=self.music(), headers={"Content-Length": f"{len(PIECE)}"})
            case "/tracks/first" | "/tracks/second":
                part = {"track_id": "set", "start_ms": 0, "end_ms": 1000}
                return httpx.Response(200, json={"part_of": part})
        return httpx.Response(200, json={})

    def tell(self) -> None:
        self.told += 1


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def prefetch(server: Server, tmp_path: Path) -> AsyncIterator[Prefetch]:
    """At work."""
    api = Api("http://server", ServerClock())
    await api.close()
    api._http = httpx.AsyncClient(base_url="http://server", transport=httpx.MockTransport(server.answer))
    prefetch = Prefetch(api, tmp_path, server.tell)
    working = asyncio.create_task(prefetch.run())
    yield prefetch
    assert not working.done()
    working.cancel()
    await api.close()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_what_is_wanted_comes_whole_and_makes_room_again(prefetch: Prefetch) -> None:
    prefetch.want([RAIN, HIGHWAY])
    await until(lambda: prefetch.path(RAIN) and prefetch.path(HIGHWAY))
    path = prefetch.path(RAIN)
    assert path
    assert path.read_bytes() == PIECE

    prefetch.want([HIGHWAY])

    await until(lambda: not prefetch.path(RAIN))
    assert prefetch.path(HIGHWAY)


async def test_a_recording_comes_once_for_all_of_its_parts(prefetch: Prefetch, server: Server) -> None:
    first, second = TrackId("first"), TrackId("second")
    prefetch.want([first])
    await until(lambda: prefetch.path(first))

    prefetch.want([second, RAIN])

    await until(lambda: prefetch.path(RAIN))
    assert prefetch.path(second) == prefetch.path(first)
    assert server.sent == 2


async def test_what_another_before_us_has_fetched_is_here(prefetch: Prefetch, server: Server) -> None:
    """Given a speaker whose mpv was killed: the next one begins with its folder."""
    prefetch._place(RAIN).write_bytes(PIECE)

    prefetch.want([RAIN, HIGHWAY])

    await until(lambda: prefetch.path(HIGHWAY))
    assert prefetch.path(RAIN)
    assert server.sent == 1


async def test_a_full_disk_is_said_and_ends_nothing(
    prefetch: Prefetch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with files_of_at_most(1_000):
        prefetch.want([RAIN])
        said = ""

        def is_said() -> bool:
            nonlocal said
            said += capsys.readouterr().err
            return "cannot be kept" in said

        await until(is_said)

    assert "will stream" in said
    assert [*map(str, await asyncio.to_thread(tmp_path.iterdir))] == []
    prefetch.want([RAIN, HIGHWAY])
    await until(lambda: prefetch.path(RAIN) and prefetch.path(HIGHWAY))


async def test_what_nobody_wants_any_more_is_not_waited_for(prefetch: Prefetch, server: Server) -> None:
    """Given a slow link, and a host who skips what just comes by it."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield PIECE
        begun.set()
        while True:
            await go_on.wait()
            yield PIECE * 30

    server.music = slow
    prefetch.want([RAIN])
    await begun.wait()
    server.music = server._whole

    prefetch.want([HIGHWAY])
    go_on.set()

    await until(lambda: prefetch.path(HIGHWAY))
    assert not prefetch.path(RAIN)


async def test_what_is_too_large_is_left_to_stream(prefetch: Prefetch, server: Server) -> None:
    prefetch._limit_bytes = len(PIECE)

    prefetch.want([RAIN, HIGHWAY])

    await until(lambda: server.told == 2)
    assert prefetch.path(RAIN)
    assert not prefetch.path(HIGHWAY)

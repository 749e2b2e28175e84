"""What an ear hears of a real mpv that plays into nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from api_queue.clients.drill.ears import SILENCE, MpvEar, listen
from api_queue.clients.drill.sounds import Sample
from api_queue.clients.speaker.mpv import Mpv
from tests.docs.tracked import ROOT
from tests.tools import needs

MUSIC = ROOT / "config/demo/music/01-rain-on-the-seventh-window.flac"


class Heard:
    """mpv at `path`, and the samples of an ear that listens there."""

    def __init__(self, mpv: Mpv, path: Path) -> None:
        self.mpv = mpv
        self.samples: list[Sample] = []
        self.ear = MpvEar(path)
        self._news = asyncio.Event()
        self.listening = asyncio.create_task(listen(self.ear, self._keep))

    def _keep(self, sample: Sample) -> None:
        self.samples.append(sample)
        self._news.set()

    async def until(self, true: Callable[[Sample], bool]) -> Sample:
        async with asyncio.timeout(20):
            while not (self.samples and true(self.samples[-1])):
                self._news.clear()
                await self._news.wait()
        return self.samples[-1]

    async def sounds(self) -> float:
        position_ms = (await self.until(lambda sample: sample.position_ms is not None)).position_ms
        assert position_ms is not None
        return position_ms

    async def silent(self) -> None:
        await self.until(lambda sample: sample.position_ms is None)


@asynccontextmanager
async def a_player(path: Path) -> AsyncIterator[Mpv]:
    """It plays into nothing, at `path` for all who look."""
    mpv = Mpv(lambda _: None)
    await mpv.start("null", path)
    await mpv.lease(float("inf"))
    await mpv.volume(80, 0)
    await mpv.command("loadfile", str(MUSIC), "replace")
    await mpv.set("pause", value=False)
    yield mpv
    await mpv.close()


@pytest.fixture
async def heard(tmp_path: Path) -> AsyncIterator[Heard]:
    needs("mpv")
    async with a_player(tmp_path / "mpv") as mpv:
        heard = Heard(mpv, tmp_path / "mpv")
        yield heard
        heard.listening.cancel()
        await asyncio.wait([heard.listening])
        await heard.ear.close()


async def test_it_hears_music_where_it_is(heard: Heard) -> None:
    before_ms = await heard.sounds()
    await heard.until(lambda sample: (sample.position_ms or 0) > before_ms + 200)


async def test_a_pause_is_silent(heard: Heard) -> None:
    await heard.sounds()
    await heard.mpv.set("pause", value=True)
    await heard.silent()


async def test_what_plays_at_volume_nothing_is_silent(heard: Heard) -> None:
    await heard.sounds()
    await heard.mpv.volume(0, 0)
    await heard.silent()
    assert heard.mpv.seen["pause"] is False


async def test_an_mpv_that_is_gone_is_silent_and_the_next_one_is_heard(heard: Heard, tmp_path: Path) -> None:
    await heard.sounds()
    await heard.mpv.close()
    await heard.silent()
    assert await heard.ear.look() == SILENCE
    async with a_player(tmp_path / "mpv"):
        await heard.sounds()

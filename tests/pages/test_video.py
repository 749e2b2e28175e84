"""A video that was made of a track plays in a real browser, as KaraKara's player shows it."""

import pytest

from api_queue.drivers import idle_program
from api_queue.karakara.encoding import EncodeItem, EncodeTask
from api_queue.tracks.store import SqlStore
from tests.house import House
from tests.pages.conftest import Device
from tests.tasks import run_task

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: Until it could be played to its end without a pause; how long it is, its size, and how many lyrics it has.
LOADED = """(path) => new Promise((resolve, reject) => {
    const video = Object.assign(document.createElement("video"), { src: `/files/${path}/Default.webm`, muted: true });
    video.crossOrigin = "anonymous";
    const words = Object.assign(document.createElement("track"), { src: `/files/${path}/Default.vtt`, default: true });
    video.append(words);
    video.onerror = () => reject(new Error(video.error.message));
    const heard = new Promise((loaded) => { words.onload = loaded; });
    video.oncanplaythrough = async () => {
        await heard;
        resolve([video.duration, video.videoWidth, video.videoHeight, words.track.cues.length]);
    };
    document.body.replaceChildren(video);
})"""
#: It can be played on from the middle.
SOUGHT = """() => new Promise((resolve) => {
    const video = document.querySelector("video");
    video.onseeked = () => resolve([video.seekable.end(0), video.currentTime, video.readyState > 2]);
    video.currentTime = video.duration / 2;
})"""


@pytest.fixture(autouse=True)
def first_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would wait for whatever this machine does beside."""
    monkeypatch.setattr(idle_program, "stand_back", lambda *_: None)


async def test_it_loads_shows_its_lyrics_and_can_be_sought_in(wall: Device, house: House, songs: list[str]) -> None:
    # Given a video of a song of the house
    async with house.nobody() as client:
        found = (await client.get("/tracks", params={"q": songs[0]})).json()["tracks"][0]
    task = EncodeTask(house.parts.tracks, SqlStore(house.parts.engine), house.parts.videos)
    assert (await run_task(task.type(), EncodeItem(found["track_id"]))).failed == []
    # When a page shows it
    page = await wall.open(f"{house.url}/login")
    seconds, *size, lines = await page.evaluate(LOADED, found["track_id"])
    # Then it is as long as the song, as large as a screen, and has the song's words
    assert seconds == pytest.approx(found["duration_ms"] / 1000, abs=0.1)
    assert size == [1280, 720]
    assert lines > 3
    # And it can be played from anywhere
    assert await page.evaluate(SOUGHT) == [pytest.approx(seconds), pytest.approx(seconds / 2, abs=0.1), True]

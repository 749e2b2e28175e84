"""The deck with an <audio> of its own: a part of a recording ends where it was cut, whoever looks after it and when."""

from typing import Any

import pytest
from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: Of a recording of ten seconds of silence. For how long the page's own work was held up is measured as well.
PLAYED = """async ({part, at, tempo, times}) => {
    const { Deck } = await import("/static/js/deck.js");
    const wav = new DataView(new ArrayBuffer(44 + 80_000));
    [..."RIFF    WAVEfmt "].forEach((letter, place) => wav.setUint8(place, letter.charCodeAt(0)));
    [80_036, , , 16, 0x10001, 8_000, 8_000, 0x80001].forEach((word, place) => wav.setUint32(4 + 4 * place, word, true));
    [..."data"].forEach((letter, place) => wav.setUint8(36 + place, letter.charCodeAt(0)));
    wav.setUint32(40, 80_000, true);
    for (let place = 44; place < wav.byteLength; place += 1) wav.setUint8(place, 128);
    const url = URL.createObjectURL(new Blob([wav], { type: "audio/wav" }));

    let [last, heldUp, ended, over] = [performance.now(), 0, 0, null];
    const watch = setInterval(() => {
        const now = performance.now();
        [heldUp, last] = [Math.max(heldUp, now - last), now];
    }, 10);
    const audio = new Audio();
    const source = async () => ({ url, part_of: part });
    const deck = new Deck(audio, { source, ended: () => { ended += 1; over(); } });
    const loaded = new Promise((done) => audio.addEventListener("canplay", done, { once: true }));
    deck.load("item", "track");
    await loaded;
    const ends = [];
    for (let time = 0; time < times; time += 1) {
        const end = new Promise((done) => { over = done; });
        deck.play(at, tempo);
        await end;
        ends.push(audio.currentTime * 1000);
        await new Promise((done) => setTimeout(done, 100));
    }
    clearInterval(watch);
    deck.empty();
    return { ends, heldUp, ended };
}"""
PART = {"start_ms": 5_000, "end_ms": 6_000}
#: What an <audio> goes on while it is told to stop.
STOPPING_MS = 100


async def played(page: Page, part: dict[str, int], at: int = 0, tempo: float = 1, times: int = 1) -> dict[str, Any]:
    """Each time it is put in its place once, and then left alone."""
    found: dict[str, Any] = await page.evaluate(PLAYED, {"part": part, "at": at, "tempo": tempo, "times": times})
    return found


@pytest.mark.parametrize(("at", "tempo"), [(0, 1), (0, 2), (800, 0.5), (900, 1)])
async def test_a_part_ends_where_it_was_cut(sandbox: Page, at: int, tempo: float) -> None:
    """From its beginning, and after a jump to shortly before its end."""
    found = await played(sandbox, PART, at, tempo)

    [end] = found["ends"]
    assert PART["end_ms"] <= end < PART["end_ms"] + (STOPPING_MS + found["heldUp"]) * tempo
    assert found["ended"] == 1


async def test_a_part_that_repeats_ends_each_time(sandbox: Page) -> None:
    found = await played(sandbox, {"start_ms": 5_000, "end_ms": 8_000}, 0, 2, times=2)

    assert len(found["ends"]) == found["ended"] == 2


async def test_the_last_part_of_a_recording_ends_once(sandbox: Page) -> None:
    """Both the <audio> and the clock say that it is over."""
    found = await played(sandbox, {"start_ms": 9_000, "end_ms": 10_000}, 0, 2)

    assert found["ended"] == 1

"""A room that has moved over, by a client of KaraKara's contract and by our own page, side by side.

The client is ours and knows the contract alone (tests/karakara/client); it is served as theirs would be.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Response, expect

from api_queue.drivers import mosquitto
from api_queue.drivers.embedded_redis import EmbeddedRedis
from api_queue.formats import crockford
from api_queue.karakara.queue_file import rows
from api_queue.serving.conducting import run_conductor
from api_queue.serving.relaying import run_relay
from api_queue.types import QueueName
from tests.drivers.conftest import Kind, running
from tests.house import House, a_house
from tests.pages.conftest import WALL, device, log_in

pytestmark = pytest.mark.asyncio(loop_scope="session")

CLIENTS: Final = Path(__file__).parents[1] / "karakara" / "client"
KARA: Final = QueueName("kara")
ITEMS: Final = 60
#: Both sides act at the same time; all is compared after each quarter.
DEEDS_OF_EACH: Final = 100
QUARTERS: Final = 4
SEED: Final = 7

#: What a hand does on either page, and how often: how it is called below, and what with. `nth`: 0 to 1, of what there
#: is to press.
THEIRS: Final = {
    "press #queue li:not(.past) .remove": 20,
    "press #queue .up": 15,
    "press #queue .last": 10,
    "press #commands button": 25,
    "addSong": 20,
    "setSpace": 10,
}
OURS: Final = {
    "press #items .item:not(.now) .more": 20,
    "press #items .up:enabled": 15,
    "press #items .down:enabled": 10,
    "press #commands button:enabled": 20,
    "seek": 5,
    "addSong": 20,
    "setSpace": 10,
}
#: `asked` is the last call of a page. A menu that has opened is for taking the song off.
HANDS: Final = """(() => {
    const { fetch } = globalThis;
    globalThis.fetch = (...call) => (globalThis.asked = fetch(...call));
    const pick = (all, nth) => all[Math.floor(nth * all.length)];
    const fillIn = (form, values) => {
        for (const [name, value] of Object.entries(values)) document.forms[form].elements[name].value = value;
        document.forms[form].requestSubmit();
    };
    globalThis.hands = {
        press(nth, where) {
            pick(document.querySelectorAll(where), nth)?.click();
            document.querySelector("dialog .danger")?.click();
        },
        addSong(nth) {
            const { value } = pick(document.forms.add.elements.track_id.options, nth);
            fillIn("add", { track_id: value, performer_name: `Guest ${nth}` });
        },
        setSpace(nth) {
            fillIn("settings", { track_space: Math.round(20 * nth) });
        },
        seek(nth) {
            const bar = document.getElementById("seek");
            bar.value = Math.round((nth * bar.max) / 2);
            bar.dispatchEvent(new Event("change"));
        },
    };
    globalThis.doAll = async (deeds) => {
        for (const [verb, nth, where] of deeds) {
            hands[verb](nth, where);
            await globalThis.asked;
        }
    };
})()"""
#: The host's page as a hand finds it, and what it shows: ids, and starts by the page's own rule.
OUR_PAGE: Final = """async ([queue, tracks]) => {
    const { Live } = await import("/static/js/live.js");
    const { places } = await import("/static/js/queue.js");
    const { post } = await import("/static/js/api.js");
    hands.addSong = (nth) => post(`/queue/${queue}/items`,
        { track_id: tracks[Math.floor(nth * tracks.length)], performer_name: `Host's ${nth}` });
    const live = new Live(queue, { state() {} });
    globalThis.shows = (wanted) => {
        const starts = new Map(live.state && places(live).map(({ item, at }) => [item.id, at && Math.round(at)]));
        const ids = [...document.querySelectorAll("#items .item")].map((row) => row.dataset.key);
        return JSON.stringify(ids.map((id) => [id, starts.get(id)])) === JSON.stringify(wanted);
    };
}"""
THEIR_PAGE: Final = """() => {
    globalThis.shows = (wanted) => {
        const shown = [...document.querySelectorAll("#queue li")].map(({ dataset: { id, start } }) => [id, start]);
        return JSON.stringify(shown) === JSON.stringify(wanted.map((each) => each.map(String)));
    };
}"""


class Party:
    """Two hands in one room: one on the client's page, one on that of the host."""

    def __init__(self, house: House, theirs: Page, ours: Page) -> None:
        self.theirs = theirs
        self.ours = ours
        self.answers: Counter[int] = Counter()
        self._house = house
        self._random = Random(SEED)
        for page in (theirs, ours):
            page.on("response", self._count)

    def _count(self, answer: Response) -> None:
        if answer.request.method != "GET" or "/command/" in answer.url:
            self.answers[answer.status] += 1

    async def act(self, times: int) -> None:
        each = ((self.theirs, THEIRS), (self.ours, OURS))
        await asyncio.gather(*(page.evaluate("(all) => doAll(all)", self._deeds(of, times)) for page, of in each))

    def _deeds(self, weights: dict[str, int], times: int) -> list[tuple[str, float, str]]:
        chosen = self._random.choices([*weights], [*weights.values()], k=times)
        return [(verb, self._random.random(), where) for verb, _, where in (each.partition(" ") for each in chosen)]

    async def agree(self, *, playing: bool) -> None:
        """Once a song has begun anew, or stopped: nothing moves by itself then for as long as it lasts."""
        button = "play" if playing else "stop"
        await self.theirs.evaluate(f"() => doAll([['press', 0, '#commands .{button}']])")
        async with self._house.nobody() as nobody:
            queue = (await nobody.get(f"/api/room/{KARA}/queue.json")).json()
        assert (queue[-1]["start_time"] is not None) is playing
        await self.theirs.wait_for_function("(it) => shows(it)", arg=[[i["id"], i["start_time"] or ""] for i in queue])
        await self.ours.wait_for_function("(it) => shows(it)", arg=_as_ours(queue))


def _as_ours(queue: list[dict[str, Any]]) -> list[list[object]]:
    """Our page has what was played elsewhere, and no start of what plays."""
    left = [item for item in queue if not _is_over(item)]
    ids = [crockford.encode(item["id"], 10) for item in left]
    starts = [None, *(_ms(item["start_time"]) for item in left[1:])]
    return [[*each] for each in zip(ids, starts, strict=True)]


def _is_over(item: dict[str, Any]) -> bool:
    return item["start_time"] is not None and item["start_time"] + item["track_duration"] <= time.time()


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


@pytest.fixture(scope="module")
def own_redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Conductor and relay are for all queues of a Redis."""
    server = EmbeddedRedis(tmp_path_factory.mktemp("redis"), "everysec")
    server.start()
    yield server.url
    server.stop()


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def house(own_redis_url: str, furnished: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """With all that belongs to a server."""
    kind: Kind = "mosquitto" if mosquitto.find_binary() else "announcer"
    data = tmp_path_factory.mktemp("house")
    with running(kind, data) as broker:
        known = {"mqtt_url": broker.url, "karakara_clients": f"{CLIENTS}"}
        async with a_house(own_redis_url, furnished, data, None, **known) as house:
            beside = [asyncio.create_task(run(house.parts.settings)) for run in (run_relay, run_conductor)]
            yield house
            for task in beside:
                task.cancel()
            await asyncio.wait(beside)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def tracks(house: House) -> list[str]:
    async with house.nobody() as nobody:
        return [track["track_id"] for track in (await nobody.get("/tracks")).json()["tracks"]]


@pytest_asyncio.fixture(loop_scope="session")
async def host_key(house: House, tracks: list[str]) -> str:
    """Of a room with 60 songs, out of the file of another server."""
    songs = [f"{number},{tracks[number % len(tracks)]},Singer {number}" for number in range(1, ITEMS + 1)]
    key = await house.parts.moving_over.furnish(KARA, lambda _: {})
    await house.parts.moving_over.fill(KARA, rows("\n".join(("id,track_id,performer_name", *songs))))
    assert key
    return key


async def test_both_sides_show_the_same_after_two_hundred_deeds(
    browser: Browser, house: House, tracks: list[str], host_key: str
) -> None:
    async with device(browser, WALL) as laptop, device(browser) as phone:
        for each in (laptop, phone):
            await each.context.add_init_script(HANDS)
        # Given the host's page, and the client, into which the host has typed the password that the page shows
        await log_in(laptop, house.url, host_key)
        ours = await laptop.open(f"{house.url}/queue/{KARA}/admin")
        await ours.evaluate(OUR_PAGE, [KARA, tracks])
        password = await ours.locator("#room .code").text_content()
        theirs = await phone.open(f"{house.url}/browser3/{KARA}")
        await theirs.evaluate(THEIR_PAGE)
        await theirs.get_by_label("Password").fill(f"{password}")
        await theirs.get_by_role("button", name="Enter").click()
        await expect(theirs.locator("#commands .play")).to_be_visible()
        await expect(theirs.locator("#queue li .remove")).to_have_count(ITEMS)
        # When both do what comes to their minds, then they show the same, and what everybody is told
        party = Party(house, theirs, ours)
        for _ in range(QUARTERS):
            await party.act(DEEDS_OF_EACH // QUARTERS)
            await party.agree(playing=False)
            await party.agree(playing=True)
        done = sum(times for status, times in party.answers.items() if status < 400)
        assert done > DEEDS_OF_EACH * 2 * 0.8, party.answers

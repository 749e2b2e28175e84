"""The deck with a real mpv: on the dot, in place, in time; and what it says of ends and faults."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
import pytest_asyncio

from api_queue.clients.speaker import deck
from api_queue.clients.speaker.api import Api
from api_queue.clients.speaker.clock import ServerClock, local_ms
from api_queue.clients.speaker.deck import Deck
from api_queue.clients.speaker.mpv import MpvRefused
from api_queue.clients.speaker.plan import Plan
from api_queue.clients.speaker.prefetch import Prefetch
from api_queue.clients.speaker.wire import Address
from api_queue.types import ItemId, TrackId
from tests.clients.speaker.conftest import Player, a_player
from tests.docs.tracked import ROOT

MUSIC = ROOT / "config/demo/music/01-rain-on-the-seventh-window.flac"
LENGTH_MS = 26_378
#: So many bytes of it sound for so long.
CUT_BYTES, CUT_MS = 60_000, 2_995


class Table:
    """A deck with one track in its folder, and whoever turns the plan into steps."""

    def __init__(self, player: Player, folder: Path) -> None:
        self.player = player
        self.clock = ServerClock()
        self.over: list[tuple[ItemId, str | None]] = []
        self._api = Api("http://127.0.0.1:1", self.clock)
        prefetch = Prefetch(self._api, folder, lambda: None)
        shutil.copy(MUSIC, prefetch._place(TrackId("rain")))
        self.deck = Deck(player.mpv, self._api, prefetch, self.clock, lambda *told: self.over.append(told))
        player.listeners.append(self.deck.heard)
        self.plan: Plan | None = None
        self.running = asyncio.create_task(self.run())
        self.allowed = True

    def now_ms(self) -> int:
        return round(self.clock.now_ms())

    async def run(self) -> None:
        await self.player.mpv.lease(float("inf"))
        while True:
            wait_s = await self.deck.follow(self.plan, allowed=self.allowed, lives=True)
            await asyncio.sleep(min(wait_s, 0.02))

    async def off_ms(self) -> float:
        """How far mpv is ahead of the plan."""
        assert self.plan is not None
        position_s = await self.player.mpv.get("audio-pts")
        return inf if position_s is None else position_s * 1000 - self.plan.media_ms(self.clock.now_ms())

    async def until_in_place(self, within_ms: float = 80) -> None:
        async with asyncio.timeout(20):
            while not (self.deck.sound.audible and abs(await self.off_ms()) <= within_ms):
                await asyncio.wait([self.running], timeout=0.01)
                assert not self.running.done()


def a_plan(
    position_ms: int,
    at_ms: int,
    *,
    runs: bool = True,
    track: str = "rain",
    item: str = "A",
    tempo: float = 1,
) -> Plan:
    return Plan(ItemId(item), TrackId(track), runs, position_ms, at_ms, tempo, key_shift=0, volume=80)


#: One mpv for all.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def player() -> AsyncIterator[Player]:
    async with a_player() as player:
        yield player


@pytest_asyncio.fixture(loop_scope="module")
async def table(player: Player, tmp_path: Path) -> AsyncIterator[Table]:
    await player.reset()
    table = Table(player, tmp_path)
    yield table
    table.running.cancel()
    with suppress(asyncio.CancelledError):
        await table.running
    await table._api.close()


async def test_a_track_starts_on_the_dot(table: Table) -> None:
    """Given an announced start; when it has come, the music is heard, and not before."""
    heard: list[float] = []
    table.player.listeners.append(lambda _: heard.append(table.clock.now_ms()) if table.deck.sound.audible else None)
    starts_ms = table.now_ms() + 700
    table.plan = a_plan(0, starts_ms)

    await table.until_in_place()

    assert heard[0] >= starts_ms


async def test_in_the_middle_it_comes_in_softly_and_in_place(table: Table) -> None:
    volumes: list[float] = []
    table.player.listeners.append(lambda _: volumes.append(table.player.mpv.seen["volume"]))
    table.plan = a_plan(10_000, table.now_ms())

    await table.player.until(lambda: table.player.mpv.seen["volume"] == 80)

    assert len(set(volumes)) > 3
    await table.until_in_place()


async def test_a_pause_is_silent_and_goes_on_where_it_was(table: Table) -> None:
    table.plan = a_plan(5_000, table.now_ms())
    await table.until_in_place()
    table.plan = replace(table.plan, runs=False, position_ms=5_500)
    await table.player.until(lambda: not table.deck.sound.audible)

    table.plan = a_plan(5_500, table.now_ms())

    await table.until_in_place()


async def test_a_seek_is_followed(table: Table) -> None:
    table.plan = a_plan(0, table.now_ms())
    await table.until_in_place()

    table.plan = a_plan(20_000, table.now_ms())

    await table.until_in_place()


async def test_a_small_drift_is_caught_up_with_and_no_sound_is_lost(table: Table) -> None:
    table.plan = a_plan(0, table.now_ms() - 1_000)
    await table.until_in_place()
    silent: list[bool] = []
    table.player.listeners.append(lambda _: silent.append(True) if not table.deck.sound.audible else None)

    table.plan = replace(table.plan, at_ms=table.plan.at_ms - 95)

    await table.until_in_place(50)
    assert silent == []


async def test_the_volume_of_the_session_is_turned_to(table: Table) -> None:
    table.plan = a_plan(3_000, table.now_ms())
    await table.until_in_place()

    table.plan = replace(table.plan, volume=30)

    await table.player.until(lambda: table.player.mpv.seen["volume"] == 30)


async def test_who_is_not_allowed_makes_no_sound(table: Table) -> None:
    table.plan = a_plan(3_000, table.now_ms())
    await table.until_in_place()

    table.allowed = False

    await table.player.until(lambda: table.player.mpv.seen["pause"])
    assert not table.deck.sound.audible


async def test_tempo_and_key_are_each_by_itself(table: Table) -> None:
    table.plan = replace(a_plan(2_000, table.now_ms()), tempo=1.25, key_shift=-2)

    await table.until_in_place()

    assert await table.player.mpv.get("speed") == pytest.approx(1.25, rel=0.03)
    filters = await table.player.mpv.command("get_property", "af")
    assert [each["name"] for each in filters] == ["rubberband"]
    assert float(filters[0]["params"]["pitch-scale"]) == pytest.approx(2 ** (-2 / 12), rel=1e-4)


async def test_the_end_of_a_track_is_told_once(table: Table) -> None:
    table.plan = a_plan(LENGTH_MS - 600, table.now_ms())
    ends_ms = local_ms() + 600
    await table.player.until(lambda: table.over)
    table.plan = None

    assert table.over == [("A", None)]
    assert local_ms() > ends_ms - 200


async def test_what_cannot_be_played_is_told_with_its_reason(table: Table) -> None:
    table.deck._prefetch._place(TrackId("rain")).write_bytes(b"no music" * 1000)
    table.plan = a_plan(0, table.now_ms())

    await table.player.until(lambda: table.over)

    table.plan = None
    assert table.over == [("A", "unrecognized file format")]


async def test_a_file_that_was_cut_is_told_as_such(table: Table) -> None:
    """Given the first seconds of a track; whoever hears its end is told how much of it was never heard."""
    path = table.deck._prefetch._place(TrackId("rain"))
    path.write_bytes(MUSIC.read_bytes()[:CUT_BYTES])
    table.plan = a_plan(CUT_MS - 700, table.now_ms())

    await table.player.until(lambda: table.over)

    table.plan = None
    ((item, reason),) = table.over
    assert (item, reason) == ("A", "the file is cut: its last 23 s are missing")


async def test_seeks_without_end_up_to_the_end_of_the_track_break_nothing(table: Table) -> None:
    """Also those that come when mpv has just ended it."""
    for position_ms in [*range(LENGTH_MS - 2_000, LENGTH_MS + 1_000, 250)] * 3:
        table.plan = a_plan(position_ms, table.now_ms())
        await asyncio.sleep(0.02)
    table.plan = a_plan(5_000, table.now_ms())

    await table.until_in_place()


async def test_a_seek_that_mpv_refuses_puts_the_track_on_anew(table: Table) -> None:
    table.plan = a_plan(3_000, table.now_ms())
    await table.until_in_place()

    await table.player.mpv.command("stop")
    table.plan = a_plan(12_000, table.now_ms())

    await table.until_in_place()


async def test_an_mpv_without_rubberband_plays_at_its_tempo_and_says_once_what_is_missing(
    table: Table, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = table.player.mpv.command

    async def without_rubberband(*words: object) -> object:
        if words[0] == "af" and words[2]:
            raise MpvRefused("error running command")
        return await command(*words)

    monkeypatch.setattr(table.player.mpv, "command", without_rubberband)
    for number in range(2):
        table.plan = replace(a_plan(2_000, table.now_ms()), item_id=ItemId(f"{number}"), tempo=1.25, key_shift=-2)
        await table.until_in_place()

    assert await table.player.mpv.get("speed") == pytest.approx(1.25, rel=0.03)
    assert capsys.readouterr().err.count("without rubberband") == 1


async def test_a_stream_that_breaks_is_tried_again_where_the_music_is_by_then(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a track that is not in the folder, and an address at which there is first nobody and then the music."""
    table.deck._prefetch._place(TrackId("rain")).unlink()
    addresses = iter([Address("http://127.0.0.1:1/nobody"), Address(f"{MUSIC}")])
    monkeypatch.setattr(table._api, "address", lambda _track: asyncio.sleep(0, next(addresses)))
    monkeypatch.setattr(deck, "_STREAM_AGAIN_MS", 300)

    table.plan = a_plan(2_000, table.now_ms())

    await table.until_in_place()
    assert table.over == []

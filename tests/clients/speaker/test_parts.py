"""The deck and real mpv with parts of a recording: they begin and end where they were cut, and count from there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sanic import Sanic

from api_queue.clients.speaker import wire
from api_queue.clients.speaker.clock import local_ms
from api_queue.types import TrackId
from tests.clients.levels import ROUND_MS, Heard, Levels, make_recording
from tests.clients.speaker.conftest import Player
from tests.clients.speaker.test_deck import Table, a_plan
from tests.serving import serving

SET, SONG = TrackId("set"), TrackId("song")
PART = wire.Part(SET, 123_450, 126_450)
LENGTH_MS = 3_000
#: A deck that was ready too late on a busy machine does not begin at the beginning, but where the music is by then.
LATE_MS = 400


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_recording(tmp_path_factory.mktemp("set") / "set.flac", 1)


@pytest.fixture
async def table(player: Player, recording: Path, tmp_path: Path) -> AsyncIterator[Table]:
    """A deck whose folder has the recording, and who knows what the song is of it."""
    folder = tmp_path / "files"
    folder.mkdir()
    table = Table(player, folder)
    table.deck._prefetch._known[SONG] = wire.Track(part_of=PART)
    table.deck._prefetch._place(SONG).symlink_to(recording)
    yield table
    table.running.cancel()
    with suppress(asyncio.CancelledError):
        await table.running
    await table._api.close()


@pytest.fixture
async def levels(table: Table, tmp_path: Path) -> Levels:
    levels = Levels(tmp_path)
    await levels.listen(table.player.mpv)
    return levels


def cut_short(recording: Path, path: Path) -> None:
    whole = recording.read_bytes()
    path.write_bytes(whole[: len(whole) // 10])


def is_from_to(heard: Heard, start_ms: int, end_ms: int) -> bool:
    return start_ms <= heard.first_ms <= start_ms + LATE_MS and heard.last_ms == end_ms


async def until_over(table: Table) -> None:
    await table.player.until(lambda: table.over)
    table.plan = None


async def test_a_part_is_played_from_its_beginning_to_its_end(table: Table, levels: Levels) -> None:
    ends_ms = local_ms() + 500 + LENGTH_MS
    table.plan = a_plan(0, table.now_ms() + 500, track=SONG)

    await until_over(table)

    assert table.over == [("A", None)]
    assert local_ms() > ends_ms - 300
    [heard] = levels.heard()
    assert is_from_to(heard, PART.start_ms, PART.end_ms)


async def test_where_it_is_counts_from_the_beginning_of_the_part(table: Table, levels: Levels) -> None:
    """Given somebody who joins in the middle, and a host who goes back."""
    table.plan = a_plan(2_000, table.now_ms(), track=SONG)
    await table.until_in_place()
    table.plan = a_plan(1_000, table.now_ms(), track=SONG)
    await table.until_in_place()
    assert table.deck.position is not None
    assert 0 < table.deck.position[1] < LENGTH_MS

    await until_over(table)

    [heard] = levels.heard()
    assert PART.start_ms < heard.first_ms < PART.start_ms + 2_000
    assert heard.last_ms == PART.end_ms


@pytest.mark.parametrize("tempo", [0.5, 2])
async def test_the_end_comes_in_time_at_any_tempo(table: Table, tempo: float) -> None:
    """Given somebody who joins before it."""
    left_ms = 1_400
    ends_ms = local_ms() + left_ms
    table.plan = a_plan(round(LENGTH_MS / tempo - left_ms), table.now_ms(), track=SONG, tempo=tempo)

    await until_over(table)

    assert table.over == [("A", None)]
    # mpv's tempo filter hands over its last 0.15 s early; whoever forgets the tempo is 0.7 s off
    assert local_ms() > ends_ms - 600


async def test_one_that_repeats_begins_where_it_was_cut_each_time(table: Table, levels: Levels) -> None:
    short = wire.Part(SET, PART.start_ms, PART.start_ms + 1_500)
    table.deck._prefetch._known[SONG] = wire.Track(part_of=short)
    table.plan = a_plan(0, table.now_ms() + 500, track=SONG)
    await table.player.until(lambda: table.over)
    table.plan = a_plan(0, table.now_ms() + 500, track=SONG)
    await table.player.until(lambda: len(table.over) == 2)
    table.plan = None

    first, second = levels.heard()
    assert is_from_to(first, short.start_ms, short.end_ms)
    assert is_from_to(second, short.start_ms, short.end_ms)


async def test_a_part_of_what_has_no_room_in_the_folder_streams(
    table: Table, levels: Levels, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an address with all that means something where mpv is told of parts."""
    table.deck._prefetch._place(SONG).unlink()
    app: Sanic[Any, Any] = Sanic("streaming", configure_logging=False)
    app.static("/set", recording, use_content_range=True)
    async with serving(app) as url:
        address = wire.Address(f"{url}/set?token=a,b;c=%25!#", PART)
        monkeypatch.setattr(table._api, "address", lambda _track: asyncio.sleep(0, address))
        table.plan = a_plan(1_000, table.now_ms() + 500, track=SONG)
        await until_over(table)

    assert table.over == [("A", None)]
    [heard] = levels.heard()
    assert PART.start_ms <= heard.first_ms < heard.last_ms == PART.end_ms


async def test_the_next_part_of_the_same_recording_follows(table: Table, levels: Levels) -> None:
    other, begins_ms = TrackId("other"), ROUND_MS - 1_000
    table.deck._prefetch._known[other] = wire.Track(part_of=wire.Part(SET, begins_ms, ROUND_MS))
    table.plan = a_plan(LENGTH_MS - 500, table.now_ms(), track=SONG)
    await table.player.until(lambda: table.over)

    table.plan = a_plan(0, table.now_ms() + 500, track=other, item="B")
    await table.player.until(lambda: len(table.over) == 2)
    table.plan = None

    assert table.over == [("A", None), ("B", None)]
    first, second = levels.heard()
    assert first.last_ms == PART.end_ms
    assert is_from_to(second, begins_ms, ROUND_MS)


async def test_a_part_behind_the_end_of_a_file_that_was_cut_is_told_as_such(table: Table, recording: Path) -> None:
    """Else it would be played, as far as anybody knows, and nobody would have heard it."""
    path = table.deck._prefetch._place(SONG)
    path.unlink()
    await asyncio.to_thread(cut_short, recording, path)
    table.plan = a_plan(0, table.now_ms(), track=SONG)

    await until_over(table)

    assert table.over == [("A", "no audio or video data played")]

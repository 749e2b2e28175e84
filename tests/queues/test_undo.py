"""What a host did can be taken back for a minute: as if it had never been done."""

import pytest

from api_queue.errors import NothingToUndo
from api_queue.queues.changes import Changes
from api_queue.queues.undo import Undone
from tests.queues.agreement import check_index
from tests.queues.builders import NOW
from tests.queues.night_dump import dump
from tests.queues.party import HOST, Party, X


async def undo(party: Party) -> Undone:
    undone = await party.parts.undoing.undo(X, "host")
    await check_index(party.parts.redis, X)
    return undone


async def kept(party: Party) -> dict[str, object]:
    return await dump(party.parts.redis, X)


async def test_what_was_cleared_is_back_to_the_byte(party: Party) -> None:
    await party.add_all("ABC")
    await party.press("play")
    before = await kept(party)
    await party.parts.items.clear(X)
    assert await party.waiting() == []
    undone = await undo(party)
    assert undone.sentence == "The songs of B and C are back on the queue."
    assert await kept(party) == before


async def test_what_was_added_after_a_clear_stays_behind_what_came_back(party: Party) -> None:
    await party.add_all("AB")
    await party.parts.items.clear(X)
    await party.add("C")
    await undo(party)
    assert await party.waiting() == ["A", "B", "C"]


async def test_settings_are_back_to_the_byte(party: Party) -> None:
    before = await kept(party)
    await party.set(title="Hall", track_space=3, event_start="2030-01-01T20:00:00+01:00")
    undone = await undo(party)
    assert undone.sentence == "As before: title, track_space, event_start."
    assert await kept(party) == before


async def test_there_is_nothing_to_undo_at_first(party: Party) -> None:
    with pytest.raises(NothingToUndo):
        await undo(party)


async def test_what_a_host_took_off_is_back_where_it_stood(party: Party) -> None:
    ids = await party.add_all("ABC")
    before = await kept(party)
    await party.parts.items.remove(X, ids[1], HOST)
    assert (await undo(party)).sentence == "The song of B is back on the queue."
    assert await kept(party) == before


async def test_what_was_moved_is_back_where_it_stood(party: Party) -> None:
    ids = await party.add_all("ABC")
    before = await kept(party)
    await party.parts.items.move(X, ids[2], ids[0], HOST)
    assert (await undo(party)).sentence == "The song of C is back in place."
    assert await kept(party) == before


async def test_what_was_edited_is_as_it_was(party: Party) -> None:
    ids = await party.add_all("ABC")
    before = await kept(party)
    changes = Changes(weight=3, timestamp_play=NOW + 10**6, performer_name="Bo", tempo=1.5)
    await party.parts.items.edit(X, ids[1], changes, HOST)
    assert (await undo(party)).sentence == "The song of B is as before."
    assert await kept(party) == before


async def test_what_was_skipped_comes_next_again(party: Party) -> None:
    await party.add_all("ABC")
    await party.press("play")
    await party.press("skip")
    assert (await undo(party)).sentence == "The song of A is next again."
    view = await party.view()
    assert view.current
    assert view.current.performer_name == "B"
    assert await party.waiting() == ["A", "C"]
    assert view.to_come[0].status == "queued"
    assert view.to_come[0].timestamp_play is None

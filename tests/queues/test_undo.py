"""What a host did can be taken back for a minute: as if it had never been done."""

import asyncio
from pathlib import Path

import pytest

from api_queue.app import WebParts
from api_queue.errors import AdminOnlySetting, NothingToUndo, OrderRules, SettingsOvertaken
from api_queue.queues.changes import Changes
from api_queue.queues.keys import key
from api_queue.queues.options import Options
from api_queue.queues.undo import Undone
from tests.house import house_settings
from tests.queues.agreement import check_index
from tests.queues.builders import NOW, an_item, names
from tests.queues.night_dump import dump
from tests.queues.party import HOST, Party, X, guest, somebody
from tests.queues.test_store_model import follow


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


async def test_what_is_a_minute_old_stays(party: Party) -> None:
    ids = await party.add_all("AB")
    await party.parts.items.remove(X, ids[0], HOST)
    party.clock.pass_s(59.999)
    await undo(party)
    await party.parts.items.remove(X, ids[0], HOST)
    party.clock.pass_s(60)
    with pytest.raises(NothingToUndo):
        await undo(party)
    assert await party.waiting() == ["B"]


async def test_an_undo_is_not_undone_but_what_was_before_it(party: Party) -> None:
    ids = await party.add_all("ABC")
    for item_id in ids[:2]:
        await party.parts.items.remove(X, item_id, HOST)
    await undo(party)
    assert await party.waiting() == ["B", "C"]
    await undo(party)
    assert await party.waiting() == ["A", "B", "C"]
    with pytest.raises(NothingToUndo):
        await undo(party)


async def test_what_guests_do_is_theirs(party: Party) -> None:
    ids = await party.add_all("AB")
    await party.parts.items.edit(X, ids[0], Changes(performer_name="Zoe"), guest())
    await party.parts.items.remove(X, ids[1], guest())
    with pytest.raises(NothingToUndo):
        await undo(party)


async def test_what_a_helper_does_can_be_undone(party: Party) -> None:
    ids = await party.add_all("AB")
    await party.parts.items.remove(X, ids[0], somebody("helper"))
    await undo(party)
    assert await party.waiting() == ["A", "B"]


async def test_two_hosts_at_once_undo_two_things(party: Party, redis_url: str, tmp_path: Path) -> None:
    # Given two things that hosts did, and two workers of one server
    ids = await party.add_all("ABCD")
    for item_id in ids[1:3]:
        await party.parts.items.remove(X, item_id, HOST)
    other = WebParts(house_settings(redis_url, tmp_path), party.clock)
    # When both are asked at once
    try:
        both = await asyncio.gather(party.parts.undoing.undo(X, "host"), other.undoing.undo(X, "host"))
    finally:
        await other.close()
    # Then each has taken back another thing, and nothing is left
    assert sorted(one.sentence for one in both) == [f"The song of {name} is back on the queue." for name in "BC"]
    assert await party.waiting() == list("ABCD")
    with pytest.raises(NothingToUndo):
        await undo(party)


async def test_what_its_owner_took_off_since_is_left_out(party: Party) -> None:
    ids = await party.add_all("AB")
    await party.parts.items.move(X, ids[1], ids[0], HOST)
    await party.parts.items.remove(X, ids[1], guest())
    before = await kept(party)
    assert (await undo(party)).sentence == "Nothing came back, since the song of B no longer waited."
    assert await kept(party) == before


async def test_what_its_owner_changed_since_stays_changed(party: Party) -> None:
    ids = await party.add_all("AB")
    await party.parts.items.edit(X, ids[0], Changes(weight=3, key_shift=2), HOST)
    await party.parts.items.edit(X, ids[0], Changes(performer_name="Zoe"), guest())
    await undo(party)
    item = (await party.view()).to_come[0]
    assert (item.performer_name, item.weight, item.key_shift) == ("Zoe", 0, 0)


async def test_a_skipped_song_that_plays_again_is_left_where_it_is(party: Party) -> None:
    await party.add_all("AB")
    await party.press("play")
    await party.press("skip")
    await party.press("prev")
    before = await kept(party)
    assert (await undo(party)).sentence == "Nothing came back, since the song of A no longer waited."
    assert await kept(party) == before


async def test_settings_that_somebody_changed_since_are_not_taken_back(party: Party) -> None:
    await party.set(accepting=True, title="Hall")
    await party.parts.guests.end(X)
    await party.parts.redis.call("LPOP", key(X, "undo"))
    await party.set(title="Yard")
    await party.parts.redis.call("LPOP", key(X, "undo"))
    with pytest.raises(SettingsOvertaken, match="title"):
        await undo(party)
    assert (await party.view()).queue.settings.title == "Yard"


async def test_a_new_queue_of_the_same_name_has_nothing_to_undo(party: Party) -> None:
    await party.set(title="Hall")
    await party.parts.queues.delete(X)
    await party.parts.queues.ensure(X, "X")
    with pytest.raises(NothingToUndo):
        await undo(party)


async def test_a_skip_that_can_be_undone_is_not_moved_to_the_history(party: Party) -> None:
    await party.set(history_length=0)
    await party.add_all("AB")
    await party.press("play")
    await party.press("skip")
    await party.parts.queues.trim(X)
    await undo(party)
    assert await party.waiting() == ["A"]
    party.clock.pass_s(60)
    await party.press("next")
    await party.parts.queues.trim(X)
    assert [item.performer_name for item in await party.parts.queues.history(X)] == ["B"]


async def test_nor_a_skip_behind_what_was_done_since(party: Party) -> None:
    await party.set(history_length=0)
    ids = await party.add_all("ABC")
    await party.press("play")
    await party.press("skip")
    await party.parts.items.remove(X, ids[2], HOST)
    await party.parts.queues.trim(X)
    for _ in range(2):
        await undo(party)
    assert await party.waiting() == ["A", "C"]


async def test_a_screen_that_follows_knows_what_came_back(party: Party) -> None:
    ids = await party.add_all("ABCDE")
    await party.parts.items.move(X, ids[4], ids[1], HOST)
    await undo(party)
    last = [event for event in await party.events() if event["name"] == "items_change"][-1]
    assert last["changes"] == [{"op": "move", "id": ids[4], "before": None}]
    assert [event["name"] for event in await party.events()][-1] == "command"
    assert follow(await party.events()) == ids


async def test_thousands_of_songs_come_back_like_one(party: Party) -> None:
    items = [an_item(f"P{nth}") for nth in range(3000)]
    store, rev = party.parts.queue_store, (await party.view()).queue.rev
    await store.enqueue(X, rev, [(item, None) for item in items], NOW)
    before = await kept(party)
    await party.parts.items.clear(X)
    assert (await undo(party)).sentence == "3000 songs are back on the queue."
    assert await kept(party) == before


@pytest.mark.parametrize("order", ["fifo", "fair"])
async def test_who_was_let_in_asks_again(party: Party, order: str) -> None:
    await party.set(approval="all", order=order, limit_model="points")
    await party.add("Ana", HOST)
    asking = (await party.add("Bob", guest("bob"))).item
    before = await kept(party)
    await party.parts.lobby.admit(X, asking.id, "helper")
    assert (await undo(party)).sentence == "The song of Bob is waiting to be let in again."
    assert await kept(party) == before
    assert (await party.events())[-2]["changes"][-1]["item"]["status"] == "lobby"


async def test_who_was_let_in_asks_again_by_the_name_that_they_have_now(party: Party) -> None:
    await party.set(approval="all")
    asking = (await party.add("Bob", guest("bob"))).item
    await party.parts.lobby.admit(X, asking.id, "host")
    await party.parts.items.edit(X, asking.id, Changes(performer_name="Zoe"), guest("bob"))
    await undo(party)
    assert names((await party.view()).lobby) == ["Zoe"]
    assert (await party.events())[-2]["changes"][-1]["item"]["performer_name"] == "Zoe"


async def test_who_was_sent_away_asks_again(party: Party) -> None:
    await party.set(approval="all")
    asking = (await party.add("Bob", guest("bob"))).item
    before = await kept(party)
    await party.parts.lobby.refuse(X, asking.id, "host")
    assert (await undo(party)).sentence == "The song of Bob is waiting to be let in again."
    assert await kept(party) == before


async def test_who_was_let_in_and_plays_by_now_does_not_ask_again(party: Party) -> None:
    await party.set(approval="all")
    asking = (await party.add("Bob", guest("bob"))).item
    await party.parts.lobby.admit(X, asking.id, "host")
    await party.press("play")
    before = await kept(party)
    assert (await undo(party)).sentence == "Nothing came back, since the song of Bob no longer waited."
    assert await kept(party) == before


async def test_a_host_does_not_undo_what_only_an_admin_may_set(party: Party) -> None:
    for on in (True, False):
        await party.parts.queues.change_settings(X, {"guest_playback": on}, "admin")
    with pytest.raises(AdminOnlySetting):
        await undo(party)
    await party.parts.undoing.undo(X, "admin")
    assert (await party.view()).queue.settings.guest_playback


async def test_an_order_does_not_come_back_while_the_list_is_shuffled(party: Party) -> None:
    await party.set(order="fair")
    await party.set(order="fifo")
    await party.parts.options.change(X, Options(shuffle=True))
    with pytest.raises(OrderRules):
        await undo(party)

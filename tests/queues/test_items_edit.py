"""Edits, moves and removals: whose item it is, every place, every lost race."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from api_queue.errors import (
    HostOnlyField,
    NotYourItem,
    QueueMoved,
    UnknownItem,
    UnknownQueue,
)
from api_queue.queues.changes import Changes
from api_queue.queues.items import ItemService
from api_queue.queues.turns import TRIES
from api_queue.types import ItemId, QueueName
from api_queue.web.identity import Caller
from tests.queues.agreement import check_index
from tests.queues.builders import NOW
from tests.queues.party import ADMIN, HOST, Party, X, guest, somebody

NOWHERE = QueueName("nowhere")
NO_ITEM = ItemId("0000000000")


# -- edit and move --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "order"),
    [
        (Changes(position=1), "CABD"),
        (Changes(position=2), "ACBD"),
        (Changes(position=3), "ABCD"),
        (Changes(position=4), "ABDC"),
        (Changes(position=99), "ABDC"),
    ],
)
async def test_an_item_takes_the_position_that_it_is_given(party: Party, changes: Changes, order: str) -> None:
    _, _, c, _ = await party.add_all("ABCD")
    await party.parts.items.edit(X, c, changes, HOST)
    assert "".join(await party.waiting()) == order
    await check_index(party.parts.redis, X)


async def test_an_item_goes_before_and_after_another(party: Party) -> None:
    a, b, c, d = await party.add_all("ABCD")
    edit = party.parts.items.edit
    await edit(X, d, Changes(before=a), HOST)
    assert await party.waiting() == list("DABC")
    await edit(X, a, Changes(after=b), HOST)
    assert await party.waiting() == list("DBAC")
    await edit(X, b, Changes(after=c), HOST)
    assert await party.waiting() == list("DACB")


async def test_positions_count_from_the_first_waiting_item(party: Party) -> None:
    # Given one that plays, and three that wait
    await party.add_all("ABCD")
    await party.press("play")
    d = (await party.view()).to_come[2].id
    # When the last one is to be the next, then it does not go before the one that plays
    await party.parts.items.edit(X, d, Changes(position=1), HOST)
    assert "".join(i.performer_name for i in (await party.view()).items) == "ADBC"


async def test_an_item_beside_itself_stays_and_costs_no_revision(party: Party) -> None:
    a, _ = await party.add_all("AB")
    rev = (await party.view()).queue.rev
    for changes in (Changes(before=a), Changes(after=a)):
        await party.parts.items.edit(X, a, changes, HOST)
    assert (await party.view()).queue.rev == rev


async def test_an_edit_that_changes_nothing_costs_no_revision(party: Party) -> None:
    (a,) = await party.add_all("A")
    rev = (await party.view()).queue.rev
    await party.parts.items.edit(X, a, Changes(performer_name="A", weight=0), HOST)
    assert (await party.view()).queue.rev == rev


async def test_a_change_and_a_move_in_one_are_one_revision(party: Party) -> None:
    a, b = await party.add_all("AB")
    rev = (await party.view()).queue.rev
    await party.parts.items.edit(X, b, Changes(performer_name="Z", weight=1.25, before=a), HOST)
    view = await party.view()
    assert (view.queue.rev, await party.waiting(), view.to_come[0].weight) == (rev + 1, ["Z", "A"], 1.25)


async def test_a_start_set_by_hand_is_taken_away_again(party: Party) -> None:
    (a,) = await party.add_all("A")
    await party.parts.items.edit(X, a, Changes(timestamp_play=NOW + 5), HOST)
    assert (await party.view()).queue.fixed == 1
    await party.parts.items.edit(X, a, Changes(timestamp_play=None), HOST)
    view = await party.view()
    assert (view.queue.fixed, view.items[0].timestamp_play) == (0, None)


async def test_an_owner_changes_the_name_and_nothing_else(party: Party) -> None:
    (a,) = await party.add_all("A")
    edit = party.parts.items.edit
    assert (await edit(X, a, Changes(performer_name="Z"), guest("ana"))).performer_name == "Z"
    with pytest.raises(HostOnlyField, match="weight and timestamp_play and the order"):
        await edit(X, a, Changes(weight=1, timestamp_play=None, position=1), guest("ana"))


async def test_a_helper_orders_the_queue(party: Party) -> None:
    a, b = await party.add_all("AB")
    await party.parts.items.move(X, b, a, somebody("helper"))
    assert await party.waiting() == ["B", "A"]


async def test_another_guests_item_is_nobody_elses(party: Party) -> None:
    (a,) = await party.add_all("A")
    for caller in (guest("bo"), Caller(None, "10.0.0.1"), somebody("host", QueueName("elsewhere"))):
        with pytest.raises(NotYourItem):
            await party.parts.items.remove(X, a, caller)
        with pytest.raises(NotYourItem):
            await party.parts.items.edit(X, a, Changes(performer_name="Z"), caller)
    assert await party.waiting() == ["A"]


@pytest.mark.parametrize("changes", [Changes(before=NO_ITEM), Changes(after=NO_ITEM)])
async def test_a_place_beside_nothing_is_unknown(party: Party, changes: Changes) -> None:
    (a,) = await party.add_all("A")
    with pytest.raises(UnknownItem, match=NO_ITEM):
        await party.parts.items.edit(X, a, changes, HOST)


async def test_what_plays_or_is_over_is_no_waiting_item(party: Party) -> None:
    # Given one that was played, one that plays and one that waits
    over, playing, waiting = await party.add_all("ABC")
    await party.press("play")
    await party.press("next")
    # Then the first two can be neither moved, nor moved beside, nor removed
    for item_id in (over, playing):
        with pytest.raises(UnknownItem):
            await party.parts.items.remove(X, item_id, HOST)
        with pytest.raises(UnknownItem):
            await party.parts.items.move(X, item_id, None, HOST)
        with pytest.raises(UnknownItem):
            await party.parts.items.move(X, waiting, item_id, HOST)


async def test_an_item_of_an_unknown_queue_is_an_unknown_queue(party: Party) -> None:
    for verb in (party.parts.items.remove(NOWHERE, NO_ITEM, HOST), party.parts.items.clear(NOWHERE)):
        with pytest.raises(UnknownQueue):
            await verb


async def test_edits_at_once_all_happen(party: Party) -> None:
    # Given five waiting items
    ids = await party.add_all("ABCDE")
    edit = party.parts.items.edit
    # When one is renamed, weighted and pushed around at the same moment
    await asyncio.gather(
        edit(X, ids[0], Changes(performer_name="Z"), guest()),
        edit(X, ids[0], Changes(weight=3), HOST),
        edit(X, ids[1], Changes(position=1), HOST),
        edit(X, ids[4], Changes(after=ids[2]), HOST),
    )
    # Then nothing of it was lost or doubled
    view = await party.view()
    changed = next(item for item in view.items if item.id == ids[0])
    assert (changed.performer_name, changed.weight) == ("Z", 3)
    assert sorted(item.id for item in view.items) == sorted(ids)
    await check_index(party.parts.redis, X)


VERBS: dict[str, Callable[[ItemService, ItemId], Awaitable[object]]] = {
    "change": lambda items, item_id: items.edit(X, item_id, Changes(weight=1), HOST),
    "remove": lambda items, item_id: items.remove(X, item_id, HOST),
    "clear": lambda items, _: items.clear(X),
}


@pytest.mark.parametrize("verb", ["change", "remove", "clear"])
async def test_a_race_that_is_always_lost_is_told(party: Party, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    # Given a store that finds each time what it stands on changed
    (a,) = await party.add_all("A")
    tries = 0

    async def lost(*_: object, **__: object) -> None:
        nonlocal tries
        tries += 1

    monkeypatch.setattr(party.parts.queue_store, verb, lost)
    # When it is tried, then it is told after eight times
    with pytest.raises(QueueMoved):
        await VERBS[verb](party.parts.items, a)
    assert tries == TRIES


async def test_a_move_whose_place_moved_underneath_is_worked_out_again(
    party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given that somebody else moves just before a move to a position is written
    a, b, c = await party.add_all("ABC")
    store = party.parts.queue_store
    change = store.change

    async def once_too_late(*args: Any) -> Any:
        monkeypatch.undo()
        await party.parts.items.move(X, a, None, HOST)
        return await change(*args)

    monkeypatch.setattr(store, "change", once_too_late)
    # When the last is to be the second
    await party.parts.items.edit(X, c, Changes(position=2), HOST)
    # Then it is the second of the list as it is by now
    assert await party.waiting() == ["B", "C", "A"]
    assert b == (await party.view()).to_come[0].id


# -- remove and clear -----------------------------------------------------------------------------------------


async def test_of_many_who_remove_one_item_one_does(party: Party) -> None:
    (a,) = await party.add_all("A")
    removals = [party.parts.items.remove(X, a, caller) for caller in (HOST, ADMIN, guest(), HOST)]
    answers = await asyncio.gather(*removals, return_exceptions=True)
    assert sum(isinstance(answer, UnknownItem) for answer in answers) == 3
    await check_index(party.parts.redis, X)


async def test_clear_takes_all_that_waits_and_nothing_else(party: Party) -> None:
    await party.add_all("ABCD")
    await party.press("play")
    await party.press("next")
    await party.parts.items.clear(X)
    assert [(i.performer_name, i.status) for i in (await party.view()).items] == [("A", "played"), ("B", "playing")]
    await check_index(party.parts.redis, X)


async def test_clearing_what_is_clear_costs_no_revision(party: Party) -> None:
    rev = (await party.view()).queue.rev
    await party.parts.items.clear(X)
    assert (await party.view()).queue.rev == rev


@pytest.mark.parametrize("where", ["position", "after"])
async def test_where_an_item_goes_is_found_without_reading_the_list(party: Party, where: str) -> None:
    # Given ten that wait
    ids = await party.add_all("ABCDEFGHIJ")
    # When one is moved behind another
    changes = Changes(position=8) if where == "position" else Changes(after=ids[8])
    await party.parts.redis.call("CONFIG", "RESETSTAT")
    await party.parts.items.edit(X, ids[1], changes, HOST)
    reads = (await party.parts.redis.call("INFO", "commandstats"))["cmdstat_lrange"]["calls"]
    # Then it stands there, and one reading of two lines has been enough
    assert await party.waiting() == list("ACDEFGHBIJ" if where == "position" else "ACDEFGHIBJ")
    assert reads == 1

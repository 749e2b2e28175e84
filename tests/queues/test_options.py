"""Shuffle, repeat and volume on a real queue: what a change of them costs, tells and leaves as it was."""

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace

from api_queue.errors import QueueMoved, UnknownQueue
from api_queue.queues import wire
from api_queue.queues.models import Item
from api_queue.queues.options import Options, OptionService, reordered
from api_queue.queues.session import Session
from api_queue.queues.turns import TRIES
from api_queue.types import QueueName
from tests.queues.agreement import check_index
from tests.queues.builders import NOW, an_item, names
from tests.queues.party import HOST, Party, X
from tests.queues.test_store_model import follow

#: So many that chance puts them into the same order about never.
MANY = "ABCDEFGHIJKLMNOPQRST"


async def added(party: Party, performers: str) -> None:
    """One a second."""
    for performer in performers:
        await party.add(performer, HOST)
        party.clock.pass_s(1)


async def switched(party: Party, **named: Any) -> list[dict[str, Any]]:
    """The events of one change."""
    before = len(await party.events())
    await party.parts.options.change(X, Options(**named))
    return (await party.events())[before:]


# -- the rules -------------------------------------------------------------------------------------------------


@given(st.integers(0, 12), st.randoms(use_true_random=False))
def test_shuffled_and_put_back_it_is_the_list_that_it_was(many: int, chance: Random) -> None:
    waiting = [replace(an_item(str(n)), timestamp_added=NOW + n) for n in range(many)]
    mixed = reordered(waiting, chance, shuffle=True)
    assert sorted(mixed, key=lambda item: item.timestamp_added) == waiting
    assert reordered(mixed, chance, shuffle=False) == waiting


@given(
    st.sampled_from([UNSET, True, False]), st.sampled_from([UNSET, "off", "one", "all"]), st.just(UNSET) | st.just(7)
)
def test_what_is_not_named_stays(shuffle: Any, repeat_mode: Any, volume: Any) -> None:
    before = Session(shuffle=True, repeat_mode="one", volume=50)
    after = Options(shuffle=shuffle, repeat_mode=repeat_mode, volume=volume).on(before)
    assert after.shuffle == (True if shuffle is UNSET else shuffle)
    assert after.repeat_mode == ("one" if repeat_mode is UNSET else repeat_mode)
    assert after.volume == (50 if volume is UNSET else volume)


# -- one change ------------------------------------------------------------------------------------------------


async def test_however_many_are_named_it_is_one_revision_and_one_options_change(party: Party) -> None:
    rev = (await party.view()).queue.rev
    (event,) = await switched(party, shuffle=True, repeat_mode="all", volume=40)
    queue = (await party.view()).queue
    assert event == {
        **{"name": "options_change", "type": "options", "rev": rev + 1, "ts": NOW},
        "session": wire.session_notice(queue.session),
    }
    assert (queue.rev, queue.session) == (rev + 1, Session(shuffle=True, repeat_mode="all", volume=40))


async def test_what_is_so_already_costs_no_revision(party: Party) -> None:
    await added(party, MANY)
    await switched(party, shuffle=True, volume=40)
    before = await party.view()
    for named in ({}, {"shuffle": True}, {"volume": 40, "repeat_mode": "off"}):
        assert await switched(party, **named) == []
    assert await party.view() == before


async def test_the_answer_is_the_queue_as_it_is_afterwards(party: Party) -> None:
    answered = await party.parts.options.change(X, Options(repeat_mode="one"))
    stored = (await party.view()).queue
    assert (answered.rev, answered.session, answered.changed_at_ms) == (stored.rev, stored.session, NOW)


async def test_the_music_does_not_notice(party: Party) -> None:
    await added(party, "AB")
    await party.press("play")
    party.clock.pass_s(5)
    before = (await party.view()).queue.session
    await switched(party, shuffle=True, repeat_mode="one", volume=10)
    after = (await party.view()).queue.session
    assert after == replace(before, shuffle=True, repeat_mode="one", volume=10)


async def test_a_queue_that_is_none_has_no_options(party: Party) -> None:
    with pytest.raises(UnknownQueue):
        await party.parts.options.change(QueueName("nowhere"), Options(volume=1))


async def test_whoever_is_too_late_works_it_out_again(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody adds between the look and the writing."""
    store = party.parts.queue_store
    look, late = store.queue, ["B"]

    async def looked(name: QueueName) -> Any:
        queue = await look(name)
        if late:
            await party.add(late.pop(), HOST)
        return queue

    monkeypatch.setattr(store, "queue", looked)
    await party.parts.options.change(X, Options(shuffle=True))
    assert await party.waiting() == ["B"]
    assert (await party.view()).queue.session.shuffle


async def test_who_is_always_too_late_is_told(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    store = party.parts.queue_store
    tried = []

    async def moved(*arguments: Any) -> None:
        tried.append(arguments)

    monkeypatch.setattr(store, "set_options", moved)
    with pytest.raises(QueueMoved):
        await party.parts.options.change(X, Options(volume=1))
    assert len(tried) == TRIES


# -- shuffle ---------------------------------------------------------------------------------------------------


async def test_shuffle_puts_what_waits_in_another_order_and_nothing_else(party: Party) -> None:
    await added(party, "xy" + MANY)
    await party.press("play")
    await party.press("next")
    before = await party.view()
    changes, options = await switched(party, shuffle=True)
    after = await party.view()
    assert after.over == before.over
    assert names(after.to_come) != list(MANY)
    assert sorted(names(after.to_come)) == list(MANY)
    assert [change["id"] for change in changes["changes"]] == [item.id for item in after.to_come]
    assert changes["rev"] == options["rev"] == after.queue.rev
    await check_index(party.parts.redis, X)


async def test_switched_off_it_is_the_order_of_adding_again(party: Party) -> None:
    await added(party, MANY)
    await switched(party, shuffle=True)
    await switched(party, shuffle=False)
    assert "".join(await party.waiting()) == MANY
    await check_index(party.parts.redis, X)


async def test_a_reader_who_knows_only_the_events_has_the_same_order(party: Party) -> None:
    await added(party, "xy" + MANY)
    await party.press("play")
    for shuffle in (True, False, True):
        await switched(party, shuffle=shuffle)
        await added(party, "Zz")
        assert follow(await party.events()) == [item.id for item in (await party.view()).items]


async def test_the_same_chance_is_the_same_order(party: Party) -> None:
    orders = []
    for _ in range(2):
        await party.parts.items.clear(X)
        await added(party, MANY)
        service = OptionService(party.parts.queue_store, party.clock, Random(7))
        await service.change(X, Options(shuffle=True))
        orders.append(await party.waiting())
        await service.change(X, Options(shuffle=False))
    assert orders[0] == orders[1] != list(MANY)


# -- what is added while shuffle is on -------------------------------------------------------------------------


async def test_a_new_item_gets_any_place_behind_the_current_one(party: Party) -> None:
    # Given one that plays and two that wait
    party.parts.chance.seed(1)
    await added(party, "xAB")
    await party.press("play")
    await switched(party, shuffle=True)
    # When one is added and taken off again, often
    places = set()
    for _ in range(20):
        placed = await party.add("C", HOST)
        places.add((await party.waiting()).index("C") + 1)
        assert placed.position == (await party.waiting()).index("C") + 1
        await check_index(party.parts.redis, X)
        await party.parts.items.remove(X, placed.item.id, HOST)
    # Then it was everywhere, and never before what plays
    assert places == {1, 2, 3}


async def test_the_time_that_it_is_promised_is_the_one_that_every_view_shows(party: Party) -> None:
    await added(party, "xABCDE")
    await party.press("play")
    await switched(party, shuffle=True)
    for performer in "FGHIJK":
        placed = await party.add(performer, HOST)
        shown = wire.items_json(await party.view(), party.clock.now_ms())
        assert placed.expected_ms == next(i["timestamp_expected"] for i in shown if i["id"] == placed.item.id)


async def test_a_worker_that_remembers_the_queue_hears_of_the_switch(party: Party) -> None:
    """Settings are kept in each worker; an add by one that has not heard of shuffle is judged again."""
    party.parts.chance.seed(3)
    await added(party, MANY)
    await switched(party, shuffle=True)
    await added(party, "Zz")
    assert (await party.waiting())[-2:] != ["Z", "z"]


async def test_an_add_before_one_that_goes_meanwhile_finds_another_place(
    party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    await added(party, "A")
    await switched(party, shuffle=True)
    store = party.parts.queue_store
    look = store.view
    gone: list[Item] = []

    async def looked(name: QueueName, first: int | None = None, last: int | None = None) -> Any:
        view = await look(name, first, last)
        if view.to_come and not gone:
            gone.append(await party.parts.items.remove(X, view.to_come[0].id, HOST))
        return view

    monkeypatch.setattr(store, "view", looked)
    monkeypatch.setattr(party.parts.chance, "randrange", lambda _: 0)
    await party.add("B", HOST)
    assert await party.waiting() == ["B"]
    await check_index(party.parts.redis, X)

"""Ready, pass, and a performer who is paused: the verbs on a real queue."""

import asyncio

import pytest

from api_queue.errors import NobodyToSwapWith, NotComingSoon, NotYourItem, PassUsed, UnknownItem
from api_queue.queues.keys import key
from api_queue.queues.options import Options
from api_queue.queues.passing import same_people, swap
from api_queue.queues.scripts import Scripts
from api_queue.queues.turn_taking import Card
from api_queue.queues.turn_taking_store import RedisTurnTaking
from api_queue.types import ItemId
from tests.queues.agreement import check_index
from tests.queues.builders import an_item
from tests.queues.party import HOST, Party, X, guest, somebody
from tests.queues.test_store_model import follow


async def added(party: Party, *performers: str) -> list[ItemId]:
    """Each by a guest of their own, on a track of their own."""
    return [(await party.add(name, guest(name), track=at % 10)).item.id for at, name in enumerate(performers)]


async def waiting_with_times(party: Party) -> dict[str, int | None]:
    """Seconds from now."""
    listed = (await party.shown())["items"]
    return {
        item["performer_name"]: item["timestamp_expected"] and (item["timestamp_expected"] - party.clock.ms) // 1000
        for item in listed
        if item["position"]
    }


# -- ready -----------------------------------------------------------------------------------------------------


async def test_the_next_singer_says_that_they_are_ready(party: Party) -> None:
    ana, _ = await added(party, "Ana", "Bo")
    item, place = await party.parts.turn_taking.ready(X, ana, guest("Ana"))
    assert (item.id, place) == (ana, 1)
    assert (await party.shown())["ready"] == [ana]
    assert (await party.events())[-1] | {"rev": 0, "ts": 0} == {
        "name": "items_change",
        "type": "queue",
        "rev": 0,
        "ts": 0,
        "changes": [],
        "ready": [ana],
    }


async def test_ready_said_twice_is_one_change(party: Party) -> None:
    (ana,) = await added(party, "Ana")
    for _ in range(2):
        await party.parts.turn_taking.ready(X, ana, guest("Ana"))
    assert len(await party.events()) == 3  # made, added, ready


async def test_only_what_comes_soon_can_be_ready(party: Party) -> None:
    await party.set(coming_soon_count=1)
    _, bo = await added(party, "Ana", "Bo")
    with pytest.raises(NotComingSoon, match="place 2; that can be said of the first 1"):
        await party.parts.turn_taking.ready(X, bo, guest("Bo"))


async def test_nobody_is_ready_for_another(party: Party) -> None:
    (ana,) = await added(party, "Ana")
    with pytest.raises(NotYourItem):
        await party.parts.turn_taking.ready(X, ana, guest("Bo"))
    await party.parts.turn_taking.ready(X, ana, somebody("helper"))
    assert (await party.shown())["ready"] == [ana]


async def test_the_card_of_what_waits_no_more_is_thrown_away(party: Party) -> None:
    ana, bo = await added(party, "Ana", "Bo")
    await party.parts.turn_taking.ready(X, ana, guest("Ana"))
    await party.parts.items.remove(X, ana, HOST)
    await party.parts.turn_taking.ready(X, bo, guest("Bo"))
    assert (await party.shown())["ready"] == [bo]


# -- pass ------------------------------------------------------------------------------------------------------


async def test_a_pass_lets_the_following_singer_go_first(party: Party) -> None:
    ana, bo, _ = await added(party, "Ana", "Bo", "Cleo")
    item, place = await party.parts.turn_taking.let_go_first(X, ana, guest("Ana"))
    assert (item.id, place) == (ana, 2)
    assert await party.waiting() == ["Bo", "Ana", "Cleo"]
    assert (await party.events())[-1]["changes"] == [
        {"op": "move", "id": bo, "before": ana},
        {"op": "move", "id": ana, "before": (await party.view()).to_come[2].id},
    ]
    await check_index(party.parts.redis, X)


async def test_who_passes_is_ready_no_more(party: Party) -> None:
    ana, _ = await added(party, "Ana", "Bo")
    await party.parts.turn_taking.ready(X, ana, guest("Ana"))
    await party.parts.turn_taking.let_go_first(X, ana, guest("Ana"))
    assert (await party.shown())["ready"] == []


async def test_a_pass_changes_places_with_somebody_else(party: Party) -> None:
    """Not with another song of one's own, nor with one who is paused; what is between stays."""
    first, _ = await added(party, "Ana", "Zoe")
    await party.parts.turn_taking.pause(X, "zoe")
    await party.add("Ana's friend", guest("Ana"), track=2)
    await party.add("Bo", guest("Bo"), track=3)
    await party.parts.turn_taking.let_go_first(X, first, guest("Ana"))
    assert await party.waiting() == ["Bo", "Zoe", "Ana's friend", "Ana"]


async def test_a_pass_is_free_once_for_each_item(party: Party) -> None:
    ana, bo, _ = await added(party, "Ana", "Bo", "Cleo")
    await party.parts.turn_taking.let_go_first(X, ana, guest("Ana"))
    with pytest.raises(PassUsed):
        await party.parts.turn_taking.let_go_first(X, ana, guest("Ana"))
    await party.parts.turn_taking.let_go_first(X, bo, guest("Bo"))
    assert await party.waiting() == ["Ana", "Bo", "Cleo"]


async def test_two_presses_at_once_are_one_pass(party: Party) -> None:
    ana, _, _ = await added(party, "Ana", "Bo", "Cleo")
    press = party.parts.turn_taking.let_go_first
    outcomes = await asyncio.gather(*(press(X, ana, guest("Ana")) for _ in range(2)), return_exceptions=True)
    assert sorted(isinstance(outcome, PassUsed) for outcome in outcomes) == [False, True]
    assert await party.waiting() == ["Bo", "Ana", "Cleo"]


async def test_what_comes_behind_the_two_meanwhile_stays_there_for_whoever_follows(party: Party) -> None:
    # Given a pass that is worked out, and a song that a host puts behind the two just then
    await added(party, "Ana", "Bo", "Cleo")
    view = await party.view()
    dora = (await party.add("Dora", HOST)).item.id
    await party.parts.items.move(X, dora, view.to_come[2].id, HOST)
    # When it is written
    store = RedisTurnTaking(Scripts(party.parts.redis, 1000))
    cards = {view.to_come[0].id: Card(passes=1)}
    assert await store.swap(view.queue, swap(view.to_come, 0, {}), cards, "guest", party.clock.ms)
    # Then the list and whoever follows the events agree
    assert await party.waiting() == ["Bo", "Ana", "Dora", "Cleo"]
    assert follow(await party.events()) == [item.id for item in (await party.view()).items]


async def test_a_pass_needs_somebody_who_goes_first(party: Party) -> None:
    (ana,) = await added(party, "Ana")
    with pytest.raises(NobodyToSwapWith):
        await party.parts.turn_taking.let_go_first(X, ana, guest("Ana"))


async def test_a_pass_needs_a_song_that_waits(party: Party) -> None:
    ana, _ = await added(party, "Ana", "Bo")
    await party.press("play")
    with pytest.raises(UnknownItem):
        await party.parts.turn_taking.let_go_first(X, ana, guest("Ana"))


async def test_the_two_change_their_rounds(party: Party) -> None:
    await party.set(order="fair", coming_soon_count=1)
    first, _, bo = await added(party, "Ana", "Ana", "Bo")
    assert await party.waiting() == ["Ana", "Bo", "Ana"]
    await party.press("play")
    await party.add("Ana", guest("Ana"), track=5)
    await party.parts.turn_taking.let_go_first(X, bo, guest("Bo"))
    assert await party.waiting() == ["Ana", "Bo", "Ana"]
    assert first not in {item.id for item in (await party.view()).to_come}
    await check_index(party.parts.redis, X)


def test_a_duet_is_the_same_people_as_each_of_its_singers() -> None:
    duet = an_item("Ana & Bo", owner="a")
    assert same_people(duet, an_item("BO", owner="b"))
    assert same_people(duet, an_item("Cleo", owner="a"))
    assert not same_people(duet, an_item("Cleo", owner="c"))


# -- paused ----------------------------------------------------------------------------------------------------


async def test_a_paused_performer_keeps_the_place_and_has_no_time(party: Party) -> None:
    await added(party, "Ana", "Bo", "Cleo")
    await party.press("play")
    before = await waiting_with_times(party)
    await party.parts.turn_taking.pause(X, "BO")
    assert (await party.shown())["paused"] == ["BO"]
    after = await waiting_with_times(party)
    assert list(after) == ["Bo", "Cleo"]
    assert after == {"Bo": None, "Cleo": before["Bo"]}
    assert (await party.events())[-1]["paused"] == ["BO"]


async def test_pausing_twice_and_resuming_twice_change_nothing_more(party: Party) -> None:
    for performer in ("Bo", "bo"):
        await party.parts.turn_taking.pause(X, performer)
    for _ in range(2):
        assert await party.parts.turn_taking.resume(X, "BO") == {}
    assert [event.get("paused") for event in await party.events()] == [None, ["Bo"], []]


async def test_both_of_a_duet_can_be_paused_at_once(party: Party) -> None:
    await party.parts.turn_taking.pause(X, "Ana & Bo")
    assert (await party.shown())["paused"] == ["Ana", "Bo"]
    await party.parts.turn_taking.resume(X, "ana")
    assert (await party.shown())["paused"] == ["Bo"]


async def test_an_add_is_told_a_time_without_the_paused_ones(party: Party) -> None:
    await added(party, "Ana", "Bo")
    await party.press("play")
    await party.parts.turn_taking.pause(X, "Bo")
    placed = await party.add("Cleo", guest("Cleo"), track=4)
    assert placed.position == 2
    listed = next(item for item in (await party.shown())["items"] if item["id"] == placed.item.id)
    assert placed.expected_ms == listed["timestamp_expected"]


async def test_somebody_else_starts_in_the_stead_of_the_paused_ones(party: Party) -> None:
    ana, bo, cleo = await added(party, "Ana", "Bo", "Cleo")
    await party.parts.turn_taking.pause(X, "Ana & Bo")
    queue = await party.press("play")
    assert queue.session.item_id == cleo
    assert await party.waiting() == ["Ana", "Bo"]
    assert (await party.events())[-3]["changes"][0] == {"op": "move", "id": cleo, "before": ana}
    await check_index(party.parts.redis, X)
    await party.parts.turn_taking.resume(X, "Bo")
    assert (await party.press("next")).session.item_id == bo


async def test_in_a_fair_order_the_paused_keep_their_round(party: Party) -> None:
    await party.set(order="fair")
    first, second, _ = await added(party, "Ana", "Ana", "Bo")
    await party.parts.turn_taking.pause(X, "Ana")
    await party.press("play")
    assert [item.id for item in (await party.view()).to_come] == [first, second]
    await check_index(party.parts.redis, X)


async def test_the_music_ends_where_all_are_paused(party: Party) -> None:
    await added(party, "Ana", "Bo")
    await party.press("play")
    await party.parts.turn_taking.pause(X, "Bo")
    queue = await party.press("next")
    assert (queue.session.state, queue.session.item_id) == ("stopped", None)
    assert await party.waiting() == ["Bo"]
    assert (await party.press("play")).session.item_id is None
    await party.parts.turn_taking.resume(X, "Bo")
    assert (await party.press("play")).session.state == "playing"


async def test_what_is_over_comes_again_where_all_are_paused(party: Party) -> None:
    ana, bo = await added(party, "Ana", "Bo")
    await party.parts.options.change(X, Options(repeat_mode="all"))
    await party.press("play")
    await party.parts.turn_taking.pause(X, "Bo")
    queue = await party.press("next")
    assert queue.session.item_id == ana
    assert [item.id for item in (await party.view()).to_come] == [bo]
    await check_index(party.parts.redis, X)


async def test_a_pause_in_the_moment_of_a_start_holds(party: Party) -> None:
    """Whichever is first: a paused performer's song never begins after the pause was told."""
    _, bo, cleo = await added(party, "Ana", "Bo", "Cleo")
    await party.press("play")
    _, queue = await asyncio.gather(party.parts.turn_taking.pause(X, "Bo"), party.press("next"))
    told = [event.get("paused") or event.get("session", {}).get("item_id") for event in await party.events()]
    began = queue.session.item_id
    assert began == cleo or (began == bo and told.index(bo) < told.index(["Bo"]))


async def test_in_a_fair_order_the_second_pass_costs_a_turn(party: Party) -> None:
    await party.set(order="fair", coming_soon_count=5)
    ana, *_ = await added(party, "Ana", "Bo", "Cleo", "Bo", "Cleo")
    await party.parts.turn_taking.let_go_first(X, ana, guest("Ana"))
    assert await party.waiting() == ["Bo", "Ana", "Cleo", "Bo", "Cleo"]
    _, place = await party.parts.turn_taking.let_go_first(X, ana, guest("Ana"))
    assert await party.waiting() == ["Bo", "Cleo", "Bo", "Cleo", "Ana"]
    assert place == 5
    turns = await party.parts.redis.call("HGETALL", key(X, "turns"))
    assert {payer: float(charged) for payer, charged in turns.items()} == {
        **{"o:Ana": 2, "p:ana": 2, "o:Bo": 2, "p:bo": 2},
        **{"o:Cleo": 2, "p:cleo": 2},
    }
    assert (await party.events())[-1]["changes"] == [{"op": "move", "id": ana, "before": None}]
    await check_index(party.parts.redis, X)


async def test_a_pass_of_two_rounds_goes_behind_somebody_at_least(party: Party) -> None:
    await party.set(order="fair", coming_soon_count=1)
    _, ana, *_ = await added(party, "Zoe", "Ana", "Bo", "Bo", "Bo", "Bo")
    await party.parts.items.remove(X, (await party.view()).to_come[2].id, HOST)
    await party.press("play")
    for _ in range(3):
        if (await party.waiting())[0] != "Ana":
            break
        await party.parts.turn_taking.let_go_first(X, ana, guest("Ana"))
        await check_index(party.parts.redis, X)
    assert (await party.waiting())[0] == "Bo"

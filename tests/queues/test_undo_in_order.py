"""However a queue is sorted, and whatever its guests pay with: taken back, it is what it was, to the byte."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random

import pytest

from api_queue.errors import NothingToUndo, QueueMoved, UnknownItem
from api_queue.queues.changes import Changes
from api_queue.queues.keys import key
from tests.queues.agreement import check_index
from tests.queues.night_dump import dump
from tests.queues.party import HOST, Party, X, guest
from tests.queues.test_store_model import follow

ORDERS = ("fifo", "weight", "fair")
SPENT = ("turns", "points", "moves")
NAMES = ("Ana", "Bob", "Cleo", "Ana & Bob", "Dora")


async def a_night(party: Party, order: str, chance: Random) -> None:
    """The first song plays, and a dozen wait."""
    await party.set(order=order, coming_soon_count=2, limit_model="points", points_max=60)
    for nth in range(13):
        name = chance.choice(NAMES)
        by = HOST if nth % 6 == 5 else guest(name[:3].lower())
        await party.add(name, by, track=nth % 9)
        party.clock.pass_s(20)
        if nth == 3:
            await party.press("play")


async def something(party: Party, chance: Random) -> None:
    """What hosts do."""
    waiting = (await party.view()).to_come
    if not waiting:
        await party.set(title=f"{chance.random()}")
        return
    item, other = chance.choice(waiting), chance.choice(waiting)
    items = party.parts.items
    deeds: list[Callable[[], Awaitable[object]]] = [
        lambda: items.remove(X, item.id, HOST),
        lambda: items.remove(X, item.id, HOST),
        lambda: items.move(X, item.id, None if other is item else other.id, HOST),
        lambda: items.move(X, item.id, None if other is item else other.id, HOST),
        lambda: items.edit(X, item.id, Changes(weight=chance.choice([-1, 0.5, 2])), HOST),
        lambda: items.edit(X, item.id, Changes(performer_name=chance.choice(NAMES), tempo=1.5), HOST),
        lambda: party.set(title=f"{chance.random()}", track_space=chance.choice([1, 2.5])),
        lambda: party.set(order=chance.choice(ORDERS)),
        lambda: items.clear(X),
    ]
    await chance.choices(deeds, [3, 3, 3, 3, 3, 3, 2, 2, 1])[0]()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("order", ORDERS)
async def test_as_many_undos_as_deeds_lead_back_to_each(party: Party, order: str, seed: int) -> None:
    # Given a night in which a host does a dozen things
    chance, redis = Random(f"{order} {seed}"), party.parts.redis
    await a_night(party, order, chance)
    before = []
    for _ in range(12):
        now, rev = await dump(redis, X), (await party.view()).queue.rev
        await something(party, chance)
        party.clock.pass_s(2)
        if (await party.view()).queue.rev > rev:
            before.append(now)
    # When all of it is taken back
    # Then the queue is what it was before each, and its keys agree with each other
    for wanted in reversed(before):
        await party.parts.undoing.undo(X, "host")
        assert await dump(redis, X) == wanted
        await check_index(redis, X)
    # And whoever followed the events has the same list
    assert follow(await party.events()) == [item.id for item in (await party.view()).items]


@pytest.mark.parametrize("order", ORDERS)
async def test_a_skip_costs_nobody_a_turn_or_a_point_after_it_was_taken_back(party: Party, order: str) -> None:
    await a_night(party, order, Random(7))
    before = await dump(party.parts.redis, X)
    skipped = (await party.view()).current
    await party.press("skip")
    playing = (await party.view()).current
    await party.parts.undoing.undo(X, "host")
    # Then what was skipped is the next, the rest follows as it did, and what plays plays on
    view, after = await party.view(), await dump(party.parts.redis, X)
    assert skipped
    assert view.current == playing
    assert view.to_come[0] == skipped.put_back()
    assert {part: after[part] for part in SPENT} == {part: before[part] for part in SPENT}
    # And both have been on, when windows ask
    assert playing
    starts = {f"t:{skipped.track_id}": skipped.timestamp_play, f"t:{playing.track_id}": playing.timestamp_play}
    played = await party.parts.redis.call("HGETALL", key(X, "played"))
    assert {track: int(played[track]) for track in starts} == starts
    await check_index(party.parts.redis, X)


async def test_a_skip_that_ended_the_music_waits_as_the_next_one(party: Party) -> None:
    await party.add("Ana")
    await party.press("play")
    await party.press("skip")
    await party.parts.undoing.undo(X, "host")
    view = await party.view()
    assert (view.queue.session.state, view.queue.session.item_id) == ("stopped", None)
    assert [item.status for item in view.items] == ["queued"]


@pytest.mark.parametrize("order", ORDERS)
async def test_undone_while_guests_add_and_hosts_are_at_it_nothing_is_lost_or_doubled(party: Party, order: str) -> None:
    # Given a night, and much that is done at once
    chance = Random(order)
    await a_night(party, order, chance)

    async def undo() -> None:
        with suppress(NothingToUndo, UnknownItem, QueueMoved):
            await party.parts.undoing.undo(X, "host")

    async def deed() -> None:
        with suppress(UnknownItem, QueueMoved):
            await something(party, chance)

    adds = [party.add(f"New {nth}", guest(f"new-{nth}"), track=nth % 9) for nth in range(12)]
    verbs = [*adds, *(deed() for _ in range(12)), *(undo() for _ in range(12))]
    await asyncio.gather(*chance.sample(verbs, len(verbs)))
    # Then all that was added and not taken off is there once, and whoever followed has the same list
    await check_index(party.parts.redis, X)
    listed = [item.id for item in (await party.view()).items]
    assert len(listed) == len(set(listed))
    assert follow(await party.events()) == listed


@pytest.mark.parametrize("other", ORDERS)
@pytest.mark.parametrize(
    ("order", "wanted", "turns"),
    [
        ("weight", ["Ana", "Bob", "Ana", "Cleo", "Dora"], []),
        ("fair", ["Ana", "Bob", "Cleo", "Dora", "Ana"], ["o:Ana 2", "o:Bob 1", "o:Cleo 1", "o:Dora 1"]),
    ],
)
async def test_what_was_added_in_another_order_is_added_once_more_to_the_one_that_comes_back(
    party: Party, order: str, wanted: list[str], turns: list[str], other: str
) -> None:
    # Given that a host sets another order, and guests add
    await party.set(order=order, coming_soon_count=1)
    for name in ("Ana", "Bob", "Ana"):
        await party.add(name, guest(name))
    await party.set(title="Hall", order=other)
    await party.add("Cleo", guest("Cleo"))
    # When that is taken back
    await party.parts.undoing.undo(X, "host")
    await check_index(party.parts.redis, X)
    # Then it stands, and is charged, like what is added after it
    await party.add("Dora", guest("Dora"))
    assert await party.waiting() == wanted
    charged = await party.parts.redis.call("HGETALL", key(X, "turns"))
    assert sorted(f"{payer} {many}" for payer, many in charged.items() if payer.startswith("o:")) == turns

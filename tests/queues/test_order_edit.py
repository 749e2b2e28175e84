"""Edits and moves by hand on a sorted queue: what the item is sorted by afterwards."""

import json

from api_queue.queues.changes import Changes
from api_queue.queues.keys import key
from tests.queues.agreement import check_index
from tests.queues.party import HOST, Party, X, guest


async def test_a_moved_item_takes_the_round_of_the_one_it_stands_before(party: Party) -> None:
    await party.set(order="fair", coming_soon_count=0)
    ana = [await party.add(f"Ana {n}", guest("ana")) for n in range(3)]
    await party.parts.items.move(X, ana[2].item.id, ana[0].item.id, HOST)
    await party.add("Bob", guest("bob"))
    assert await party.waiting() == ["Ana 2", "Ana 0", "Bob", "Ana 1"]
    await check_index(party.parts.redis, X)


async def test_what_a_host_moved_is_kept_in_a_line(party: Party) -> None:
    ana, bob = [await party.add(name, guest(name)) for name in ("Ana", "Bob")]
    await party.parts.items.move(X, bob.item.id, ana.item.id, HOST)
    line = json.loads(await party.parts.redis.call("HGET", key(X, "moves"), bob.item.id))
    assert line == [{"at_ms": party.clock.ms, "by": "host", "from": 2, "to": 1}]
    assert (await party.events())[-1]["moved"] == [bob.item.id]
    assert (await party.view()).moved == (bob.item.id,)


async def test_the_lighter_plays_first(party: Party) -> None:
    await party.set(order="weight", coming_soon_count=2)
    items = [await party.add(name) for name in "abcd"]
    await party.parts.items.edit(X, items[0].item.id, Changes(weight=2), HOST)
    await party.parts.items.edit(X, items[3].item.id, Changes(weight=-1), HOST)
    await party.add("e")
    assert await party.waiting() == ["d", "b", "c", "e", "a"]
    await check_index(party.parts.redis, X)


async def test_by_hand_an_item_weighs_what_its_neighbour_does(party: Party) -> None:
    await party.set(order="weight", coming_soon_count=0)
    items = [await party.add(name) for name in "abc"]
    await party.parts.items.edit(X, items[0].item.id, Changes(weight=2.5), HOST)
    moved = await party.parts.items.move(X, items[1].item.id, None, HOST)
    assert moved.weight == 2.5
    assert await party.waiting() == ["c", "a", "b"]
    await check_index(party.parts.redis, X)


async def test_another_performer_pays_and_the_round_stays(party: Party) -> None:
    await party.set(order="fair", coming_soon_count=0)
    items = [await party.add("Ana", guest("ana")) for _ in range(2)]
    await party.add("Cleo", guest("cleo"))
    await party.parts.items.edit(X, items[1].item.id, Changes(performer_name="Zed & Ana"), guest("ana"))
    assert await party.waiting() == ["Ana", "Cleo", "Zed & Ana"]
    turns = await party.parts.redis.call("HGETALL", key(X, "turns"))
    assert turns == {"o:ana": "1.5", "p:ana": "1.5", "p:zed": "0.5", "o:cleo": "1", "p:cleo": "1"}


async def test_what_its_neighbour_weighs_is_known_without_reading_the_list(party: Party) -> None:
    await party.set(order="weight", coming_soon_count=0)
    a, _, c = await party.add_all("abc")
    await party.parts.items.edit(X, c, Changes(weight=2), HOST)
    await party.parts.redis.call("CONFIG", "RESETSTAT")
    moved = await party.parts.items.move(X, a, c, HOST)
    assert "cmdstat_lrange" not in await party.parts.redis.call("INFO", "commandstats")
    assert (moved.weight, await party.waiting()) == (2, ["b", "a", "c"])

"""Adds to a sorted queue: where the item goes, what its answer and its event say."""

import pytest

from api_queue.web.identity import Caller
from tests.queues.agreement import check_index
from tests.queues.party import HOST, Party, X, guest


async def test_in_a_fair_queue_a_first_song_comes_before_everybodys_second(party: Party) -> None:
    await party.set(order="fair", coming_soon_count=0)
    await party.add("Ana", guest("ana"))
    await party.add("Ana", guest("ana"))
    placed = await party.add("Bob", guest("bob"))
    assert await party.waiting() == ["Ana", "Bob", "Ana"]
    assert placed.position == 2


async def test_the_event_says_whom_it_stands_before(party: Party) -> None:
    await party.set(order="fair", coming_soon_count=0)
    await party.add("Ana", guest("ana"))
    second = await party.add('A "quoted", name', guest("ana"))
    await party.add("Bob", guest("bob"))
    assert (await party.events())[-1]["changes"][0]["before"] == second.item.id


async def test_the_bands_and_the_order_agree_with_the_list(party: Party) -> None:
    await party.set(order="fair", coming_soon_count=2)
    for name in "aabcaabbccdd":
        await party.add(name, guest(name), track=ord(name) % 5)
        await check_index(party.parts.redis, X)
    await party.add("Host's", HOST)
    await check_index(party.parts.redis, X)


async def test_taken_off_a_turn_is_given_back_and_the_later_items_move_up(party: Party) -> None:
    await party.set(order="fair", coming_soon_count=0)
    first = await party.add("Ana 1", guest("ana"))
    await party.add("Ana 2", guest("ana"))
    await party.add("Bob 1", guest("bob"))
    await party.add("Ana 3", guest("ana"))
    assert await party.waiting() == ["Ana 1", "Bob 1", "Ana 2", "Ana 3"]
    await party.parts.items.remove(X, first.item.id, guest("ana"))
    await party.add("Bob 2", guest("bob"))
    assert await party.waiting() == ["Bob 1", "Ana 2", "Ana 3", "Bob 2"]
    await check_index(party.parts.redis, X)


async def test_skip(party: Party) -> None:
    await party.set(order="fair", coming_soon_count=0)
    for n in "123":
        await party.add(f"Ana {n}", guest("ana"))
    await party.add("Bob 1", guest("bob"))
    await party.add("Bob 2", guest("bob"))
    await party.press("play")
    assert await party.waiting() == ["Bob 1", "Ana 2", "Bob 2", "Ana 3"]
    await party.press("skip")
    assert await party.waiting() == ["Ana 2", "Bob 2", "Ana 3"]
    await check_index(party.parts.redis, X)
    await party.press("stop")
    await check_index(party.parts.redis, X)
    await party.press("play")
    await party.press("prev")
    await check_index(party.parts.redis, X)


@pytest.mark.parametrize("by", [guest("ana"), HOST])
async def test_what_moves_up_is_found_without_reading_the_list(party: Party, by: Caller) -> None:
    # Given Ana's songs among those of others
    await party.set(order="fair", coming_soon_count=0)
    first = await party.add("Ana", by)
    for name in "bcde":
        await party.add("Ana", by)
        await party.add(name, guest(name))
    # When the first of hers is taken off, then her later ones move up
    await party.parts.redis.call("CONFIG", "RESETSTAT")
    await party.parts.items.remove(X, first.item.id, by)
    done = await party.parts.redis.call("INFO", "commandstats")
    assert await party.waiting() == [*"bcde", "Ana", "Ana", "Ana", "Ana"]
    # And nothing has read what waits
    assert "cmdstat_lrem" in done
    assert "cmdstat_lrange" not in done
    await check_index(party.parts.redis, X)


async def test_what_waits_before_a_newcomer_is_summed_from_few_rounds(party: Party) -> None:
    # Given one who has a song in each of twelve rounds
    await party.set(order="fair", coming_soon_count=0)
    for _ in range(12):
        ana = await party.add("Ana", guest("ana"))
    await party.press("play")
    await party.add("Bob", guest("bob"))
    # When somebody else comes, then what is before them is known without a look at all the rounds
    await party.parts.redis.call("CONFIG", "RESETSTAT")
    cleo = await party.add("Cleo", guest("cleo"))
    assert "cmdstat_hgetall" not in await party.parts.redis.call("INFO", "commandstats")
    starts = {item["id"]: item["timestamp_expected"] for item in (await party.shown())["items"]}
    assert cleo.expected_ms == starts[cleo.item.id]
    assert starts[cleo.item.id] < starts[ana.item.id]

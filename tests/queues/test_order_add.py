"""Adds to a sorted queue: where the item goes, what its answer and its event say."""

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

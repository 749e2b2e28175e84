"""Another order for a queue that has items: what moves, what stays, and what is refused."""

import pytest

from api_queue.errors import OrderRules
from api_queue.queues.keys import key
from api_queue.queues.options import Options
from tests.queues.agreement import check_index
from tests.queues.party import Party, X, guest


async def test_what_waits_is_sorted_anew_by_the_turns_of_the_night(party: Party) -> None:
    for name in ("Ana", "Ana", "Ana", "Bob", "Cleo"):
        await party.add(name, guest(name.lower()))
    await party.press("play")
    await party.set(order="fair", coming_soon_count=0)
    assert await party.waiting() == ["Bob", "Cleo", "Ana", "Ana"]
    await party.add("Dora", guest("dora"))
    assert await party.waiting() == ["Bob", "Cleo", "Dora", "Ana", "Ana"]
    await check_index(party.parts.redis, X)


async def test_what_comes_soon_stays_where_it_is(party: Party) -> None:
    for name in ("Ana", "Ana", "Ana", "Bob"):
        await party.add(name, guest(name.lower()))
    await party.set(order="fair", coming_soon_count=2)
    assert await party.waiting() == ["Ana", "Ana", "Bob", "Ana"]
    await check_index(party.parts.redis, X)


async def test_a_queue_that_is_sorted_no_longer_stays_as_it_stands(party: Party) -> None:
    await party.set(order="fair", coming_soon_count=0)
    for name in ("Ana", "Ana", "Bob"):
        await party.add(name, guest(name.lower()))
    await party.set(order="fifo")
    assert await party.waiting() == ["Ana", "Bob", "Ana"]
    for part in ("order", "bands", "turns"):
        assert await party.parts.redis.call("EXISTS", key(X, part)) == 0
    await party.add("Cleo", guest("cleo"))
    assert (await party.waiting())[-1] == "Cleo"
    await check_index(party.parts.redis, X)


async def test_an_order_and_shuffle_exclude_each_other(party: Party) -> None:
    await party.parts.options.change(X, Options(repeat_mode="all"))
    with pytest.raises(OrderRules, match="Switch shuffle and repeat off first"):
        await party.set(order="weight")
    await party.parts.options.change(X, Options(repeat_mode="off"))
    await party.set(order="weight")
    with pytest.raises(OrderRules, match="set order to fifo"):
        await party.parts.options.change(X, Options(shuffle=True))
    await party.parts.options.change(X, Options(volume=30))


async def test_cleared_songs_are_nobodys_turns(party: Party) -> None:
    await party.set(order="fair")
    for name in ("Ana", "Ana & Bob", "Bob"):
        await party.add(name, guest(name.lower()))
    await party.parts.items.clear(X)
    assert await party.parts.redis.call("EXISTS", key(X, "turns")) == 0
    await check_index(party.parts.redis, X)

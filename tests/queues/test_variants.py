"""In what an item is to be shown: kept with it, gone with it, and back with it."""

from contextlib import suppress

import pytest

from api_queue.errors import ApiQueueError
from api_queue.queues.adding import new_item_id
from api_queue.queues.keys import key
from api_queue.queues.variants import Variants
from api_queue.types import ItemId
from api_queue.web.identity import Caller
from tests.queues.agreement import check_index
from tests.queues.night_dump import dump
from tests.queues.party import HOST, Party, X, guest

VOCAL = Variants(video="Vocal", subtitle="Romaji")


async def sing(party: Party, variants: Variants = VOCAL, by: Caller | None = None, *, dry: bool = False) -> ItemId:
    item_id, caller = new_item_id(), by or guest()
    await party.parts.adding.add(X, party.tracks[0], "Ana", caller, item_id, variants=variants, dry=dry)
    return item_id


async def kept(party: Party) -> int:
    """How many are, of whatever item."""
    return int(await party.parts.redis.call("HLEN", key(X, "variants")))


async def test_they_are_those_that_came_with_the_add(party: Party) -> None:
    vocal, subtitled = await sing(party), await sing(party, Variants(subtitle="Español ñ"))
    assert await party.parts.variants.of(X, [vocal, subtitled]) == {
        vocal: VOCAL,
        subtitled: Variants(subtitle="Español ñ"),
    }


async def test_nothing_is_kept_of_the_default_ones(party: Party) -> None:
    plain = await sing(party, Variants())
    (other,) = await party.add_all("B")
    assert await party.parts.variants.of(X, [plain, other]) == {}
    assert await party.parts.variants.of(X, []) == {}
    assert await kept(party) == 0


@pytest.mark.parametrize("order", ["fifo", "fair"])
async def test_of_what_is_refused_or_only_asked_about_nothing_is_kept(party: Party, order: str) -> None:
    await party.set(order=order, max_items=1)
    await sing(party, dry=True)
    assert await kept(party) == 0
    await party.add()
    with suppress(ApiQueueError):
        await sing(party)
    assert await kept(party) == 0


async def test_an_add_that_was_sent_again_changes_none(party: Party) -> None:
    item_id = await sing(party)
    await party.parts.adding.add(X, party.tracks[0], "Ana", guest(), item_id, variants=Variants("Off"))
    assert await party.parts.variants.of(X, [item_id]) == {item_id: VOCAL}


async def test_they_stay_while_the_item_plays_and_is_over(party: Party) -> None:
    item_id = await sing(party)
    for command in ("play", "stop", "play", "skip"):
        await party.press(command)
        assert await party.parts.variants.of(X, [item_id]) == {item_id: VOCAL}, command


@pytest.mark.parametrize("away", ["remove", "clear"])
async def test_they_go_with_what_a_host_takes_off_and_are_back_after_an_undo(party: Party, away: str) -> None:
    ids = [await sing(party), await sing(party, Variants("Off")), await sing(party, Variants())]
    before = await dump(party.parts.redis, X)
    await (party.parts.items.clear(X) if away == "clear" else party.parts.items.remove(X, ids[0], HOST))
    assert await kept(party) == (0 if away == "clear" else 1)
    await party.parts.undoing.undo(X, "host")
    assert await dump(party.parts.redis, X) == before
    assert await party.parts.variants.of(X, ids) == {ids[0]: VOCAL, ids[1]: Variants("Off")}
    await check_index(party.parts.redis, X)


async def test_what_a_guest_takes_back_leaves_nothing(party: Party) -> None:
    await party.parts.items.remove(X, await sing(party), guest())
    assert await kept(party) == 0


async def test_they_ask_to_be_let_in_with_their_item(party: Party) -> None:
    await party.set(approval="all")
    item_id = await sing(party)
    await party.parts.lobby.admit(X, item_id, "host")
    assert await party.parts.variants.of(X, [item_id]) == {item_id: VOCAL}
    await party.parts.undoing.undo(X, "host")
    assert await party.parts.variants.of(X, [item_id]) == {item_id: VOCAL}
    await party.parts.lobby.refuse(X, item_id, "host")
    assert await kept(party) == 0
    await party.parts.undoing.undo(X, "host")
    assert await party.parts.variants.of(X, [item_id]) == {item_id: VOCAL}


async def test_what_left_the_list_for_the_history_leaves_nothing(party: Party) -> None:
    # Given a long evening on a queue that keeps two of what was played
    await party.set(history_length=2)
    for _ in range(6):
        await sing(party)
        await party.press("play")
        await party.press("next")
        # When the list is trimmed, then no more is kept than stands on it
        await party.parts.queues.trim(X)
        assert await kept(party) == len((await party.view()).items) <= 2


async def test_a_new_queue_of_the_same_name_has_none(party: Party) -> None:
    item_id = await sing(party)
    await party.parts.queues.delete(X)
    assert await kept(party) == 0
    await party.parts.queues.ensure(X, "X")
    assert await party.parts.variants.of(X, [item_id]) == {}

"""The same track, or the same singer, again too early."""

import pytest

from api_queue.errors import DuplicatePerformer, DuplicateTrack
from api_queue.queues.changes import Changes
from tests.queues.agreement import check_index
from tests.queues.party import HOST, Party, X, guest


async def test_a_track_that_waits_is_refused_within_its_window(party: Party) -> None:
    await party.set(duplicate_track_window=10)
    await party.add("Ana")
    with pytest.raises(DuplicateTrack, match="on the queue already"):
        await party.add("Bo", guest("bo"))
    assert (await party.add("Bo", guest("bo"), track=1)).position == 2


async def test_a_track_that_began_may_come_again_after_its_window(party: Party) -> None:
    # Given a track that began a second from now
    await party.set(duplicate_track_window=10)
    await party.add()
    await party.press("play")
    # When it is asked for nine minutes later
    party.clock.pass_s(540)
    with pytest.raises(DuplicateTrack) as refused:
        await party.add("Bo")
    # Then it is refused for the rest of the ten, and accepted after them
    assert refused.value.facts["retry_after"] == 61
    party.clock.pass_s(61)
    assert (await party.add("Bo")).position == 1


async def test_a_performer_is_one_however_the_name_is_written(party: Party) -> None:
    await party.set(duplicate_performer_window=10)
    await party.add("Ana")
    with pytest.raises(DuplicatePerformer, match="ＡＮＡ is on the queue"):
        await party.add("ＡＮＡ", guest("bo"), track=1)


async def test_a_new_name_takes_the_window_with_it(party: Party) -> None:
    # Given an item whose owner changed the performer
    await party.set(duplicate_performer_window=10)
    placed = await party.add("Ana")
    await party.parts.items.edit(X, placed.item.id, Changes(performer_name="Bo"), guest())
    # Then the new name is taken and the old one free
    with pytest.raises(DuplicatePerformer):
        await party.add("Bo")
    assert (await party.add("Ana")).position == 2


async def test_a_new_name_is_no_way_around_the_window(party: Party) -> None:
    # Given Ana on the queue, and a guest's item under another name
    await party.set(duplicate_performer_window=10)
    await party.add("Ana", guest("ana"))
    placed, edit = await party.add("Bo", guest("bo"), track=1), party.parts.items.edit
    # When the guest renames it to Ana, then it stays Bo's; another spelling of Bo is no new name
    with pytest.raises(DuplicatePerformer, match="on the queue already"):
        await edit(X, placed.item.id, Changes(performer_name="ANA"), guest("bo"))
    await edit(X, placed.item.id, Changes(performer_name="BO"), guest("bo"))
    assert await party.waiting() == ["Ana", "BO"]
    # And while Ana sings, it is told when; a host may do it all the same
    await party.press("play")
    with pytest.raises(DuplicatePerformer) as refused:
        await edit(X, placed.item.id, Changes(performer_name="Ana"), guest("bo"))
    assert refused.value.facts["retry_after"] == 601
    assert (await edit(X, placed.item.id, Changes(performer_name="Ana"), HOST)).performer_name == "Ana"
    await check_index(party.parts.redis, X)


@pytest.mark.parametrize("name", ["Ana & Zed", "zed & ANA", "Ana & Ana"])
async def test_a_duet_is_no_way_around_the_window(party: Party, name: str) -> None:
    # Given Ana, who waits and then sings
    await party.set(duplicate_performer_window=10)
    await party.add("Ana", guest("ana"))
    with pytest.raises(DuplicatePerformer, match="on the queue already"):
        await party.add(name, guest("ana"), track=1)
    await party.press("play")
    # When she is one of two, then she is told when; a new partner is no new song of hers
    with pytest.raises(DuplicatePerformer) as refused:
        await party.add(name, guest("ana"), track=1)
    assert refused.value.facts["retry_after"] == 601
    bo = (await party.add("Bo & Cy", guest("bo"), track=2)).item
    await party.parts.items.edit(X, bo.id, Changes(performer_name="Dee & Bo"), guest("bo"))
    await check_index(party.parts.redis, X)

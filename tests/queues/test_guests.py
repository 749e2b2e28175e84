"""What a host may do about guests."""

import pytest

from api_queue.errors import BadBody, UnknownGuest, UnknownQueue
from api_queue.queues.models import Mute
from api_queue.types import GuestId, QueueName
from api_queue.web.identity import Caller
from tests.queues.builders import NOW
from tests.queues.party import ADMIN, Party, X, guest

LOUD = Mute(GuestId("ana"), NOW + 60_000, "too | loud")
NOWHERE = QueueName("nowhere")


async def test_a_mute_stands_with_its_reason_until_it_is_over(party: Party) -> None:
    assert await party.parts.guests.mute(X, LOUD) == LOUD
    assert await party.parts.guests.standing(X, guest("ana")) == LOUD
    party.clock.pass_s(60)
    assert await party.parts.guests.standing(X, guest("ana")) is None


async def test_a_mute_is_of_one_guest_on_one_queue(party: Party) -> None:
    await party.parts.queues.create("named", "hall", {}, ADMIN)
    await party.parts.guests.mute(X, LOUD)
    assert await party.parts.guests.standing(X, guest("bo")) is None
    assert await party.parts.guests.standing(QueueName("hall"), guest("ana")) is None
    assert await party.parts.guests.standing(X, Caller(None, "10.0.0.1")) is None


async def test_a_mute_that_is_over_already_is_refused(party: Party) -> None:
    with pytest.raises(BadBody, match="future"):
        await party.parts.guests.mute(X, Mute(GuestId("ana"), party.clock.now_ms(), "loud"))


async def test_a_second_mute_stands_for_the_first(party: Party) -> None:
    longer = Mute(GuestId("ana"), None, "again")
    for mute in (LOUD, longer):
        await party.parts.guests.mute(X, mute)
    assert await party.parts.queue_store.mutes(X) == [longer]


async def test_an_unmuted_guest_speaks_and_cannot_be_unmuted_twice(party: Party) -> None:
    await party.parts.guests.mute(X, LOUD)
    await party.parts.guests.unmute(X, GuestId("ana"))
    assert (await party.add()).position == 1
    with pytest.raises(UnknownGuest, match="'ana'"):
        await party.parts.guests.unmute(X, GuestId("ana"))


async def test_nobody_is_muted_on_a_queue_that_is_not_there(party: Party) -> None:
    with pytest.raises(UnknownQueue):
        await party.parts.guests.mute(NOWHERE, LOUD)
    assert await party.parts.redis.call("EXISTS", "q:{nowhere}:muted") == 0


async def test_the_end_closes_adding_and_counts_the_guests(party: Party) -> None:
    # Given two guests, one of them twice
    for name in ("ana", "bo", "ana"):
        await party.add(by=guest(name))
    # When the party ends, then both are counted once and adding is closed
    assert await party.parts.guests.end(X) == 2
    assert not (await party.view()).queue.settings.accepting


async def test_an_ended_guest_is_not_muted(party: Party) -> None:
    await party.add()
    await party.parts.guests.end(X)
    assert await party.parts.guests.standing(X, guest()) is None
    assert await party.parts.queue_store.standing(X, GuestId("ana")) == "ended"


async def test_who_came_after_the_end_stays_until_the_next(party: Party) -> None:
    await party.add(by=guest("ana"))
    await party.parts.guests.end(X)
    await party.set(accepting=True)
    await party.add(by=guest("new"))
    assert await party.parts.queue_store.standing(X, GuestId("new")) is None


async def test_mutes_go_with_the_queue(party: Party) -> None:
    await party.parts.guests.mute(X, LOUD)
    await party.add(by=guest("bo"))
    await party.parts.guests.end(X)
    await party.parts.queues.delete(X)
    await party.parts.queues.create("named", X, {}, ADMIN)
    assert (await party.add(by=guest("ana"))).position == 1
    assert (await party.add(by=guest("bo"))).position == 2

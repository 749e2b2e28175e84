"""The end of a track, as it is told, and which device is the speaker."""

from typing import Any

import pytest

from api_queue.errors import (
    SpeakerTaken,
    StaleGeneration,
    UnknownQueue,
)
from api_queue.queues import wire
from api_queue.queues.session import Candidate
from api_queue.types import DeviceId, ItemId, ItemStatus, QueueName
from tests.queues.builders import NOW
from tests.queues.party import Party, X

KITCHEN, GARDEN = DeviceId("kitchen"), DeviceId("garden")
A_KITCHEN = Candidate(KITCHEN, "The kitchen", connected=True)
A_GARDEN = Candidate(GARDEN, "The garden", connected=True)
LEASE_MS = 15_000


async def statuses(party: Party) -> str:
    return " ".join(f"{item.performer_name}:{item.status}" for item in (await party.view()).items)


# -- the end of a track ----------------------------------------------------------------------------------------


async def test_an_end_that_is_told_twice_happens_once(party: Party) -> None:
    a, b, _ = await party.add_all("ABC")
    await party.press("play")
    first = await party.parts.transport.over(X, a, "played")
    again = await party.parts.transport.over(X, a, "played")
    assert (again.rev, again.session.item_id) == (first.rev, b)


async def test_the_end_of_an_item_that_does_not_play_changes_nothing(party: Party) -> None:
    await party.add_all("AB")
    playing = await party.press("play")
    assert (await party.parts.transport.over(X, ItemId("0000000000"), "failed")).rev == playing.rev
    assert await statuses(party) == "A:playing B:queued"


@pytest.mark.parametrize("left_as", ["played", "failed"])
async def test_the_speaker_tells_how_a_track_ended(party: Party, left_as: ItemStatus) -> None:
    a, _ = await party.add_all("AB")
    await party.press("play")
    await party.parts.speakers.claim(X, A_KITCHEN, if_free=False)
    await party.parts.transport.over(X, a, left_as, 1)
    assert await statuses(party) == f"A:{left_as} B:playing"


async def test_a_speaker_of_the_past_ends_nothing(party: Party) -> None:
    # Given a speaker that another took over from
    (a,) = await party.add_all("A")
    await party.press("play")
    for device in (A_KITCHEN, A_GARDEN):
        await party.parts.speakers.claim(X, device, if_free=False)
    # When it says that the track has ended, then it is told that it is not asked any more
    with pytest.raises(StaleGeneration) as refused:
        await party.parts.transport.over(X, a, "played", 1)
    assert refused.value.facts == {"generation": 1, "current": 2, "speaker": "The garden"}
    assert await statuses(party) == "A:playing"


# -- the speaker -----------------------------------------------------------------------------------------------


async def test_a_claim_is_a_new_generation_with_a_lease_and_is_told(party: Party) -> None:
    rev = (await party.view()).queue.rev
    session = (await party.parts.speakers.claim(X, A_KITCHEN, if_free=False)).session
    assert (session.speaker, session.speaker_name, session.generation) == (KITCHEN, "The kitchen", 1)
    assert session.lease_until_ms == NOW + LEASE_MS
    event = (await party.events())[-1]
    assert (event["name"], event["type"], event["rev"]) == ("speaker_change", "speaker", rev + 1)
    assert event["session"] == wire.session_notice(session)
    assert (await party.view()).queue.session == session


async def test_a_claim_does_not_touch_the_music(party: Party) -> None:
    await party.add()
    before = (await party.press("play")).session
    after = (await party.parts.speakers.claim(X, A_KITCHEN, if_free=False)).session
    assert (after.item_id, after.position_ms, after.position_at_ms) == (
        before.item_id,
        before.position_ms,
        before.position_at_ms,
    )


async def test_an_end_told_while_another_takes_over_changes_nothing(
    party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given that the garden becomes the speaker while the kitchen's `ended` is worked out
    (a,) = await party.add_all("A")
    transport, store = party.parts.transport, party.parts.queue_store
    await party.parts.speakers.claim(X, A_KITCHEN, if_free=False)
    await party.press("play")
    look = store.view

    async def after_another_took_over(*args: Any) -> Any:
        monkeypatch.undo()
        await party.parts.speakers.claim(X, A_GARDEN, if_free=False)
        return await look(*args)

    monkeypatch.setattr(store, "view", after_another_took_over)
    # When the report comes, then it is stale and the item plays on
    with pytest.raises(StaleGeneration):
        await transport.over(X, a, "played", 1)
    assert await statuses(party) == "A:playing"


async def test_who_asks_first_is_not_pushed_aside_while_the_lease_lasts(party: Party) -> None:
    # Given a speaker
    await party.parts.speakers.claim(X, A_KITCHEN, if_free=True)
    party.clock.pass_s(14.999)
    # When another asks whether it is free, then it is not, until the lease has run out
    with pytest.raises(SpeakerTaken, match="The kitchen"):
        await party.parts.speakers.claim(X, A_GARDEN, if_free=True)
    party.clock.pass_s(0.001)
    assert (await party.parts.speakers.claim(X, A_GARDEN, if_free=True)).session.generation == 2


async def test_the_speaker_itself_may_ask_again_and_anybody_may_take_over(party: Party) -> None:
    await party.parts.speakers.claim(X, A_KITCHEN, if_free=True)
    assert (await party.parts.speakers.claim(X, A_KITCHEN, if_free=True)).session.generation == 2
    assert (await party.parts.speakers.claim(X, A_GARDEN, if_free=False)).session.speaker == GARDEN


async def test_heartbeats_keep_the_lease_and_cost_no_revision(party: Party) -> None:
    rev = (await party.parts.speakers.claim(X, A_KITCHEN, if_free=False)).rev
    party.clock.pass_s(5)
    assert await party.parts.speakers.heartbeat(X, KITCHEN, 1) == NOW + 5000 + LEASE_MS
    queue = (await party.view()).queue
    assert (queue.rev, queue.session.lease_until_ms) == (rev, NOW + 5000 + LEASE_MS)


async def test_a_lease_lives_through_commands(party: Party) -> None:
    # Given a lease that a heartbeat renewed
    await party.add()
    await party.parts.speakers.claim(X, A_KITCHEN, if_free=False)
    party.clock.pass_s(5)
    until_ms = await party.parts.speakers.heartbeat(X, KITCHEN, 1)
    # When a command writes the session anew, then the lease still ends when the heartbeat said
    assert (await party.press("play")).session.lease_until_ms == until_ms
    assert (await party.view()).queue.session.lease_until_ms == until_ms


@pytest.mark.parametrize(("device", "generation"), [(GARDEN, 2), (KITCHEN, 1), (KITCHEN, 3)])
async def test_a_heartbeat_of_another_is_stale(party: Party, device: DeviceId, generation: int) -> None:
    for _ in range(2):
        await party.parts.speakers.claim(X, A_KITCHEN, if_free=True)
    with pytest.raises(StaleGeneration) as refused:
        await party.parts.speakers.heartbeat(X, device, generation)
    assert refused.value.facts == {"generation": generation, "current": 2, "speaker": "The kitchen"}


async def test_a_heartbeat_to_an_unknown_queue_is_an_unknown_queue(party: Party) -> None:
    with pytest.raises(UnknownQueue):
        await party.parts.speakers.heartbeat(QueueName("nowhere"), KITCHEN, 1)

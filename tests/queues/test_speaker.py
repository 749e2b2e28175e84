"""The end of a track, as it is told, and which device is the speaker."""

import asyncio
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


# -- a speaker that is lost, and comes back --------------------------------------------------------------------


async def lose_the_kitchen(party: Party) -> None:
    """It was at 4 s when it was heard of last."""
    await party.press("play")
    await party.parts.speakers.claim(X, A_KITCHEN, if_free=False)
    party.clock.pass_s(5)
    await party.parts.speakers.heartbeat(X, KITCHEN, 1, ((await party.view()).queue.session.item_id, 4000))
    party.clock.pass_s(15)
    await party.parts.speakers.attend(X, [A_KITCHEN])


async def test_the_loss_of_the_speaker_is_told_to_all_as_a_pause(party: Party) -> None:
    await party.add()
    await lose_the_kitchen(party)
    told = (await party.events())[-2:]
    assert [event["name"] for event in told] == ["speaker_change", "timeline_update"]
    session = told[1]["session"]
    assert (session["play_state"], session["paused_because"], session["position_ms"]) == (
        "paused",
        "speaker_lost",
        4000,
    )
    assert (session["active_device_id"], session["speaker_name"]) == (None, None)


async def test_two_conductors_that_look_at_once_make_one_change(party: Party) -> None:
    await party.add()
    await party.press("play")
    rev = (await party.parts.speakers.claim(X, A_KITCHEN, if_free=False)).rev
    party.clock.pass_s(15)
    looks = [party.parts.speakers.attend(X, [A_KITCHEN, A_GARDEN]) for _ in range(2)]
    assert {queue.session.speaker for queue in await asyncio.gather(*looks)} == {GARDEN}
    assert (await party.view()).queue.rev == rev + 1


async def test_the_lost_speaker_that_comes_back_with_its_generation_goes_on(party: Party) -> None:
    await party.add()
    await lose_the_kitchen(party)
    party.clock.pass_s(60)
    until_ms = await party.parts.speakers.heartbeat(X, KITCHEN, 1)
    session = (await party.view()).queue.session
    assert (session.state, session.active, session.generation) == ("playing", KITCHEN, 1)
    assert (session.projected_ms(party.clock.ms), until_ms) == (4000, party.clock.ms + LEASE_MS)


async def test_play_without_it_leaves_its_seat_to_others(party: Party) -> None:
    # Given a host who does not wait for the lost speaker
    await party.add()
    await lose_the_kitchen(party)
    session = (await party.press("play")).session
    assert (session.state, session.active, session.generation, session.position_ms) == ("playing", None, 2, 4000)
    # When it comes back after five minutes, then it changes nothing and is told why
    party.clock.pass_s(300)
    rev = (await party.view()).queue.rev
    with pytest.raises(StaleGeneration):
        await party.parts.speakers.heartbeat(X, KITCHEN, 1)
    assert (await party.view()).queue.rev == rev


async def test_a_pause_by_the_host_is_not_ended_by_the_speaker(party: Party) -> None:
    await party.add()
    await lose_the_kitchen(party)
    await party.press("pause")
    await party.parts.speakers.heartbeat(X, KITCHEN, 1)
    session = (await party.view()).queue.session
    assert (session.state, session.active, session.paused_because) == ("paused", KITCHEN, None)


async def test_the_one_before_says_that_it_is_silent_and_the_next_may_begin(party: Party) -> None:
    speakers = party.parts.speakers
    await speakers.claim(X, A_KITCHEN, if_free=False)
    waiting = await speakers.claim(X, A_GARDEN, if_free=False)
    assert waiting.session.quiet_until_ms == NOW + LEASE_MS
    free = await speakers.silent(X, KITCHEN)
    assert (free.session.quiet_until_ms, free.rev) == (None, waiting.rev + 1)
    assert (await party.events())[-1]["session"] == wire.session_notice(free.session)
    # Said twice it changes nothing
    assert (await speakers.silent(X, KITCHEN)).rev == free.rev


async def test_the_speaker_that_is_chosen_again_stays_as_it_is(party: Party) -> None:
    first = await party.parts.speakers.claim(X, A_KITCHEN, if_free=False)
    again = await party.parts.speakers.claim(X, A_KITCHEN, if_free=False)
    assert (again.rev, again.session) == (first.rev, first.session)


async def test_a_device_that_is_no_more_leaves_its_seat(party: Party) -> None:
    await party.parts.speakers.claim(X, A_KITCHEN, if_free=False)
    assert (await party.parts.speakers.dismiss(X, GARDEN)).session.speaker == KITCHEN
    session = (await party.parts.speakers.dismiss(X, KITCHEN)).session
    assert (session.speaker, session.generation, session.quiet_until_ms) == (None, 2, NOW + LEASE_MS)


# -- when it ended ---------------------------------------------------------------------------------------------


async def of_kitchen(party: Party, performers: str) -> list[ItemId]:
    """Playing there, with 2 s between the tracks; the first one starts at NOW + 1000."""
    await party.set(track_space=2)
    ids = await party.add_all(performers)
    await party.press("play")
    await party.parts.speakers.claim(X, A_KITCHEN, if_free=False)
    return ids


async def test_the_next_track_starts_the_space_after_the_end_of_the_one_before(party: Party) -> None:
    a, b = await of_kitchen(party, "AB")
    party.clock.pass_s(31)
    session = (await party.parts.transport.over(X, a, "played", 1, NOW + 30_500)).session
    assert (session.item_id, session.position_ms, session.position_at_ms) == (b, -1500, NOW + 31_000)
    assert next(i for i in (await party.view()).items if i.id == b).timestamp_play == NOW + 32_500


async def test_an_end_in_the_future_cannot_hold_the_music_up(party: Party) -> None:
    a, _ = await of_kitchen(party, "AB")
    session = (await party.parts.transport.over(X, a, "played", 1, NOW + 10**9)).session
    assert session.position_ms == -3000


async def test_an_end_before_its_beginning_was_of_an_earlier_round(party: Party) -> None:
    a, _ = await of_kitchen(party, "AB")
    rev = (await party.view()).queue.rev
    assert (await party.parts.transport.over(X, a, "played", 1, NOW)).rev == rev


async def test_what_was_played_while_the_server_was_away_is_not_played_again(party: Party) -> None:
    # Given a speaker that was lost, and has played two tracks and a part of the third by itself
    a, b, c = await of_kitchen(party, "ABC")
    party.clock.pass_s(15)
    await party.parts.speakers.attend(X, [A_KITCHEN])
    party.clock.pass_s(85)
    # When it tells so afterwards, each twice
    for item_id, ended_at_ms in ((a, NOW + 41_000), (a, NOW + 41_000), (b, NOW + 83_000), (b, NOW + 83_000)):
        await party.parts.transport.over(X, item_id, "played", 1, ended_at_ms)
        await party.parts.transport.end(X)
    # Then the third plays on where it is
    session = (await party.view()).queue.session
    assert (session.state, session.item_id, session.active) == ("playing", c, KITCHEN)
    assert session.projected_ms(party.clock.ms) == 100_000 - 85_000
    assert await statuses(party) == "A:played B:played C:playing"


# -- after a restart -------------------------------------------------------------------------------------------


async def test_after_a_restart_the_speaker_is_waited_for(party: Party) -> None:
    await of_kitchen(party, "A")
    party.clock.pass_s(300)
    session = (await party.parts.speakers.after_restart(X)).session
    assert (session.state, session.lease_until_ms) == ("playing", party.clock.ms + LEASE_MS)
    # A token that died meanwhile stays dead: the lease was not held without a gap
    assert (await party.view()).queue.session.lease_since_ms == party.clock.ms

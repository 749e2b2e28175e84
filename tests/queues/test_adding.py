"""An add: the item, its place and promise, what is sent again, settings that changed, whose party it was."""

from typing import Any

import pytest
from msgspec.structs import replace

from api_queue.errors import (
    AddingClosed,
    BadPerformerName,
    MissingCredential,
    Muted,
    NotYourItem,
    QueueMoved,
    SessionEnded,
    TrackNotOffered,
    UnknownQueue,
    UnknownTrack,
)
from api_queue.queues.changes import Changes
from api_queue.queues.keys import key
from api_queue.queues.models import Mute
from api_queue.queues.turns import TRIES
from api_queue.types import GuestId, ItemId, QueueName
from api_queue.web.identity import Caller
from tests.queues.builders import NOW
from tests.queues.party import ADMIN, HOST, Party, X, guest, somebody

NOWHERE = QueueName("nowhere")


# -- add ------------------------------------------------------------------------------------------------------


async def test_an_add_is_the_guests_with_the_facts_of_the_track(party: Party) -> None:
    # When a guest adds a track by its alias
    placed = await party.parts.adding.add(X, "KAT_TUN_Your_side_Instrumental_", " Zoe\u0308 ", guest("ana"))
    # Then the item names the track itself, and the guest by the public id
    facts = await party.parts.tracks.facts("KAT_TUN_Your_side_Instrumental_")
    item = placed.item
    assert (item.track_id, item.track_duration_ms) == (facts.track_id, facts.duration_ms)
    assert (item.performer_name, item.session_owner, item.added_by) == ("Zoë", "ana", "guest")
    assert (item.timestamp_added, item.timestamp_play, item.status) == (NOW, None, "queued")
    assert (await party.view()).items == (item,)


@pytest.mark.parametrize("role", ["member", "helper", "host"])
async def test_an_add_remembers_as_what_somebody_added(party: Party, role: Any) -> None:
    assert (await party.add(by=somebody(role))).item.added_by == role


async def test_the_host_of_another_queue_adds_as_a_guest(party: Party) -> None:
    elsewhere = somebody("host", QueueName("elsewhere"))
    assert (await party.add(by=elsewhere)).item.added_by == "guest"


async def test_a_stopped_queue_tells_a_place_and_promises_no_time(party: Party) -> None:
    first, second = await party.add("Ana"), await party.add("Bo")
    assert [(p.position, p.expected_ms) for p in (first, second)] == [(1, None), (2, None)]
    assert second.rev == first.rev + 1 == (await party.view()).queue.rev


async def test_while_playing_each_add_is_promised_the_end_of_what_is_before_it(party: Party) -> None:
    # Given a track that begins in a second, and 15 s between tracks
    playing = await party.add()
    await party.press("play")
    # When two more are added
    first, second = await party.add(track=1), await party.add(track=2)
    # Then the first is expected after it, and the second after the first
    assert first.expected_ms == NOW + 1000 + playing.item.track_duration_ms + 15_000
    assert second.expected_ms == first.expected_ms + first.item.track_duration_ms + 15_000


async def test_a_start_set_by_hand_moves_what_is_promised_behind_it(party: Party) -> None:
    # Given a waiting item that may not begin for an hour
    await party.add()
    await party.press("play")
    late = await party.add("Bo")
    await party.parts.items.edit(X, late.item.id, Changes(timestamp_play=NOW + 3_600_000), HOST)
    # When another is added behind it
    behind = await party.add("Cleo")
    # Then it is promised the end of that one, not of the sum
    assert behind.expected_ms == NOW + 3_600_000 + late.item.track_duration_ms + 15_000


async def test_an_unknown_track_and_an_unknown_queue_are_named(party: Party) -> None:
    with pytest.raises(UnknownTrack, match="'no-such-track'"):
        await party.parts.adding.add(X, "no-such-track", "Ana", guest())
    with pytest.raises(UnknownQueue, match="'nowhere'"):
        await party.parts.adding.add(NOWHERE, party.tracks[0], "Ana", guest())


async def test_who_has_no_session_adds_nothing(party: Party) -> None:
    with pytest.raises(MissingCredential):
        await party.add(by=Caller(None, "10.0.0.1"))
    assert (await party.view()).items == ()


async def test_a_name_that_cannot_be_shown_adds_nothing(party: Party) -> None:
    with pytest.raises(BadPerformerName):
        await party.add("a\nb")
    assert (await party.view()).items == ()


async def test_a_track_that_is_not_offered_is_refused_to_the_host_too(party: Party) -> None:
    await party.set(forced_tags=["genre:no-track-has-this"])
    for caller in (guest(), HOST):
        with pytest.raises(TrackNotOffered, match=party.tracks[0]):
            await party.add(by=caller)


# -- sent again -----------------------------------------------------------------------------------------------


async def test_an_add_sent_again_answers_the_first_one_where_it_is_now(party: Party) -> None:
    # Given an item that the host moved behind another meanwhile
    item_id = ItemId("AGAIN00000")
    await party.add("Ana", item_id=item_id)
    await party.add("Bo")
    await party.parts.items.move(X, item_id, None, HOST)
    rev = (await party.view()).queue.rev
    # When its add is sent again
    again = await party.add("Ana", item_id=item_id)
    # Then it is answered as it stands, and nothing was added
    assert (again.item.id, again.position, again.rev) == (item_id, 2, rev)
    assert await party.waiting() == ["Bo", "Ana"]


async def test_an_add_sent_again_is_promised_the_time_of_its_place(party: Party) -> None:
    playing = await party.add("Ana")
    await party.press("play")
    first = await party.add("Bo", item_id=ItemId("AGAIN00000"))
    assert (await party.add("Bo", item_id=ItemId("AGAIN00000"))).expected_ms == first.expected_ms
    assert first.expected_ms == NOW + 1000 + playing.item.track_duration_ms + 15_000


async def test_an_add_sent_again_while_its_item_plays_has_no_place_to_wait_for(party: Party) -> None:
    await party.add("Ana", item_id=ItemId("AGAIN00000"))
    await party.press("play")
    again = await party.add("Ana", item_id=ItemId("AGAIN00000"))
    assert (again.position, again.expected_ms, again.item.status) == (0, None, "playing")


async def test_a_limit_does_not_refuse_the_add_that_filled_it(party: Party) -> None:
    # Given a limit that the first add reaches
    await party.set(max_items=1, max_per_guest=1, duplicate_track_window=5)
    await party.add("Ana", item_id=ItemId("AGAIN00000"))
    # When its answer was lost and it is sent again, then it is answered
    assert (await party.add("Ana", item_id=ItemId("AGAIN00000"))).position == 1


async def test_an_add_sent_again_after_its_item_was_taken_back_in_between_is_added(
    party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given an item that is removed between the script's answer and the look at the list
    item_id, store = ItemId("AGAIN00000"), party.parts.queue_store
    first = await party.add("Ana", item_id=item_id)
    look = store.view

    async def look_too_late(*args: Any) -> Any:
        monkeypatch.undo()
        await store.remove(X, first.item, NOW)
        return await look(*args)

    monkeypatch.setattr(store, "view", look_too_late)
    # When its add is sent again, then it is there again
    assert (await party.add("Ana", item_id=item_id)).position == 1
    assert await party.waiting() == ["Ana"]


# -- settings that changed ------------------------------------------------------------------------------------


async def test_settings_changed_by_another_worker_hold_for_the_next_add(party: Party) -> None:
    # Given a worker that remembers the queue as open
    await party.add()
    # When another one closes it
    queue = await party.parts.queue_store.queue(X)
    closed = replace(queue.settings, accepting=False)
    await party.parts.queue_store.put_settings(X, closed, queue.settings_rev, NOW)
    # Then the next add is refused
    with pytest.raises(AddingClosed):
        await party.add()


async def test_a_queue_that_opened_again_takes_adds_at_once(party: Party) -> None:
    await party.set(accepting=False)
    with pytest.raises(AddingClosed):
        await party.add()
    await party.set(accepting=True)
    assert (await party.add()).position == 1


async def test_a_queue_made_anew_is_not_judged_by_the_settings_of_the_old_one(party: Party) -> None:
    # Given a worker that remembers a queue which was deleted so long ago that even its events are gone
    await party.add()
    await party.parts.queues.delete(X)
    await party.parts.redis.call("DEL", key(X, "events"))
    party.clock.pass_s(86_400)
    # When one of the same name is made that is closed
    await party.parts.queues.create("named", X, {"accepting": False}, ADMIN)
    # Then the worker's next add is refused
    with pytest.raises(AddingClosed):
        await party.add()


async def test_an_add_that_always_comes_too_late_says_so(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a queue whose settings change each time before the script runs
    store = party.parts.queue_store
    add, tries = store.add, 0

    async def too_late(*args: Any, **how: Any) -> Any:
        nonlocal tries
        tries += 1
        queue = await store.queue(X)
        settings = replace(queue.settings, track_space=float(tries))
        await store.put_settings(X, settings, queue.settings_rev, NOW)
        return await add(*args, **how)

    monkeypatch.setattr(store, "add", too_late)
    with pytest.raises(QueueMoved):
        await party.add()
    assert tries == TRIES
    assert (await party.view()).items == ()


# -- mute and the end of the party ----------------------------------------------------------------------------


async def test_a_muted_guest_hears_the_reason_and_how_long(party: Party) -> None:
    await party.parts.guests.mute(X, Mute(GuestId("ana"), NOW + 60_000, "too loud"))
    with pytest.raises(Muted, match="too loud") as refused:
        await party.add()
    assert refused.value.facts["retry_after"] == 60
    assert (await party.add(by=guest("bo"))).position == 1


async def test_a_mute_for_good_names_no_time(party: Party) -> None:
    await party.parts.guests.mute(X, Mute(GuestId("ana"), None, "too loud"))
    party.clock.pass_s(1e6)
    with pytest.raises(Muted) as refused:
        await party.add()
    assert "retry_after" not in refused.value.facts


async def test_a_mute_that_is_over_holds_nobody(party: Party) -> None:
    await party.parts.guests.mute(X, Mute(GuestId("ana"), NOW + 60_000, "too loud"))
    party.clock.pass_s(60)
    assert (await party.add()).position == 1


@pytest.mark.parametrize("until_ms", [-1, 0, NOW])
async def test_a_mute_until_a_time_that_is_past_holds_nobody(party: Party, until_ms: int) -> None:
    await party.parts.queue_store.mute(X, Mute(GuestId("ana"), until_ms, "too loud"))
    assert (await party.add()).position == 1


async def test_a_muted_guest_renames_nothing_and_may_take_back(party: Party) -> None:
    # Given a guest with an item who was muted for the name
    placed = await party.add("Rude")
    await party.parts.guests.mute(X, Mute(GuestId("ana"), None, "that name"))
    # When they rename it, then they are told why not; taking it back is theirs
    with pytest.raises(Muted, match="that name"):
        await party.parts.items.edit(X, placed.item.id, Changes(performer_name="Ruder"), guest())
    assert await party.waiting() == ["Rude"]
    await party.parts.items.remove(X, placed.item.id, guest())
    assert await party.waiting() == []


async def test_after_the_party_its_guests_add_and_change_nothing(party: Party) -> None:
    placed = await party.add()
    assert await party.parts.guests.end(X) == 1
    await party.set(accepting=True)
    with pytest.raises(SessionEnded):
        await party.add()
    with pytest.raises(NotYourItem):
        await party.parts.items.remove(X, placed.item.id, guest())


async def test_the_end_of_the_party_ends_no_host(party: Party) -> None:
    # Given a host and a guest who have added
    await party.add(by=HOST)
    await party.add(by=guest())
    # When the host ends the party
    assert await party.parts.guests.end(X) == 1
    # Then they may still add what is to be heard while the guests leave
    assert (await party.add(by=HOST)).position == 3
